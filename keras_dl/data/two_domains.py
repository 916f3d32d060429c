"""Two domains as one data set: labels in the one, a test in the other."""

from dataclasses import replace

import numpy as np

from keras_dl.data.core import Data, Split, digest
from keras_dl.data.errors import DatasetError
from keras_dl.data.loading import load
from keras_dl.data.mnist_m import mnist_m

__all__ = ["adaptation", "two_domains"]


def two_domains(
    dataset: str,
    target: str | None = None,
    *,
    batch_size: int = 64,
    image_size: int | None = None,
    bound: bool = False,
) -> Data:
    """A source and a target by name, as `adaptation` joins them.

    Args:
        dataset: the source, as in `load`.
        target: the other domain, as in `load`, brought to the source's size; None blends the source
            into the two embedded photographs.
        batch_size: examples per step, of both domains together.
        image_size: as in `load`; without it images have at least 28 pixels.
        bound: as in `adaptation`.

    Raises:
        DatasetError: if classes differ, or the source holds no images.
    """
    source = load(dataset, batch_size=batch_size, image_size=image_size, at_least=28)
    if target is None:
        return adaptation(source, mnist_m(source), bound=bound)
    other = load(target, batch_size=batch_size, image_size=source.input_shape[0])
    return adaptation(source, other, bound=bound)


def adaptation(source: Data, target: Data, *, bound: bool = False) -> Data:
    """Two domains as one set, for a classifier that shall work where it has no labels.

    Args:
        source: labelled examples.
        target: examples of the same classes and size from the other domain.
        bound: train and validate on the target with its labels, for the accuracy that could be
            reached if there were any.

    Returns:
        In train both domains, the target's labels replaced by -1; in validation the source alone,
        as no label of the target may be looked at; in test the target. Grey images get three equal
        channels where the other domain has three. `extras` has the source's test split as
        "source_test".

    Raises:
        DatasetError: if classes or sizes differ.
    """
    if source.class_names != target.class_names or source.input_shape[:2] != target.input_shape[:2]:
        raise DatasetError(
            "`source` and `target` must have the same classes and image size. Received: "
            f"{source.num_classes} classes, {source.input_shape}; "
            f"{target.num_classes} classes, {target.input_shape}"
        )
    channels = max(source.input_shape[2], target.input_shape[2])
    train, unlabelled = _wide(source.train, channels), _wide(target.train, channels)
    both = Split(
        np.concatenate([train.x, unlabelled.x]),
        np.concatenate([train.y, np.full_like(unlabelled.y, -1)]),
    )
    validation, test = _wide(source.validation, channels), _wide(target.test, channels)
    if bound:
        both, validation = _wide(target.train, channels), _wide(target.validation, channels)
    return replace(
        target,
        name=f"{source.name}_to_{target.name}",
        train=both,
        validation=validation,
        test=test,
        digest=digest(*both, *validation, *test),
        extras={"source_test": _wide(source.test, channels)},
    )


def _wide(split: Split, channels: int) -> Split:
    if split.x.shape[-1] == channels:
        return split
    return Split(np.repeat(split.x, channels, axis=-1), split.y)
