"""Several domains as one data set: labels in some, a test in the other."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keras_dl.data.dataset import Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.images.mnist_m import mnist_m
from keras_dl.data.loading import load
from keras_dl.data.registry import KNOWN

__all__ = ["LEARNT", "UNLABELLED", "join_domains", "load_domains"]

UNLABELLED = -1
LEARNT = ("both", "source", "target")


def load_domains(
    dataset: Any,
    target: str | None = None,
    *,
    batch_size: int = 64,
    image_size: int | None = None,
    learnt: str = "both",
) -> Data:
    """Sources and a target by name, as `join_domains` joins them.

    Args:
        dataset: the source, as in `load`; names of several are joined by a plus, "mnist+usps".
        target: the other domain, as in `load`, brought to the source's size; None blends the first
            source into photographs, as `load("mnist_m")` does.
        batch_size: examples per step of each domain.
        image_size: as in `load`; without it images have at least 28 pixels.
        learnt: as in `join_domains`.

    Raises:
        DatasetError: if classes differ, or a source holds no images.
    """
    named = isinstance(dataset, str) and not Path(dataset).exists()
    first, *more = dataset.split("+") if named else [dataset]
    source = load(first, batch_size=batch_size, image_size=image_size, at_least=28)
    side = source.input_shape[0]
    others = [load(name, image_size=side) for name in more]
    if target is None and named and first in KNOWN:
        target = f"{first}_m"
    other = mnist_m(source) if target is None else load(target, image_size=side)
    return join_domains([source, *others], other, learnt=learnt)


def join_domains(sources: Sequence[Data], target: Data, *, learnt: str = "both") -> Data:
    """Domains as one set, for a classifier that shall work where it has no labels.

    Args:
        sources: labelled examples of one domain or several.
        target: examples of the same classes and size from another domain.
        learnt: "both": train has rows of one example of each domain, the target last and its label
            replaced by -1; smaller domains begin anew until the largest is through. "source": train
            has the sources alone, one after the other. "target": train and validation are the
            target with its labels, for the accuracy that could be reached if there were any.

    Returns:
        In train what `learnt` says; in validation the sources with labels and the target without,
        for measures that need none; in test the target. Grey images get three equal channels where
        another domain has three. `extras` has the sources' test splits together as "source_test",
        and the number of domains as "domains".

    Raises:
        DatasetError: if classes or sizes differ.
        ValueError: if `learnt` is unknown.
    """
    if learnt not in LEARNT:
        raise ValueError(
            f"`learnt` must be one of {', '.join(LEARNT)}. Received: learnt={learnt!r}"
        )
    _check(sources, target)
    channels = max(data.input_shape[2] for data in (*sources, target))
    hidden = _unlabelled(_wide(target.train, channels))
    if learnt == "target":
        train, validation = (_wide(s, channels) for s in (target.train, target.validation))
    else:
        train = [_wide(source.train, channels) for source in sources]
        train = _side_by_side([*train, hidden]) if learnt == "both" else _joined(train)
        seen = [_wide(source.validation, channels) for source in sources]
        validation = _joined([*seen, _unlabelled(_wide(target.validation, channels))])
    test = _wide(target.test, channels)
    return sources[0].with_splits(
        {"train": train, "validation": validation, "test": test},
        name=f"{'+'.join(source.name for source in sources)}_to_{target.name}",
        extras={
            "source_test": _joined([_wide(source.test, channels) for source in sources]),
            "domains": len(sources) + 1,
        },
    )


def _check(sources: Sequence[Data], target: Data) -> None:
    for source in sources:
        same = source.class_names == target.class_names
        if not same or source.input_shape[:2] != target.input_shape[:2]:
            raise DatasetError(
                "`sources` and `target` must have the same classes and image size. Received: "
                f"{source.num_classes} classes, {source.input_shape}; "
                f"{target.num_classes} classes, {target.input_shape}"
            )


def _unlabelled(split: Split) -> Split:
    return Split(split.x, np.full_like(split.y, UNLABELLED))


def _side_by_side(domains: Sequence[Split]) -> Split:
    """Rows of one example of each domain: x (n, domains, …), y (n, domains)."""
    rows = np.arange(max(split.num_examples for split in domains))
    parts = [split.take(rows % split.num_examples) for split in domains]
    return Split(*(np.stack([getattr(p, axis) for p in parts], axis=1) for axis in "xy"))


def _joined(domains: Sequence[Split]) -> Split:
    return Split(*(np.concatenate([getattr(part, axis) for part in domains]) for axis in "xy"))


def _wide(split: Split, channels: int) -> Split:
    if split.x.shape[-1] == channels:
        return split
    return Split(np.repeat(split.x, channels, axis=-1), split.y)
