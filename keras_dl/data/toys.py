"""Small data sets of early papers: truth tables, rotated letters, curves on [0, 1], few digits."""

from collections.abc import Callable, Mapping
from itertools import product

import numpy as np
from PIL import Image

from keras_dl.data.dataset import SPLITS, Data, Split
from keras_dl.data.reading import fact, recorded
from keras_dl.data.specs import Classes, Features, Images, Spec, Values

__all__ = ["CURVES", "TABLES", "curve", "letters", "shift_images", "subsample", "truth_table"]

# Outputs of each gate for its inputs in binary counting order: 00, 01, 10, 11.
TABLES = {
    "and": (0, 0, 0, 1),
    "or": (0, 1, 1, 1),
    "nand": (1, 1, 1, 0),
    "nor": (1, 0, 0, 0),
    "not": (1, 0),
    "xor": (0, 1, 1, 0),
}

CURVES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sine": lambda x: np.sin(2 * np.pi * x),
    "bump": lambda x: np.exp(-(((x - 0.5) / 0.1) ** 2)),
    "abs_sine": lambda x: np.abs(np.sin(2 * np.pi * x)),
    "staircase": lambda x: x + np.sin(6 * np.pi * x) / (6 * np.pi),
}

# Five squares each, as in the T-C problem of Rumelhart, Hinton and Williams.
LETTERS = {
    "T": np.array([[1, 1, 1], [0, 1, 0], [0, 1, 0]]),
    "C": np.array([[1, 1, 0], [1, 0, 0], [1, 1, 0]]),
}


@recorded
def truth_table(gate: str, *, batch_size: int = 4) -> Data:
    """Returns the truth table of a logical gate; all splits are equal.

    Args:
        gate: one of `TABLES`.
        batch_size: rows per step.

    Returns:
        Features x (2^inputs, inputs) in {0, 1} and classes y (2^inputs,) int32.

    Raises:
        ValueError: for an unknown gate.

    Example:
        >>> truth_table("and").train.y.tolist()
        [0, 0, 0, 1]
    """
    _check_choice("gate", gate, TABLES)
    y = np.array(TABLES[gate], "int32")
    inputs = len(y).bit_length() - 1
    rows = Split(np.array(list(product((0, 1), repeat=inputs)), "float32"), y)
    return _data(gate, (rows, rows, rows), Features(), Classes(("0", "1")), batch_size)


@recorded
def letters(*, image_size: int = 7, repeats: int = 1, batch_size: int = 8) -> Data:
    """Returns the T-C problem: both letters in four rotations, at the centre and shifted.

    Train has the centre, validation every second of the other positions, test the rest.

    Args:
        image_size: side of the images in pixels, at least 5.
        repeats: copies of each of the eight images in train, at least 1.
        batch_size: images per step.

    Returns:
        Images (n, image_size, image_size, 1) uint8, 255 on the letter; y 0 for T, 1 for C.

    Raises:
        ValueError: if the images are too small for shifted letters, or `repeats` is below 1.
    """
    if repeats < 1:
        raise ValueError(f"`repeats` must be at least 1. Received: repeats={repeats}")
    if image_size < 5:
        raise ValueError(
            "`image_size` must be at least 5; letters of 3 pixels need room for shifts. "
            f"Received: image_size={image_size}"
        )
    corners = list(np.ndindex(image_size - 2, image_size - 2))
    centre = (image_size - 3) // 2
    others = [corner for corner in corners if corner != (centre, centre)]
    parts = ([(centre, centre)] * repeats, others[::2], others[1::2])
    splits = tuple(_draw_letters(part, image_size) for part in parts)
    return _data("letters", splits, Images(), Classes(tuple(LETTERS)), batch_size)


@recorded
def curve(name: str, *, points: int = 200, batch_size: int = 200) -> Data:
    """Returns a continuous function on [0, 1] at evenly spaced points.

    Train has `points` points with both ends, validation their midpoints, test 2,001 points.

    Args:
        name: one of `CURVES`; "sine" sin 2πx, "bump" exp(−((x − ½)/0.1)²), "abs_sine" |sin 2πx|,
            "staircase" x + sin(6πx)/6π.
        points: points in train, at least 2.
        batch_size: points per step.

    Returns:
        Features x (n, 1) and values y (n, 1), float32.

    Raises:
        ValueError: for an unknown function or less than two points.
    """
    _check_choice("name", name, CURVES)
    if points < 2:
        raise ValueError(f"`points` must be at least 2. Received: points={points}")
    train = np.linspace(0, 1, points)
    grids = (train, (train[:-1] + train[1:]) / 2, np.linspace(0, 1, 2001))
    splits = tuple(
        Split(grid[:, None].astype("float32"), CURVES[name](grid)[:, None].astype("float32"))
        for grid in grids
    )
    return _data(name, splits, Features(), Values(), batch_size)


@recorded
def subsample(data: Data, counts: tuple[int, int, int], *, seed: int = 0) -> Data:
    """Draws a few examples of the train and validation splits without replacement.

    Args:
        data: data set to draw from.
        counts: examples of the new train, validation and test splits.
        seed: of the draw.

    Returns:
        The drawn examples as `Data`; `extras["test"]` is the test split of `data`.

    Raises:
        ValueError: if train and validation have fewer examples.
    """
    x = np.concatenate([data.train.x, data.validation.x])
    y = np.concatenate([data.train.y, data.validation.y])
    if sum(counts) > len(y):
        raise ValueError(
            f"`counts` must not exceed the {len(y):,} examples of {data.name}. "
            f"Received: counts={counts}"
        )
    fact("sample", f"{sum(counts):,} of {len(y):,} examples of train and validation, draw {seed}")
    order = np.random.RandomState(seed).permutation(len(y))
    parts = np.split(order[: sum(counts)], np.cumsum(counts)[:-1])
    splits = tuple(Split(x[rows], y[rows]) for rows in parts)
    return data.with_splits(dict(zip(SPLITS, splits, strict=True)), extras={"test": data.test})


@recorded
def shift_images(data: Data, positions: int, *, seed: int = 0) -> Data:
    """Shrinks the images horizontally and shifts each to a random column.

    Args:
        data: images of background 0.
        positions: number of columns to shift to; images are narrowed by `positions` − 1 columns and
            start at a column drawn from 0 … `positions` − 1. 1 changes nothing.
        seed: of the draw.

    Returns:
        `Data` of the same size; splits in `extras` are shifted, other extras unchanged.

    Raises:
        ValueError: unless `positions` is below the number of columns.
    """
    columns = data.input_shape[1]
    if not 1 <= positions < columns:
        raise ValueError(
            f"`positions` must lie in 1 … {columns - 1}, below the number of columns. "
            f"Received: positions={positions}"
        )
    if positions == 1:
        return data
    fact("shift", f"images {positions - 1} columns narrower, at {positions} positions, draw {seed}")
    random = np.random.RandomState(seed)
    more = {name: value for name, value in data.extras.items() if isinstance(value, Split)}
    shifted = {
        name: Split(_shift(split.x, positions, random), split.y, split.sample_weight)
        for name, split in [*data.splits.items(), *((f"extras/{n}", s) for n, s in more.items())]
    }
    extras = {**data.extras, **{name: shifted[f"extras/{name}"] for name in more}}
    return data.with_splits({split: shifted[split] for split in SPLITS}, extras=extras)


def _shift(images: np.ndarray, positions: int, random: np.random.RandomState) -> np.ndarray:
    height, width, channels = images.shape[1:]
    size = (width - positions + 1, height)
    shifted = np.zeros_like(images)
    for slot, image in zip(shifted, images, strict=True):
        picture = Image.fromarray(image[..., 0] if channels == 1 else image)
        narrow = np.asarray(picture.resize(size, Image.Resampling.BILINEAR))
        left = random.randint(positions)
        slot[:, left : left + size[0]] = narrow.reshape(height, size[0], channels)
    return shifted


def _data(
    name: str, splits: tuple[Split, ...], inputs: Spec, targets: Spec, batch_size: int
) -> Data:
    parts: dict[str, Split] = dict(zip(SPLITS, splits, strict=True))
    return Data.from_splits(name, parts, inputs=inputs, targets=targets, batch_size=batch_size)


def _draw_letters(corners: list[tuple[int, ...]], size: int) -> Split:
    images, labels = [], []
    for label, letter in enumerate(LETTERS.values()):
        for quarters, (top, left) in product(range(4), corners):
            image = np.zeros((size, size, 1), "uint8")
            image[top : top + 3, left : left + 3, 0] = 255 * np.rot90(letter, quarters)
            images.append(image)
            labels.append(label)
    return Split(np.array(images), np.array(labels, "int32"))


def _check_choice(name: str, value: str, choices: Mapping[str, object]) -> None:
    if value not in choices:
        raise ValueError(
            f"`{name}` must be one of {', '.join(choices)}. Received: {name}={value!r}"
        )
