"""Environments in which colour predicts the label, more or less: coloured MNIST of any images."""

from dataclasses import replace

import numpy as np

from keras_dl.data.dataset import Data, Split
from keras_dl.data.domain_sampler import DomainSampler
from keras_dl.data.errors import DatasetError
from keras_dl.data.images.pixels import to_bytes
from keras_dl.data.reading import fact
from keras_dl.data.specs import Classes, Images

__all__ = ["colour_groups", "coloured_environments", "swap_colours"]

FLIPS = (0.2, 0.1)  # share of examples of each training environment in the other class's colour
TEST_FLIPS = 0.9
LABEL_NOISE = 0.25
GREY = np.array([0.299, 0.587, 0.114])  # luma of ITU-R BT.601


def coloured_environments(data: Data, *, draw: int = 0) -> Data:
    """Makes a binary problem whose colour predicts the label better than the shape does.

    The label is 1 for the first half of the classes, and false for a quarter of the examples; its
    colour is red for 1 and green for 0, but for 20 % of the examples of the first environment, 10 %
    of the second and 90 % of the test's. Images are subsampled by 2.

    Args:
        data: images with two classes or more, of an even side.
        draw: seed of the environments, of false labels and of colours.

    Returns:
        Train holds rows of one example of each environment, five sixths of train and validation;
        the last sixth is test; validation is made of the test images as the first two environments.

    Raises:
        DatasetError: if there are no images, or only one class.

    Reference:
        Arjovsky, Bottou, Gulrajani and Lopez-Paz, 2019, Invariant Risk Minimization,
        arXiv:1907.02893, section 5.2.
    """
    if not isinstance(data.inputs, Images) or data.num_classes < 2:
        raise DatasetError(
            "`dataset` must hold images of two classes or more. "
            f"Received: {type(data.inputs).__name__}, {data.num_classes} classes"
        )
    random = np.random.default_rng((20190705, draw))
    half = data.num_classes // 2
    pool = [data.train, data.validation]
    x, y = (np.concatenate([getattr(split, part) for split in pool]) for part in "xy")
    order = random.permutation(len(x))
    training, tested = order[: 5 * len(x) // 6], order[5 * len(x) // 6 :]
    rows = [training[::2], training[1::2]]
    environments = [
        _environment(x[r], y[r] < half, flips, random) for r, flips in zip(rows, FLIPS, strict=True)
    ]
    held = [
        _environment(data.test.x[i::2], data.test.y[i::2] < half, flips, random)
        for i, flips in enumerate(FLIPS)
    ]
    names = data.class_names
    fact("environments", f"colour contradicts the label in 20 and 10 % of train, 90 % of test; "
         f"25 % of the labels are false; draw {draw}")  # fmt: skip
    return data.with_splits(
        {
            "train": _joined(environments),
            "validation": _joined(held),
            "test": _environment(x[tested], y[tested] < half, TEST_FLIPS, random),
        },
        name=f"coloured_{data.name}",
        inputs=replace(data.inputs, shape=None),
        targets=Classes(names=(_span(names[half:]), _span(names[:half]))),
        samplers={"train": DomainSampler([len(r) for r in rows])},
    )


def colour_groups(split: Split) -> np.ndarray:
    """Returns 2·label + colour of each example, the colour 1 for red, (n,)."""
    red = split.x[..., 0].astype("float32").sum(axis=(1, 2))
    green = split.x[..., 1].astype("float32").sum(axis=(1, 2))
    return 2 * split.y + (red > green)


def swap_colours(x: np.ndarray) -> np.ndarray:
    """Returns the images with red and green exchanged."""
    return x[..., [1, 0, 2]]


def _environment(
    images: np.ndarray, shape_label: np.ndarray, flips: float, random: np.random.Generator
) -> Split:
    grey = images[:, ::2, ::2]
    if grey.shape[-1] == 3:
        grey = (grey @ GREY)[..., None]
    label = shape_label ^ (random.random(len(images)) < LABEL_NOISE)
    red = label ^ (random.random(len(images)) < flips)
    x = np.zeros((*grey.shape[:3], 3), np.uint8)
    x[np.arange(len(x)), :, :, np.where(red, 0, 1)] = to_bytes(grey)[..., 0]
    return Split(x, label.astype(np.int64))


def _joined(splits: list[Split]) -> Split:
    return Split(*(np.concatenate([getattr(split, part) for split in splits]) for part in "xy"))


def _span(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
