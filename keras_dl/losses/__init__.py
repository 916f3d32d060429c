"""Losses that Keras lacks, one a file, for every backend."""

from keras_dl.losses.coded_squares import CodedSquares
from keras_dl.losses.contrastive_loss import ContrastiveLoss
from keras_dl.losses.distillation_loss import (
    DistillationLoss,
    distillation_accuracy,
    soft_targets,
)
from keras_dl.losses.ntxent_loss import NTXentLoss
from keras_dl.losses.perceptron_loss import PerceptronLoss
from keras_dl.losses.pixel_crossentropy import PixelCrossentropy
from keras_dl.losses.rbf_criteria import CodeDistance, MAPCriterion
from keras_dl.losses.scaled_squared_error import ScaledSquaredError
from keras_dl.losses.smoothed_crossentropy import SmoothedCrossentropy
from keras_dl.losses.triplet_loss import TripletLoss

__all__ = [
    "CodeDistance",
    "CodedSquares",
    "ContrastiveLoss",
    "DistillationLoss",
    "MAPCriterion",
    "NTXentLoss",
    "PerceptronLoss",
    "PixelCrossentropy",
    "ScaledSquaredError",
    "SmoothedCrossentropy",
    "TripletLoss",
    "distillation_accuracy",
    "soft_targets",
]
