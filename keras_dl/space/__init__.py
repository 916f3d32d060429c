"""Hyperparameters: domains, annotated parameters, and the levels of a factorial experiment."""

from keras_dl.space.domains import (
    Choice,
    Domain,
    Range,
    Repeat,
    When,
    format_value,
)
from keras_dl.space.hyperparameters import (
    Hyper,
    check,
    check_names,
    hyper,
    hypers,
    is_active,
    parse_value,
    refuse_positional,
    resolve,
)

__all__ = [
    "Choice",
    "Domain",
    "Hyper",
    "Range",
    "Repeat",
    "When",
    "check",
    "check_names",
    "format_value",
    "hyper",
    "hypers",
    "is_active",
    "parse_value",
    "refuse_positional",
    "resolve",
]
