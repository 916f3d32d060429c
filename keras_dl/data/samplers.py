"""Samplers: arrays of row numbers for the steps of an epoch.

A batch is a gather: an index array of shape (batch, …) selects examples of shape
(batch, …, *example) from each array of a split. The row numbers depend on the arguments alone, so a
resumed training uses the same batches as an uninterrupted one.
"""

from typing import Protocol

import numpy as np

__all__ = ["Sampler", "Sequential", "Shuffle", "Streams", "Windows", "epoch_order", "limit"]


class Sampler(Protocol):
    """Row numbers of a split for each epoch."""

    @property
    def num_examples(self) -> int:
        """Examples of one whole epoch."""
        ...

    def indices(self, seed: int, epoch: int, batch_size: int, steps: int | None) -> np.ndarray:
        """Returns the rows of one epoch.

        Args:
            seed: of the training.
            epoch: number of the epoch, from 0.
            batch_size: examples per step; the caller cuts the first axis into batches.
            steps: steps per epoch at most; None for a whole epoch.

        Returns:
            (n, …) int32 row numbers, n = min(num_examples, steps * batch_size); an example that
            consists of several rows has further axes.
        """
        ...


def limit(count: int, batch_size: int, steps: int | None) -> int:
    """Returns the number of examples in `steps` batches.

    Args:
        count: examples of an epoch, the maximum.
        batch_size: examples per step.
        steps: steps per epoch; None for a whole epoch.
    """
    return count if steps is None else min(count, steps * batch_size)


def epoch_order(seed: int, epoch: int, count: int) -> np.ndarray:
    """Returns the permutation of `count` examples in an epoch; it depends on the arguments alone.

    Args:
        seed: of the training.
        epoch: number of the epoch, from 0.
        count: examples.

    Returns:
        (count,) int64.
    """
    return np.random.default_rng((seed, epoch)).permutation(count)


class Shuffle:
    """Each example once per epoch, in random order: the default for train.

    Args:
        count: examples of the split.
    """

    def __init__(self, count: int) -> None:
        self.num_examples = count

    def indices(self, seed: int, epoch: int, batch_size: int, steps: int | None) -> np.ndarray:
        """Returns the row numbers of one epoch.

        Args:
            seed: of the training.
            epoch: number of the epoch, from 0.
            batch_size: examples per step.
            steps: steps per epoch at most; None for a whole epoch.

        Returns:
            (n,) int32, see `Sampler.indices`.
        """
        order = epoch_order(seed, epoch, self.num_examples)
        return order[: limit(self.num_examples, batch_size, steps)].astype(np.int32)


class Sequential:
    """Each example once, in the order of the split: the default for validation and test.

    Args:
        count: examples of the split.
    """

    def __init__(self, count: int) -> None:
        self.num_examples = count

    def indices(self, seed: int, epoch: int, batch_size: int, steps: int | None) -> np.ndarray:
        """Returns the row numbers of one epoch.

        Args:
            seed: of the training.
            epoch: number of the epoch, from 0.
            batch_size: examples per step.
            steps: steps per epoch at most; None for a whole epoch.

        Returns:
            (n,) int32, see `Sampler.indices`.
        """
        return np.arange(limit(self.num_examples, batch_size, steps), dtype=np.int32)


class Windows:
    """Windows of consecutive rows of a stream: token sequences of a language model.

    With `Split(x=tokens[:-1], y=tokens[1:])`, each window of x has the next tokens as targets.

    Args:
        length: rows of the stream.
        context: rows of a window.
        shuffle: True: windows start at random rows; False: they tile the stream in order, without
            a remainder shorter than `context`.

    Raises:
        ValueError: if the stream is shorter than one window.
    """

    def __init__(self, length: int, context: int, *, shuffle: bool) -> None:
        if not 1 <= context <= length:
            raise ValueError(
                f"`context` must lie in 1 … {length}, the length of the stream. "
                f"Received: context={context}"
            )
        self.length, self.context, self.shuffle = length, context, shuffle
        self.num_examples = length // context

    def indices(self, seed: int, epoch: int, batch_size: int, steps: int | None) -> np.ndarray:
        """Returns the row numbers of one epoch.

        Args:
            seed: of the training; without `shuffle` it has no effect.
            epoch: number of the epoch, from 0; without `shuffle` it has no effect.
            batch_size: windows per step.
            steps: steps per epoch at most; None for a whole epoch.

        Returns:
            (n, context) int32, see `Sampler.indices`.
        """
        count = limit(self.num_examples, batch_size, steps)
        if self.shuffle:
            random = np.random.default_rng((seed, epoch))
            starts = random.integers(0, self.length - self.context + 1, count)
        else:
            starts = np.arange(count) * self.context
        return (starts[:, None] + np.arange(self.context)).astype(np.int32)


class Streams:
    """Consecutive windows of several streams side by side: each step goes on where the last ended.

    The rows are cut into as many equal parts as a batch has examples; example i of step t is window
    t of part i, so that a model may carry the state of example i on to the next step. The order is
    the same in every epoch. Rows that fill no whole step of all streams are left out.

    Args:
        length: rows of the stream, whose targets are one row ahead.
        streams: parts, the batch size of the training.
        context: rows of a window.

    Raises:
        ValueError: if the parts are shorter than one window.

    Reference:
        Zaremba, Sutskever and Vinyals, 2014, Recurrent Neural Network Regularization,
        arXiv:1409.2329, section 4.1.
    """

    def __init__(self, length: int, streams: int, context: int) -> None:
        self.part = (length + 1) // streams  # as published: of the words, of which the last has
        steps = (self.part - 1) // context if context >= 1 else 0  # no target within its part
        if steps < 1:
            raise ValueError(
                f"`context` must lie in 1 … {self.part - 1}, the rows of a stream; there are "
                f"{streams} streams of {length} rows. Received: context={context}"
            )
        self.streams, self.context = streams, context
        self.num_examples = steps * streams

    def indices(self, seed: int, epoch: int, batch_size: int, steps: int | None) -> np.ndarray:
        """Returns the row numbers of one epoch.

        Args:
            seed: no effect.
            epoch: no effect.
            batch_size: examples per step; the number of streams in a training.
            steps: steps per epoch at most; None for a whole epoch.

        Returns:
            (n, context) int32, see `Sampler.indices`.
        """
        windows = np.arange(self.num_examples // self.streams)[:, None] * self.context
        starts = (windows + np.arange(self.streams) * self.part).reshape(-1, 1)
        rows = starts[: limit(self.num_examples, batch_size, steps)]
        return (rows + np.arange(self.context)).astype(np.int32)
