"""Environments of reinforcement learning by name, played side by side, and their data sets."""

from keras_dl.environments.base import Environment, Specification, Step
from keras_dl.environments.dataset import load_environment
from keras_dl.environments.episodes import Episode, play
from keras_dl.environments.registry import make, names
from keras_dl.environments.specs import Actions, Observations
from keras_dl.environments.vector import VectorEnvironment

__all__ = [
    "Actions",
    "Environment",
    "Episode",
    "Observations",
    "Specification",
    "Step",
    "VectorEnvironment",
    "load_environment",
    "make",
    "names",
    "play",
]
