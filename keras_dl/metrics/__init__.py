"""How good made images are: by features of a small classifier that learnt the same data."""

from keras_dl.metrics.colour import colour_overlap, detail, lab
from keras_dl.metrics.distances import frechet_distance, kernel_distance
from keras_dl.metrics.features import feature_net, looked_at, with_feature_extractor
from keras_dl.metrics.manifold import precision_recall
from keras_dl.metrics.modes import Modes, modes

__all__ = [
    "Modes",
    "colour_overlap",
    "detail",
    "feature_net",
    "frechet_distance",
    "kernel_distance",
    "lab",
    "looked_at",
    "modes",
    "precision_recall",
    "with_feature_extractor",
]
