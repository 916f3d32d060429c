"""Which classes a generator makes, how varied they are, and whether it has collapsed, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Modes", "modes"]

RARE = 0.1  # of its real share: below it a class counts as missing
ALIKE = 0.5  # of the real images' variance within a class: below it images count as alike


@dataclass(frozen=True)
class Modes:
    """What a generator covers.

    Attributes:
        real: share of each class among the real images.
        fake: share of each class among the made ones.
        missing: numbers of the classes that are made less than a tenth as often as they should.
        variety: variance of the features within classes, made images over real ones.
        verdict: the same in a sentence.
    """

    real: np.ndarray
    fake: np.ndarray
    missing: tuple[int, ...]
    variety: float
    verdict: str

    @property
    def collapsed(self) -> bool:
        """Whether classes are missing, or images of one class look alike."""
        return bool(self.missing) or self.variety < ALIKE

    @property
    def covered(self) -> int:
        """Number of classes that are made."""
        return int(np.count_nonzero(self.real)) - len(self.missing)


def modes(
    real: tuple[np.ndarray, np.ndarray],
    fake: tuple[np.ndarray, np.ndarray],
    class_names: Sequence[str],
) -> Modes:
    """Counts classes, as a classifier sees them, and measures the variety within them.

    Args:
        real: features (n, dim) of real images, and their classes (n,) as the classifier sees them.
        fake: the same of made images.
        class_names: one name per class.

    Returns:
        Shares, missing classes, variety and a verdict.

    Raises:
        ValueError: if a sample is empty.
    """
    if not len(real[0]) or not len(fake[0]):
        raise ValueError(
            "`real` and `fake` must hold images. "
            f"Received: {len(real[0])} and {len(fake[0])} images"
        )
    count = len(class_names)
    shares = [np.bincount(classes, minlength=count) / len(classes) for _, classes in (real, fake)]
    missing = tuple(np.flatnonzero(shares[1] < RARE * shares[0]).tolist())
    variety = _variety(*fake) / max(_variety(*real), 1e-12)
    verdict = _verdict(missing, variety, int(np.count_nonzero(shares[0])), class_names)
    return Modes(shares[0], shares[1], missing, float(variety), verdict)


def _variety(features: np.ndarray, classes: np.ndarray) -> float:
    """Mean squared distance to the centre of one's class, classes weighed alike."""
    spreads = [features[classes == c].var(axis=0).sum() for c in np.unique(classes)]
    return float(np.mean(spreads))


def _verdict(missing: Sequence[int], variety: float, present: int, names: Sequence[str]) -> str:
    varied = f"images of a class vary {variety:.2f} times as much as real ones"
    if missing:
        named = ", ".join(str(names[c]) for c in missing)
        return f"Collapsed: {len(missing)} of {present} classes are missing ({named}); {varied}."
    if variety < ALIKE:
        return f"Collapsed within classes: all {present} are made, but {varied}."
    return f"No collapse: all {present} classes are made, and {varied}."
