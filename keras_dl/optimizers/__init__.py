"""Optimizers by name with their learning-rate schedule, and an optimizer of several networks."""

from keras_dl.optimizers.factory import InverseDecay, make_gan_optimizer, make_optimizer
from keras_dl.optimizers.player_optimizer import PlayerOptimizer

__all__ = ["InverseDecay", "PlayerOptimizer", "make_gan_optimizer", "make_optimizer"]
