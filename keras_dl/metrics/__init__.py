"""Metrics of classes, and of generated images on features of a classifier of the same data."""

from keras_dl.metrics.colour import colour_overlap, lab, sharpness
from keras_dl.metrics.distances import frechet_distance, kernel_distance
from keras_dl.metrics.features import (
    feature_extractor,
    features_and_classes,
    train_feature_extractor,
    with_feature_extractor,
)
from keras_dl.metrics.manifold import precision_recall
from keras_dl.metrics.modes import ModeCoverage, modes
from keras_dl.metrics.per_class import ClassCounts, class_counts

__all__ = [
    "ClassCounts",
    "ModeCoverage",
    "class_counts",
    "colour_overlap",
    "feature_extractor",
    "features_and_classes",
    "frechet_distance",
    "kernel_distance",
    "lab",
    "modes",
    "precision_recall",
    "sharpness",
    "train_feature_extractor",
    "with_feature_extractor",
]
