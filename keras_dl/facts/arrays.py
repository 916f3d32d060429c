"""Conversion of tensors of any backend to numpy."""

import numpy as np
from keras import KerasTensor, ops

__all__ = ["Array", "array", "number"]

Array = KerasTensor | np.ndarray


def array(tensor: object) -> np.ndarray:
    """Returns the tensor as a float64 array."""
    return np.asarray(ops.convert_to_numpy(tensor), dtype="float64")


def number(tensor: object) -> float:
    """Returns the single value of a tensor."""
    return float(array(tensor).item())
