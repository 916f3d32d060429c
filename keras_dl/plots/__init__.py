"""Figures: arrays in, `matplotlib.figure.Figure` out; the caller saves or logs them."""

from keras_dl.plots.classes import confusion_matrix, mistakes
from keras_dl.plots.curves import learning_curves
from keras_dl.plots.studies import comparison, importance, search_history
from keras_dl.plots.weights import filters

__all__ = [
    "comparison",
    "confusion_matrix",
    "filters",
    "importance",
    "learning_curves",
    "mistakes",
    "search_history",
]
