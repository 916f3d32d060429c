"""What recipes report of a trained net: figures and numbers by name."""

from keras_dl.reporting.classification import classification, first_kernel, probabilities
from keras_dl.reporting.robustness import robustness
from keras_dl.reporting.two_domains import adaptation

__all__ = ["adaptation", "classification", "first_kernel", "probabilities", "robustness"]
