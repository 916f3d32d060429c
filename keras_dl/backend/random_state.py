"""State of the backend's global random generator, for checkpoints."""

import importlib
from typing import Any

import keras
import numpy as np

__all__ = ["random_state", "set_random_state"]


def random_state() -> np.ndarray:
    """Returns the state of the generator that layers draw from, (n,) uint8.

    It is empty on TensorFlow and JAX, where each layer has a seed among its variables. On torch,
    Keras' `Dropout` without a seed of its own draws from torch's global generator.
    """
    if keras.backend.backend() != "torch":
        return np.zeros(0, "uint8")
    return np.array(_generators().get_rng_state())


def set_random_state(state: np.ndarray) -> None:
    """Sets the generator to what `random_state` returned; an empty state changes nothing."""
    if state.size and keras.backend.backend() == "torch":
        torch = importlib.import_module("torch")
        _generators().set_rng_state(torch.from_numpy(state))


def _generators() -> Any:
    torch = importlib.import_module("torch")
    return torch.cuda if torch.cuda.is_available() else torch
