"""How good made images are: by features of a small classifier that learnt the same data."""

from keras_dl.quality.colour import colour_overlap, detail, lab
from keras_dl.quality.distances import frechet_distance, kernel_distance
from keras_dl.quality.features import feature_net, looked_at, with_judge
from keras_dl.quality.manifold import precision_recall
from keras_dl.quality.modes import Modes, modes
from keras_dl.quality.report import generation, walk

__all__ = [
    "Modes",
    "colour_overlap",
    "detail",
    "feature_net",
    "frechet_distance",
    "generation",
    "kernel_distance",
    "lab",
    "looked_at",
    "modes",
    "precision_recall",
    "walk",
    "with_judge",
]
