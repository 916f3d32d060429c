"""Optimizers by name with their learning-rate schedule, and one optimizer per player."""

from keras_dl.optimizers.factory import InverseDecay, make_optimizer, two_optimizers
from keras_dl.optimizers.player_optimizer import PlayerOptimizer

__all__ = ["InverseDecay", "PlayerOptimizer", "make_optimizer", "two_optimizers"]
