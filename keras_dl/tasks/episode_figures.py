"""Accuracies on test episodes: by way and shot, across and within groups, and of pixels."""

from collections.abc import Sequence

import numpy as np

from keras_dl.algorithms.prototypical import episode_accuracy
from keras_dl.data import Data
from keras_dl.data.few_shot import Episodes
from keras_dl.data.few_shot.loading import TEST_EPISODES, TEST_QUERY

__all__ = ["KINDS", "Interval", "accuracies_by_kind", "interval_of", "numbers_of"]

KINDS = ((5, 1), (5, 5), (20, 1), (20, 5))  # (way, shot) of the paper's tables
Interval = tuple[float, float]  # mean, half width of the 95 % interval
STANDARD_ERRORS = 1.96  # on each side of the mean: 95 %


def interval_of(shares: np.ndarray) -> Interval:
    """Returns the mean of equally large episodes and the half width of its 95 % interval.

    Args:
        shares: (episodes,), two or more.
    """
    half = STANDARD_ERRORS * shares.std(ddof=1) / np.sqrt(len(shares))
    return float(shares.mean()), float(half)


def accuracies_by_kind(
    embeddings: np.ndarray, data: Data, groups: Sequence[str] = ()
) -> dict[tuple[int, int], Interval]:
    """Measures nearest-prototype accuracy on 1,000 test episodes of each kind, always the same.

    Kinds for which test has too few classes or images are left out.

    Args:
        embeddings: of all test images (n, …); all axes after the first are joined.
        data: as `keras_dl.data.few_shot.few_shot` loads it.
        groups: of the test classes, to draw episodes within groups.

    Returns:
        Mean and half width of the 95 % interval by (way, shot).
    """
    points = embeddings.reshape(len(embeddings), -1)
    found = {}
    for way, shot in KINDS:
        try:
            sampler = Episodes(data.test.y, way=way, shot=shot, query=TEST_QUERY,
                               episodes=TEST_EPISODES, split="test", groups=groups)  # fmt: skip
        except ValueError:  # too few classes or images
            continue
        rows = sampler.indices(0, 0, 1, None)
        found[way, shot] = interval_of(episode_accuracy(points, rows, shot=shot))
    return found


def numbers_of(accuracies: dict[tuple[int, int], Interval], prefix: str) -> dict[str, float]:
    """Returns `<prefix>/5way_1shot` … and `…_ci95`, the half width of the interval."""
    numbers = {}
    for (way, shot), (mean, half) in accuracies.items():
        numbers[f"{prefix}/{way}way_{shot}shot"] = mean
        numbers[f"{prefix}/{way}way_{shot}shot_ci95"] = half
    return numbers
