"""A split as batches for `fit` on every backend, in an order that a resumed training repeats."""

import functools
import importlib
import warnings
from collections.abc import Callable
from typing import Any

import keras

from keras_dl.data.dataset import Split
from keras_dl.data.samplers import Sampler, Sequential, Shuffle

__all__ = ["Batches", "EpochOrder", "as_batch"]


def as_batch(split: Split) -> tuple[Any, ...]:
    """Returns what Keras takes as a batch: (x, y), or (x, y, sample_weight) where there is one."""
    weight = split.sample_weight
    return (split.x, split.y) if weight is None else (split.x, split.y, weight)


class Batches(keras.utils.PyDataset):
    """Batches of a split; a sampler draws the rows of each epoch from seed and epoch alone.

    A training resumed at an epoch sees the batches of the uninterrupted one. The last batch may be
    smaller.

    `fit` needs two arguments. ``shuffle=False``: by default Keras permutes the batches by Python's
    global generator. ``callbacks=[EpochOrder(batches)]`` sets the epoch; without it, completed
    passes are counted, which is one off on JAX and torch where an epoch is a single batch. Use
    `steps`, not steps_per_epoch, which reads on across the border of an epoch.

    Args:
        split: examples and targets.
        batch_size: examples per batch.
        seed: of the sampler; None for validation and test.
        sampler: draws the rows; None: shuffled with a seed, in order without.
        steps: batches per epoch at most, or None for all.
        epoch: number of the first epoch.
        on_device: on JAX, uploads the split once and gathers each batch's rows there.

    Example:
        model.fit(batches, shuffle=False, callbacks=[EpochOrder(batches)], initial_epoch=3)
    """

    def __init__(
        self,
        split: Split,
        batch_size: int,
        *,
        seed: int | None,
        sampler: Sampler | None = None,
        steps: int | None = None,
        epoch: int = 0,
        on_device: bool = False,
    ) -> None:
        super().__init__()
        self.split, self.batch_size, self.seed = split, batch_size, seed
        default = Sequential if seed is None else Shuffle
        self.sampler = sampler or default(split.num_examples)
        upload: Any = keras.ops.convert_to_tensor
        self._resident = as_batch(split.map(upload)) if on_device else None
        whole = -(-self.sampler.num_examples // batch_size)
        self.steps = min(whole, steps or whole)
        self.epoch = epoch
        self._indices_served: list[int] | None = None  # in this pass; None between passes

    @property
    def epoch(self) -> int:
        """Number of the epoch whose batches are served."""
        return self._epoch

    @epoch.setter
    def epoch(self, value: int) -> None:
        self._epoch = value
        self._rows = self.sampler.indices(self.seed or 0, value, self.batch_size, self.steps)

    @property
    def num_batches(self) -> int:
        """Batches per epoch."""
        return self.steps

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        if self._indices_served is not None:
            self._check_order(index, self._indices_served)
        rows = self._rows[index * self.batch_size : (index + 1) * self.batch_size]
        if self._resident is not None:
            return _gather()(self._resident, rows)
        if isinstance(self.sampler, Sequential):  # a slice is a view, a gather a copy
            return as_batch(self.split.take(slice(int(rows[0]), int(rows[-1]) + 1)))
        return as_batch(self.split.take(rows))

    def _check_order(self, index: int, served: list[int]) -> None:
        if index == 0:  # also where Keras looks at the shapes after a fit that was stopped
            served.clear()
        if self.seed is not None and index != len(served):
            warnings.warn(
                "Batches are read out of order, and in another order after a resume; pass "
                "fit(shuffle=False).",
                stacklevel=3,
            )
        served.append(index)

    def on_epoch_begin(self) -> None:
        """Starts a pass; batches that Keras reads before, for their shapes, do not count."""
        self._indices_served = []

    def on_epoch_end(self) -> None:
        """Moves on to the next epoch, if this pass was read to its end."""
        # Keras also ends epochs that never began: `fit` resets its iterator before the first one.
        read = self._indices_served is not None and len(self._indices_served) == self.steps
        if read and self.seed is not None:  # validation and test are the same in every epoch
            self.epoch += 1
        self._indices_served = None


@functools.cache
def _gather() -> Callable[..., Any]:
    """Gathers the same rows of all arrays in one call to the device."""
    jax = importlib.import_module("jax")

    def gather(arrays: Any, rows: Any) -> Any:
        return jax.tree.map(lambda array: array.at[rows].get(mode="clip"), arrays)

    return jax.jit(gather)


class EpochOrder(keras.callbacks.Callback):
    """Sets the epoch of `Batches`, also after `initial_epoch` or a restored backup.

    Args:
        batches: the data of `fit`.
    """

    def __init__(self, batches: Batches) -> None:
        super().__init__()
        self.batches = batches

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keras calls this before it opens the epoch's iterator."""
        self.batches.epoch = epoch
