"""Mode coverage of a generator: classes, variety within classes, and collapse."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["ModeCoverage", "modes"]

RARE = 0.1  # share of the real frequency below which a class counts as missing
ALIKE = 0.5  # ratio of within-class variances below which images count as alike


@dataclass(frozen=True)
class ModeCoverage:
    """Mode coverage of a generator.

    Attributes:
        real: share of each class among real images, (classes,).
        fake: share of each class among generated images, (classes,).
        missing: numbers of classes generated less than a tenth as often as they occur.
        variety: within-class variance of the features, generated over real images.
        verdict: summary in a sentence.
    """

    real: np.ndarray
    fake: np.ndarray
    missing: tuple[int, ...]
    variety: float
    verdict: str

    @property
    def collapsed(self) -> bool:
        """True if classes are missing or images of one class are alike."""
        return bool(self.missing) or self.variety < ALIKE

    @property
    def covered(self) -> int:
        """Number of generated classes."""
        return int(np.count_nonzero(self.real)) - len(self.missing)


def modes(
    real: tuple[np.ndarray, np.ndarray],
    fake: tuple[np.ndarray, np.ndarray],
    class_names: Sequence[str],
) -> ModeCoverage:
    """Compares class shares and within-class variance of generated and real images.

    Args:
        real: features (n, dim) of real images, and their predicted classes (n,).
        fake: features (m, dim) of generated images, and their predicted classes (m,).
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
    return ModeCoverage(shares[0], shares[1], missing, float(variety), verdict)


def _variety(features: np.ndarray, classes: np.ndarray) -> float:
    """Returns the mean squared distance to the class mean, averaged over classes."""
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
