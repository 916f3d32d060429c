"""Transformers."""

from keras_dl.models.transformers.gpt import gpt

__all__ = ["gpt"]
