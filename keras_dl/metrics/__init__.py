"""Metrics of classifiers, and of generated images on features of a classifier."""

from keras_dl.metrics.classification import (
    average_precision,
    balanced_accuracy,
    classification_metrics,
    macro_f1,
    roc_auc,
)
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
from keras_dl.metrics.probes import linear_probe_accuracy, nearest_neighbour_accuracy
from keras_dl.metrics.projections import project

__all__ = [
    "ClassCounts",
    "ModeCoverage",
    "average_precision",
    "balanced_accuracy",
    "class_counts",
    "classification_metrics",
    "colour_overlap",
    "feature_extractor",
    "features_and_classes",
    "frechet_distance",
    "kernel_distance",
    "lab",
    "linear_probe_accuracy",
    "macro_f1",
    "modes",
    "nearest_neighbour_accuracy",
    "precision_recall",
    "project",
    "roc_auc",
    "sharpness",
    "train_feature_extractor",
    "with_feature_extractor",
]
