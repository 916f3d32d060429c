"""Arrays in the memory of the device that trains: whether they fit, and how they are uploaded."""

import importlib
from typing import Any

import keras
import numpy as np
import psutil

from keras_dl.data.aligned_copy import align

__all__ = ["SHARE", "fits", "placed", "runs_on_cpu"]

SHARE = 0.25  # of the device's free memory that data may take; the steps need the rest


def fits(*arrays: Any) -> bool:
    """Returns whether all are numeric arrays that fit into the device's memory together."""
    numeric = all(isinstance(a, np.ndarray) and a.dtype.kind in "uifb" for a in arrays)
    return numeric and sum(a.nbytes for a in arrays) <= SHARE * _free()


def placed(array: np.ndarray) -> Any:
    """Returns the array as TensorFlow's tensor, on a CPU with at most one copy."""
    tf = importlib.import_module("tensorflow")
    if array.dtype.kind not in "uif" or tf.config.list_physical_devices("GPU"):
        return tf.convert_to_tensor(array)
    return tf.experimental.dlpack.from_dlpack(align(array).__dlpack__())


def runs_on_cpu() -> bool:
    """Returns whether TensorFlow is the backend and finds no graphics card."""
    if keras.backend.backend() != "tensorflow":
        return False
    return not importlib.import_module("tensorflow").config.list_physical_devices("GPU")


def _free() -> float:
    """Bytes of memory free on the device that trains."""
    if keras.backend.backend() == "jax":
        stats = importlib.import_module("jax").devices()[0].memory_stats()
        if stats and "bytes_limit" in stats:
            return stats["bytes_limit"] - stats["bytes_in_use"]
    return psutil.virtual_memory().available
