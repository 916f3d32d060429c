"""What recipes report of a trained net: figures and numbers by name."""

from keras_dl.reporting.classification import classification, first_kernel, probabilities
from keras_dl.reporting.domains import adaptation
from keras_dl.reporting.robustness import robustness

__all__ = ["adaptation", "classification", "first_kernel", "probabilities", "robustness"]
