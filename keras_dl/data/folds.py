"""Folds of a cross-validation: parts of train and validation that are held out in turn."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from keras_dl.data.dataset import Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.specs import Classes, Values
from keras_dl.data.splitting import split_indices
from keras_dl.data.trees import map_leaves

__all__ = ["Fold", "check_folds", "fold_data"]


@dataclass(frozen=True)
class Fold:
    """One of the folds.

    Attributes:
        number: from 0.
        folds: number of folds.
        split: "test" or "validation", in whose place it is held out.
    """

    number: int
    folds: int
    split: str = "test"


def fold_data(data: Data, fold: Fold, seed: int) -> Data:
    """Returns the data with a fold in the place of the test set or of the validation.

    Train and validation are pooled and divided at random, with classes so that each fold has each
    class in its share. A fold as test set selects nothing: of the other folds the validation is cut
    off again, in the share that it had of the pool, by class, and the test set is left out. A fold
    as validation leaves all others to training, and the test set as it is.

    Args:
        data: the data set.
        fold: which one is held out.
        seed: of the division.

    Raises:
        DatasetError: see `check_folds`.
    """
    labels = check_folds(data, fold.folds)
    from sklearn.model_selection import KFold, StratifiedKFold

    stratified = isinstance(data.targets, Classes)
    divider = StratifiedKFold if stratified else KFold
    parts = divider(fold.folds, shuffle=True, random_state=seed).split(labels, labels)
    rest, held = list(parts)[fold.number]
    pool = _pool(data.train, data.validation)
    text = f"{data.digest} {fold.number} {fold.folds} {fold.split} {seed}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    if fold.split == "validation":
        return replace(data, train=pool.take(rest), validation=pool.take(held), digest=digest)
    share = data.validation.num_examples / len(labels)
    train, validation = split_indices(labels[rest], share, stratified=stratified)
    return replace(
        data,
        train=pool.take(rest[train]),
        validation=pool.take(rest[validation]),
        test=pool.take(held),
        digest=digest,
    )


def check_folds(data: Data, folds: int) -> np.ndarray:
    """Returns the targets of train and validation, (n, …), by which folds are divided.

    Raises:
        DatasetError: if the examples have neither a class nor a number each, are drawn by a
            sampler, or are too few.
    """
    y = data.train.y
    single = isinstance(y, np.ndarray) and (
        (isinstance(data.targets, Classes) and not data.targets.by_split and y.ndim == 1)
        or isinstance(data.targets, Values)
    )
    if not single:
        raise DatasetError(
            "`folds` must be left out for these data; folds are divided by one class or number for "
            f"each example. Received: folds={folds}, targets {type(data.targets).__name__}"
        )
    if "train" in data.samplers:
        raise DatasetError(
            "`folds` must be left out for these data; their training examples are drawn by a "
            f"sampler. Received: folds={folds}, {type(data.samplers['train']).__name__}"
        )
    labels = np.concatenate([y, data.validation.y])
    if isinstance(data.targets, Classes):
        _check_classes(labels, data.class_names, folds)
    elif len(labels) < folds:
        raise DatasetError(
            f"`folds` must be at most the {len(labels)} examples of train and validation. "
            f"Received: folds={folds}"
        )
    return labels


def _check_classes(labels: np.ndarray, names: tuple[str, ...], folds: int) -> None:
    if labels.min() < 0:
        raise DatasetError(
            "`folds` must be left out where examples have no label. "
            f"Received: folds={folds}, {int(np.sum(labels < 0))} examples without one"
        )
    counts = np.bincount(labels, minlength=len(names))
    smallest = int(np.argmin(np.where(counts > 0, counts, len(labels))))
    if counts[smallest] < folds:
        raise DatasetError(
            "`folds` must be at most the examples of the smallest class in train and validation, "
            f"{counts[smallest]} of {names[smallest]}. Received: folds={folds}"
        )


def _pool(train: Split, validation: Split) -> Split:
    """Returns the examples of both; without a weight they weigh 1."""
    weights: Any = None
    if train.sample_weight is not None or validation.sample_weight is not None:
        weights = [
            np.ones(split.num_examples, np.float32)
            if split.sample_weight is None
            else split.sample_weight
            for split in (train, validation)
        ]
    return Split(
        map_leaves(_join, train.x, validation.x),
        map_leaves(_join, train.y, validation.y),
        None if weights is None else map_leaves(_join, *weights),
    )


def _join(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.concatenate([one, other])
