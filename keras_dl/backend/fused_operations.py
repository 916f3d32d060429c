"""Layers and optimizers as single operations of TensorFlow, where Keras composes them of many."""

import contextlib
import threading
from collections.abc import Iterator

import keras

from keras_dl.backend import _fused_adam, _fused_batch_norm

__all__ = ["fused_operations"]

REPLACED = (
    (keras.layers.BatchNormalization, "call", _fused_batch_norm.call),
    (keras.optimizers.Adam, "update_step", _fused_adam.update_step),
)
KERAS_OWN = [getattr(owner, name) for owner, name, _ in REPLACED]
_lock = threading.Lock()
_blocks = 0  # that are open now, in all threads


@contextlib.contextmanager
def fused_operations() -> Iterator[None]:
    """Computes batch normalization of images and steps of Adam in one operation each.

    What is traced within the block keeps it. Layers and optimizers, their weights and what is saved
    stay as they are; on other backends nothing changes.
    """
    if keras.backend.backend() != "tensorflow":
        yield
        return
    _open(1)
    try:
        yield
    finally:
        _open(-1)


def _open(change: int) -> None:
    """Counts the open blocks; methods of Keras are replaced while there are any."""
    global _blocks
    with _lock:
        _blocks += change
        for (owner, name, fused), own in zip(REPLACED, KERAS_OWN, strict=True):
            setattr(owner, name, fused if _blocks else own)
