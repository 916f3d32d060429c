"""Domain adaptation: labelled source domains and a target domain as one data set."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_dl.data.dataset import Data, Split
from keras_dl.data.domain_sampler import DomainSampler
from keras_dl.data.errors import DatasetError
from keras_dl.data.images.mnist_m import mnist_m
from keras_dl.data.loading import DatasetLike, load
from keras_dl.data.reading import fact, recorded
from keras_dl.data.registry import DATASETS

__all__ = ["TRAINED_ON", "UNLABELLED", "join_domains", "load_domains"]

UNLABELLED = -1
TRAINED_ON = ("both", "source", "target")
_DOMAINS = {
    "both": "train and validation hold {0} with labels and {1} without, drawn independently; test "
    "holds {1}",
    "source": "train is {0} with labels, validation {0} with labels and {1} without, test {1}",
    "target": "train, validation and test are {1} with labels",
}


@recorded
def load_domains(
    dataset: DatasetLike,
    target: str | None = None,
    *,
    batch_size: int = 64,
    image_size: int | None = None,
    train_on: str = "both",
) -> Data:
    """Loads sources and a target by name and joins them with `join_domains`.

    Args:
        dataset: source, as in `load`; several names are joined by a plus, "mnist+usps".
        target: target domain, as in `load`, resized to the source's size; None blends the first
            source into photographs: a set that is embedded in a package into the two of
            scikit-learn, others into BSDS500's if available, as `load("mnist_m")` does.
        batch_size: examples per step of each domain.
        image_size: as in `load`; None: images have at least 28 pixels.
        train_on: as in `join_domains`.

    Raises:
        DatasetError: if classes differ, or a source holds no images.
        ValueError: if `train_on` is unknown.
    """
    named = isinstance(dataset, str) and not Path(dataset).exists()
    first, *more = str(dataset).split("+") if named else [dataset]
    source = load(first, batch_size=batch_size, image_size=image_size, at_least=28)
    side = source.input_shape[0]
    others = [load(name, image_size=side) for name in more]
    home = DATASETS[str(first)].home if named and str(first) in DATASETS else ""
    if target is None:
        other = mnist_m(source, photos="embedded" if home == "embedded" else "auto")
    else:
        other = load(target, image_size=side)
    return join_domains([source, *others], other, train_on=train_on)


def join_domains(sources: Sequence[Data], target: Data, *, train_on: str = "both") -> Data:
    """Joins domains to one data set for training on labelled sources and an unlabelled target.

    Args:
        sources: labelled data of one or several domains.
        target: data of the same classes and image size from another domain.
        train_on: "both": train holds the sources and, last, the target with labels -1; its
            `DomainSampler` draws rows of one example of each domain. "source": train holds the
            sources. "target": train and validation are the target with its labels, an upper bound
            for adaptation.

    Returns:
        Train as `train_on` selects, domains concatenated; validation with the labelled sources and
        the unlabelled target; test with the target. Grey images are repeated to three channels if
        another domain has three. `extras["source_test"]` holds the sources' test splits,
        `extras["domains"]` the number of domains.

    Raises:
        DatasetError: if classes or sizes differ.
        ValueError: if `train_on` is unknown.
    """
    if train_on not in TRAINED_ON:
        raise ValueError(
            f"`train_on` must be one of {', '.join(TRAINED_ON)}. Received: train_on={train_on!r}"
        )
    _check(sources, target)
    fact("domains", _DOMAINS[train_on].format("+".join(s.name for s in sources), target.name))
    channels = max(data.input_shape[2] for data in (*sources, target))
    samplers = {}
    if train_on == "target":
        train, validation = (
            _repeat_channels(s, channels) for s in (target.train, target.validation)
        )
    else:
        domains = [_repeat_channels(source.train, channels) for source in sources]
        if train_on == "both":
            domains.append(_remove_labels(_repeat_channels(target.train, channels)))
            samplers = {"train": DomainSampler([split.num_examples for split in domains])}
        train = _concatenate(domains)
        labelled = [_repeat_channels(source.validation, channels) for source in sources]
        unlabelled = _remove_labels(_repeat_channels(target.validation, channels))
        validation = _concatenate([*labelled, unlabelled])
    test = _repeat_channels(target.test, channels)
    return sources[0].with_splits(
        {"train": train, "validation": validation, "test": test},
        name=f"{'+'.join(source.name for source in sources)}_to_{target.name}",
        samplers=samplers,
        inputs=target.inputs,  # predictions are for the target, in its unit
        extras={
            "source_test": _concatenate([_repeat_channels(s.test, channels) for s in sources]),
            "domains": len(sources) + 1,
        },
    )


def _check(sources: Sequence[Data], target: Data) -> None:
    for source in sources:
        equal_classes = source.class_names == target.class_names
        if not equal_classes or source.input_shape[:2] != target.input_shape[:2]:
            raise DatasetError(
                "`sources` and `target` must have the same classes and image size. Received: "
                f"{source.num_classes} classes, {source.input_shape}; "
                f"{target.num_classes} classes, {target.input_shape}"
            )


def _remove_labels(split: Split) -> Split:
    return Split(split.x, np.full_like(split.y, UNLABELLED))


def _concatenate(domains: Sequence[Split]) -> Split:
    return Split(*(np.concatenate([getattr(part, axis) for part in domains]) for axis in "xy"))


def _repeat_channels(split: Split, channels: int) -> Split:
    if split.x.shape[-1] == channels:
        return split
    return Split(np.repeat(split.x, channels, axis=-1), split.y)
