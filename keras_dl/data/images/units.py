"""Units of pixels: the number that is white, decided once for all splits of a data set."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from keras_dl.data.errors import DatasetError
from keras_dl.data.reading_options import option

__all__ = ["STATE", "Extent", "Whites", "check_white", "common_white", "extent", "find_whites"]

DEPTHS = (8, 10, 12, 14, 16)  # bits of cameras and scanners
OVERSHOOT = 0.1  # share of white; resampling with a cubic filter exceeds the range by that much
DIMMEST = 128  # a maximum below half of 255 may also be percent, or 4, 5, 6 or 7 bits
STATE = "`white` states another number"
FIX = (
    "State the number that is white with `white`, divide by it, so that pixels are in [0, 1], or "
    "convert them to uint8 0..255"
)


class Extent(NamedTuple):
    """Type, minimum and maximum of the numbers of one split.

    Attributes:
        types: names of the types, such as "uint8"; several for a list of images.
        low: smallest number.
        high: largest number.
    """

    types: tuple[str, ...]
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low:.9g}..{self.high:.9g} in {' and '.join(self.types)}"


class Whites(NamedTuple):
    """Numbers that are white.

    Attributes:
        common: of the data set.
        by_group: of each split or group; 8-bit inputs of a trained model may have their own.
        assumed: True if neither the training nor the option `white` states it.
    """

    common: float
    by_group: dict[str, float]
    assumed: bool


def find_whites(extents: Mapping[str, Extent], trained: float | None) -> Whites:
    """Returns the numbers that are white: those of the training, the option's, or by the range.

    Args:
        extents: of the images, by the name of the split or group.
        trained: number that is white in the training data; None: images are not inputs of a model.

    Raises:
        DatasetError: as `check_white` and `common_white`, or if inputs have another range.
    """
    if trained is not None:
        return Whites(trained, {n: _as_trained(e, trained) for n, e in extents.items()}, False)
    stated = option("white")
    white = common_white(extents) if stated is None else check_white(stated, extents)
    return Whites(white, dict.fromkeys(extents, white), stated is None)


def extent(arrays: Sequence[np.ndarray] | np.ndarray) -> Extent:
    """Returns type, minimum and maximum of images.

    Args:
        arrays: one array, or a list of arrays of any shapes.

    Raises:
        DatasetError: if they hold no numbers, NaN or inf.
    """
    parts = [arrays] if isinstance(arrays, np.ndarray) else arrays
    types = tuple(dict.fromkeys(part.dtype.name for part in parts))
    if any(part.dtype.kind not in "biuf" for part in parts):
        raise DatasetError(f"`x` must hold numbers. Received: dtype={types[0]}")
    bad = sum(int((~np.isfinite(part)).sum()) for part in parts if part.dtype.kind == "f")
    if bad:
        raise DatasetError(f"`x` must be finite in every pixel. Received: {bad} NaN or inf")
    low = min(float(part.min()) for part in parts if part.size)
    high = max(float(part.max()) for part in parts if part.size)
    return Extent(types, low, high)


def common_white(extents: Mapping[str, Extent]) -> float:
    """Returns the number that is white in all splits: 1, 255, or 2ⁿ-1 of n = 10, 12, 14, 16 bits.

    Floats up to 1 and bools have white 1, 8-bit numbers 255, integers above 255 the largest number
    of the smallest depth that holds all splits.

    Args:
        extents: by the name of the split.

    Raises:
        DatasetError: if a range is ambiguous, standardised, or splits differ in their units.
    """
    whites = {name: white for name, e in extents.items() if (white := _white(e)) is not None}
    deep = {name for name, white in whites.items() if white > 255}
    kinds = {name: min(white, 256) for name, white in whites.items()}
    if len(set(kinds.values())) > 1:
        first, *rest = kinds
        other = next(name for name in rest if kinds[name] != kinds[first])
        raise DatasetError(
            "`x` must have one range of pixels in all splits; white cannot be "
            f"{whites[first]:g} in {first} and {whites[other]:g} in {other}. "
            f"Received: {extents[first]} ({first}), {extents[other]} ({other})"
        )
    return max((whites[name] for name in deep), default=next(iter(whites.values()), 255.0))


def check_white(white: object, extents: Mapping[str, Extent]) -> float:
    """Returns the number that the user states to be white.

    Args:
        white: value of the option.
        extents: of the images, by the name of the split or group.

    Raises:
        DatasetError: if it is no number above 0, images exceed it, or their type cannot hold it.
    """
    if isinstance(white, bool) or not isinstance(white, int | float) or not 0 < white < np.inf:
        raise DatasetError(f"`white` must be a number above 0. Received: white={white!r}")
    for name, values in extents.items():
        slack = OVERSHOOT * white if any(t.startswith("float") for t in values.types) else 0
        holds = max((np.iinfo(t).max for t in values.types if "int" in t), default=white)
        if values.low < -slack or values.high > white + slack or white > holds:
            raise DatasetError(
                "`white` must be the number that is white in the images: none exceeds it, and "
                f"their type holds it. Received: white={white:g}, {values} ({name})"
            )
    return float(white)


def _as_trained(values: Extent, white: float) -> float:
    """Returns the number that is white in inputs of a model, by the decision of its training.

    Args:
        values: of the inputs.
        white: of the training data. For 8-bit inputs it is 255, except for training on 0 and 1,
            or on 8 bits of another unit.

    Raises:
        DatasetError: if the inputs have another range.
    """
    eight_bits = values.types == ("uint8",) and (white >= 255 or (white == 1 and values.high > 1))
    white = 255.0 if eight_bits else white
    least, most = -OVERSHOOT * white, (1 + OVERSHOOT) * white
    if not least <= values.low <= values.high <= most or (white > 1 and 0 < values.high <= 1):
        raise DatasetError(
            f"`paths` must hold pixels as in training, where white is {white:g}. Received: {values}"
        )
    return white


def _white(values: Extent) -> float | None:
    """Returns the number that is white; None for black images, which have any unit."""
    types, low, high = values
    if high == low == 0:
        return None
    floats = any(name.startswith("float") for name in types)
    if (high <= 1 and low >= 0) or types == ("bool",):
        return 1.0
    if floats and high <= 1 + OVERSHOOT and low >= -OVERSHOOT:
        return 1.0
    if types == ("uint8",):
        return 255.0
    slack = OVERSHOOT * (255 if high >= DIMMEST else 1) if floats else 0
    if low < -slack or high > (255 + slack if floats else 65535):
        raise DatasetError(
            "`x` must hold pixels in [0, 1], 0..255 or integers of up to 16 bits; pass images "
            "without standardisation, the model scales them itself. "
            f"Received: values {low:g}..{high:g} in {' and '.join(types)}"
        )
    if high < DIMMEST:
        raise DatasetError(
            f"`x` must have an unambiguous range of pixels. {FIX}. Received: values {values}"
        )
    return 255.0 if floats else float(next(2**b - 1 for b in DEPTHS if high < 2**b))
