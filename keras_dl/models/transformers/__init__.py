"""Transformers."""

from keras_dl.models.transformers.gpt import PUBLISHED, gpt

__all__ = ["PUBLISHED", "gpt"]
