"""Inputs of a prediction that cannot be read: the others are predicted all the same."""

from typing import TypeAlias

__all__ = ["Unreadable"]

Unreadable: TypeAlias = list[tuple[str, str]]  # names of inputs, and reasons in a sentence
