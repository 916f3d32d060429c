"""Tensors of any backend as numbers and arrays."""

from typing import Any

import numpy as np
from keras import ops

__all__ = ["array", "number"]


def array(tensor: Any) -> np.ndarray:
    """The tensor as a NumPy array of float64, so that statistics lose no digits."""
    return np.asarray(ops.convert_to_numpy(tensor), dtype="float64")


def number(tensor: Any) -> float:
    """The one value of a tensor."""
    return float(array(tensor).item())
