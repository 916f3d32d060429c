"""Metrics of generated images, on features of a classifier trained on the same data."""

from keras_dl.metrics.colour import colour_overlap, lab, sharpness
from keras_dl.metrics.distances import frechet_distance, kernel_distance
from keras_dl.metrics.features import feature_net, looked_at, with_feature_extractor
from keras_dl.metrics.manifold import precision_recall
from keras_dl.metrics.modes import ModeCoverage, modes

__all__ = [
    "ModeCoverage",
    "colour_overlap",
    "feature_net",
    "frechet_distance",
    "kernel_distance",
    "lab",
    "looked_at",
    "modes",
    "precision_recall",
    "sharpness",
    "with_feature_extractor",
]
