"""Few labels: training samples a small labelled part, the other examples stay unlabelled."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from keras_dl.data.dataset import Data
from keras_dl.data.reading import fact, recorded
from keras_dl.data.samplers import limit
from keras_dl.utils.checks import check_count

__all__ = ["LabelledRows", "balanced_rows", "take_examples", "take_labelled", "with_labels"]

SHORTEST_EPOCH = 2000  # examples; fewer labelled ones are repeated
# One constant for all runs: a run's own seed must not change which examples have labels.
SEED = 20_260_101


class LabelledRows:
    """Shuffles some rows of a split; an epoch repeats them until it has 2,000 examples.

    Args:
        rows: rows of the split (n,), distinct.

    Attributes:
        num_examples: examples in an epoch, a multiple of n.
    """

    def __init__(self, rows: np.ndarray | Sequence[int]) -> None:
        self.rows = np.asarray(rows, np.int32)
        self.repeats = -(-SHORTEST_EPOCH // len(self.rows))
        self.num_examples = self.repeats * len(self.rows)

    def indices(self, seed: int, epoch: int, batch_size: int, steps: int | None) -> np.ndarray:
        """Returns the rows of an epoch in order; each repeat is a new permutation.

        Args:
            seed: of the run, at least 0.
            epoch: number of the epoch, from 0.
            batch_size: examples per step.
            steps: steps of the epoch at most; None for the whole epoch.

        Returns:
            int32 (n,) with n = min(num_examples, steps·batch_size).
        """
        random = np.random.default_rng((seed, epoch))
        rows = np.concatenate([random.permutation(self.rows) for _ in range(self.repeats)])
        return rows[: limit(self.num_examples, batch_size, steps)]


def balanced_rows(labels: np.ndarray, count: int) -> np.ndarray:
    """Selects examples with the classes in equal parts, the same ones in every run.

    A smaller count selects a part of what a larger one does.

    Args:
        labels: class numbers (n,).
        count: examples to select, at least one for each class, at most n.

    Returns:
        int64 rows (count,), distinct.

    Raises:
        ValueError: if `count` is below the number of classes or above n.
    """
    classes = np.unique(labels)
    if not len(classes) <= count <= len(labels):
        raise ValueError(
            f"`labels` must lie between the {len(classes)} classes and the {len(labels)} training "
            f"examples; so many of these have a label. Received: labels={count}"
        )
    # RandomState rather than default_rng: its stream is frozen across NumPy releases.
    random = np.random.RandomState(SEED)
    order = random.permutation(len(labels))
    # The rank of each example within its class: all first ones, then all second ones, …
    ranks = np.empty(len(labels), np.int64)
    for label in classes:
        members = order[labels[order] == label]
        ranks[members] = np.arange(len(members))
    return order[np.argsort(ranks[order], kind="stable")][:count]


@recorded
def with_labels(data: Data, labels: int) -> Data:
    """Returns the data with a training sampler of `labels` examples; the split stays whole.

    Args:
        data: with class numbers as targets.
        labels: examples that training samples, in equal parts of each class.

    Returns:
        The same splits; a training step sees labelled examples only.

    Raises:
        ValueError: if there are fewer examples than that, or fewer labels than classes.
    """
    count = data.train.num_examples
    fact("labels", f"{labels:,} of {count:,} training examples, in equal parts of each class")
    sampler = LabelledRows(balanced_rows(data.train.y, labels))
    return replace(data, samplers={**data.samplers, "train": sampler})


@recorded
def take_labelled(data: Data, images_per_class: int) -> Data:
    """Returns the data with at most so many training examples of each class, the same in every run.

    A smaller number takes a part of what a larger one does.

    Args:
        data: with class numbers as targets.
        images_per_class: at least 1.

    Raises:
        ValueError: if it is below 1.
    """
    if images_per_class < 1:
        raise ValueError(
            f"`images_per_class` must be at least 1. Received: images_per_class={images_per_class}"
        )
    labels = data.train.y
    order = np.random.RandomState(SEED).permutation(len(labels))
    parts = [order[labels[order] == label][:images_per_class] for label in np.unique(labels)]
    rows = np.sort(np.concatenate(parts))
    if len(rows) == len(labels):
        return data
    fact(
        "labels", f"{images_per_class} of each class, {len(rows):,} of {len(labels):,} for training"
    )
    return data.with_splits({"train": data.train.take(rows)})


@recorded
def take_examples(data: Data, count: int) -> Data:
    """Returns the data with at most `count` training examples, the same ones in every run.

    Args:
        data: any.
        count: at least 1.

    Raises:
        TypeError: if it is not an integer.
        ValueError: if it is below 1.
    """
    check_count("count", count, "so many training examples remain")
    size = data.train.num_examples
    if count >= size:
        return data
    fact("train", f"{count:,} of {size:,} training examples, drawn with a fixed seed")
    return data.with_splits({"train": data.train.sample(count, SEED)})
