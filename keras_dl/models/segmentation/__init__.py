"""Semantic segmentation: networks from images to one logit per pixel and class."""

from keras_dl.models.segmentation.fcn import PUBLISHED, fcn, fcn8s, fcn16s, fcn32s

__all__ = ["PUBLISHED", "fcn", "fcn8s", "fcn16s", "fcn32s"]
