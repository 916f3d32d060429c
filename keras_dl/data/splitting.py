"""Splitting of examples into two parts, the same in every run."""

import math
from collections.abc import Mapping

import numpy as np

from keras_dl.data.errors import DatasetError
from keras_dl.data.reading import fact

__all__ = ["TEST_SHARE", "VALIDATION_SHARE", "record_cut", "split_indices"]

TEST_SHARE = 0.2
VALIDATION_SHARE = 0.1
# A constant: the seed of a run must not change its validation and test examples.
SEED = 20_260_101


def split_indices(
    y: np.ndarray, share: float, *, stratified: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the indices that remain and those that are split off, both ascending.

    Args:
        y: targets (n, …), n at least 2.
        share: share to split off, 0..1; each part has at least one example.
        stratified: split the share off each class of `y` (n,): at least one example of each class
            that has two. A class with a single example remains.

    Returns:
        Two int64 arrays that together contain each of 0..n-1 once.

    Raises:
        DatasetError: if no class has two examples, so that a class would lose its last one.
    """
    # RandomState, not default_rng: its stream is the same in all NumPy releases.
    random = np.random.RandomState(SEED)
    groups = [np.arange(len(y))]
    if stratified:
        groups = [np.flatnonzero(y == label) for label in np.unique(y)]
        if all(len(group) < 2 for group in groups):
            raise DatasetError(
                "`y` must hold more examples of a class: at least 3, one each for train, "
                "validation and test, or 2 if one of the latter is given. "
                f"Received: {len(y)} left in {len(groups)} classes to split from"
            )
    drawn = np.sort(np.concatenate([_draw(group, share, random) for group in groups]))
    return np.setdiff1d(np.arange(len(y)), drawn), drawn


def record_cut(shares: Mapping[str, float], *, stratified: bool, unit: str = "examples") -> None:
    """Records the splits that the source lacks and that are cut off train.

    Args:
        shares: share of train by split, in the order in which they are cut off.
        stratified: whether each class gives its share.
        unit: plural noun of what is drawn.
    """
    if shares:
        bases = [f"the {unit}", "the rest"] if "test" in shares else ["train"]
        pairs = zip(shares.items(), bases, strict=False)
        parts = [f"{split} ({share * 100:g} % of {base})" for (split, share), base in pairs]
        how = "by class" if stratified else "at random"
        fact("split", f"{' and '.join(parts)} cut off {how}, seed {SEED}")


def _draw(group: np.ndarray, share: float, random: np.random.RandomState) -> np.ndarray:
    count = min(max(1, math.floor(share * len(group) + 0.5)), len(group) - 1)
    return random.permutation(group)[:count]
