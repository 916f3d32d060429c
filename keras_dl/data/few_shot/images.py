"""Images by class whose classes, not examples, are divided into splits."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from keras_dl.data.dataset import SPLITS
from keras_dl.data.errors import DatasetError

__all__ = [
    "TEST_SHARE",
    "VALIDATION_SHARE",
    "ClassImages",
    "FewShotImages",
    "divide_classes",
    "with_rotations",
]

TEST_SHARE, VALIDATION_SHARE = 0.2, 0.16  # of the classes, the proportions of miniImageNet
# One constant for all runs: a run's own seed must not change which classes it is tested on.
SEED = 20_260_101


@dataclass(frozen=True)
class ClassImages:
    """The images of one split.

    Attributes:
        x: images (n, height, width, channels), pixels 0..255, uint8 or float32.
        y: class numbers (n,) int32 in 0..len(names) - 1.
        names: one name per class number.
        white: number that was white in the source, see `keras_dl.data.Images`.
        groups: name of the group of each class, such as its alphabet; empty without groups.
    """

    x: np.ndarray
    y: np.ndarray
    names: tuple[str, ...]
    white: float = 255.0
    groups: tuple[str, ...] = ()

    def take(self, classes: Sequence[int] | np.ndarray) -> "ClassImages":
        """Returns the images of some classes, numbered in the order of `classes`."""
        number = np.full(len(self.names), -1)
        number[np.asarray(classes)] = np.arange(len(classes))
        rows = np.flatnonzero(number[self.y] >= 0)
        names = tuple(self.names[c] for c in classes)
        groups = tuple(self.groups[c] for c in classes) if self.groups else ()
        labels = number[self.y[rows]].astype(np.int32)
        return ClassImages(self.x[rows], labels, names, self.white, groups)


@dataclass(frozen=True)
class FewShotImages:
    """A data set of few-shot learning: no class is in two splits.

    Attributes:
        name: short name of the data set.
        source: origin of the bytes, in words.
        splits: the images of train, validation and test.

    Raises:
        DatasetError: if two splits share a class.
    """

    name: str
    source: str
    splits: Mapping[str, ClassImages]

    def __post_init__(self) -> None:
        counts = Counter(name for split in SPLITS for name in self.splits[split].names)
        twice = [name for name, count in counts.items() if count > 1]
        if twice:
            raise DatasetError(
                "`dataset` must have different classes in train, validation and test; few-shot "
                f"learning is tested on unseen classes. Received: {', '.join(twice[:3])} twice"
            )


def divide_classes(
    images: ClassImages, *, share: float, whole_groups: bool = False
) -> tuple[ClassImages, ClassImages]:
    """Divides the classes in two, the same way in every run.

    Args:
        images: images by class.
        share: part of the classes in the second result, in (0, 1); each side has at least one.
        whole_groups: divide the groups in place of the classes.

    Returns:
        The larger and the smaller part.

    Raises:
        DatasetError: if there is only one class or group.
    """
    labels = np.asarray(images.groups) if whole_groups else np.arange(len(images.names))
    kinds = np.unique(labels)
    if len(kinds) < 2:
        raise DatasetError(
            "`dataset` must have at least two classes for each division into splits. "
            f"Received: {len(kinds)} left to divide"
        )
    count = min(max(1, round(share * len(kinds))), len(kinds) - 1)
    # RandomState rather than default_rng: its stream is frozen across NumPy releases.
    second = np.isin(labels, np.random.RandomState(SEED).permutation(kinds)[:count])
    return images.take(np.flatnonzero(~second)), images.take(np.flatnonzero(second))


def with_rotations(images: ClassImages) -> ClassImages:
    """Adds each class turned by 90°, 180° and 270° as three new classes.

    Args:
        images: square images by class.

    Returns:
        Four times the images and classes; the unrotated ones are first. Classes of a group that are
        turned alike form a group.

    Reference:
        Santoro et al., 2016, One-shot Learning with Memory-Augmented Neural Networks,
        arXiv:1605.06065, section 4.1.
    """
    turns, count = range(4), len(images.names)
    x = np.concatenate([np.rot90(images.x, turn, axes=(1, 2)) for turn in turns])
    y = np.concatenate([images.y + turn * count for turn in turns])
    names = [f"{name} {90 * turn}°" if turn else name for turn in turns for name in images.names]
    groups = tuple(f"{group} {90 * turn}°" for turn in turns for group in images.groups)
    return ClassImages(
        np.ascontiguousarray(x), y.astype(np.int32), tuple(names), images.white, groups
    )
