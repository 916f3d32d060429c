"""Optimizers by name with their learning-rate schedule, and an optimizer of several networks."""

from keras_dl.optimizers.adaptive_clipping import clip_by_units
from keras_dl.optimizers.factory import InverseDecay, make_gan_optimizer, make_optimizer
from keras_dl.optimizers.held_decay import HeldDecay, sgd_of_sums
from keras_dl.optimizers.player_optimizer import PlayerOptimizer

__all__ = [
    "HeldDecay",
    "InverseDecay",
    "PlayerOptimizer",
    "clip_by_units",
    "make_gan_optimizer",
    "make_optimizer",
    "sgd_of_sums",
]
