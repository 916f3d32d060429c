"""Layers that Keras lacks, one a file, for every backend."""

from keras_dl.layers.random_shift import RandomShift

__all__ = ["RandomShift"]
