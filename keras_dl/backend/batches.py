"""A split as batches for `fit`, on every backend, in an order that a resumed run meets again."""

import functools
import importlib
import math
import warnings
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from keras_dl.data.dataset import Split

__all__ = ["Batches", "EpochOrder", "epoch_order"]


def epoch_order(seed: int, epoch: int, count: int) -> np.ndarray:
    """The order in which an epoch meets `count` examples; by seed and epoch number alone."""
    return np.random.default_rng((seed, epoch)).permutation(count)


class Batches(keras.utils.PyDataset):
    """Batches of a split, shuffled anew each epoch by seed and epoch number alone.

    Epoch e has the order ``epoch_order(seed, e, n)``: a run resumed at epoch e sees what the
    uninterrupted run saw. The last batch may be smaller.

    Two things are `fit`'s to do. ``shuffle=False``: by default it deals the batches in an order of
    its own, from Python's global generator. ``callbacks=[EpochOrder(batches)]`` tells which epoch
    begins; without it the passes read to their end are counted, which is one off on JAX and torch
    where an epoch is a single batch. Use `steps`, not steps_per_epoch, which reads on across the
    border of an epoch.

    Args:
        split: examples and targets.
        batch_size: examples per batch.
        seed: of the order; None keeps the split's own order, for validation and test.
        steps: batches per epoch at most, or None for all.
        epoch: number of the first epoch.
        on_device: on JAX, puts the split on the device once and picks each batch's rows there.

    Example:
        model.fit(batches, shuffle=False, callbacks=[EpochOrder(batches)], initial_epoch=3)
    """

    def __init__(
        self,
        split: Split,
        batch_size: int,
        *,
        seed: int | None,
        steps: int | None = None,
        epoch: int = 0,
        on_device: bool = False,
    ) -> None:
        super().__init__()
        self.split = split
        self._placed = [keras.ops.convert_to_tensor(a) for a in split] if on_device else None
        self.batch_size = batch_size
        self.seed = seed
        self.epoch = epoch
        whole = math.ceil(len(split.x) / batch_size)
        self.steps = min(whole, steps or whole)
        self._read: list[int] | None = None  # batches dealt in this pass; None between passes

    @property
    def epoch(self) -> int:
        """Number of the epoch whose order is served."""
        return self._epoch

    @epoch.setter
    def epoch(self, value: int) -> None:
        self._epoch = value
        if self.seed is not None:
            self._order = epoch_order(self.seed, value, len(self.split.x))

    @property
    def num_batches(self) -> int:
        """Batches per epoch."""
        return self.steps

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        if self._read is not None:
            self._note(index, self._read)
        chosen = slice(index * self.batch_size, (index + 1) * self.batch_size)
        if self._placed is not None:
            rows = (
                np.arange(len(self.split.x))[chosen] if self.seed is None else self._order[chosen]
            )
            return _pick()(*self._placed, rows.astype("int32"))
        if self.seed is None:
            return self.split.x[chosen], self.split.y[chosen]
        return self.split.x[self._order[chosen]], self.split.y[self._order[chosen]]

    def _note(self, index: int, read: list[int]) -> None:
        if index == 0:  # also where Keras looks at the shapes after a fit that was stopped
            read.clear()
        if self.seed is not None and index != len(read):
            warnings.warn(
                "Batches are dealt out of order, and in another one after a resume; give "
                "fit(shuffle=False).",
                stacklevel=3,
            )
        read.append(index)

    def on_epoch_begin(self) -> None:
        """Starts a pass; what Keras looked at before, to learn the shapes, does not count."""
        self._read = []

    def on_epoch_end(self) -> None:
        """Goes on to the next epoch's order, if this pass was read to its end."""
        # Keras also ends epochs that never were: `fit` resets its iterator before the first one.
        if self._read is not None and len(self._read) == self.steps:
            self.epoch += 1
        self._read = None


@functools.cache
def _pick() -> Callable[..., Any]:
    """Picks the same rows of two arrays in one call to the device."""
    jax = importlib.import_module("jax")
    return jax.jit(lambda x, y, rows: tuple(a.at[rows].get(mode="clip") for a in (x, y)))


class EpochOrder(keras.callbacks.Callback):
    """Tells `Batches` which epoch begins, also after `initial_epoch` or a restored backup.

    Args:
        batches: what `fit` is given.
    """

    def __init__(self, batches: Batches) -> None:
        super().__init__()
        self.batches = batches

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keras calls this before it opens the epoch's iterator."""
        self.batches.epoch = epoch
