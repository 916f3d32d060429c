"""Conversion of arrays of images to uint8 (n, height, width, channels)."""

from collections.abc import Sequence

import numpy as np

from keras_dl.data.errors import DatasetError

__all__ = ["to_pixels"]


def to_pixels(images: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Converts images to uint8 pixels 0..255 with a channel axis.

    Numbers in [0, 1] become ``round(255 x)``: exact for multiples of 1/255, with an error of at
    most 1/510 for others. 16-bit numbers are divided by 257. Bools and integers that are only 0 or
    1 become 0 and 255. All splits are converted by the same rule.

    Args:
        images: one array per split, (n, height, width) or (n, height, width, channels), channels
            1 or 3, numbers in [0, 1], 0..255, or uint16.

    Returns:
        Arrays (n, height, width, channels) uint8.

    Raises:
        DatasetError: for another shape, channel count or range, and for NaN or inf.
    """
    shaped = [_with_channels(x) for x in images]
    scale = _scale(shaped)
    if scale == 1 and all(x.dtype == np.uint8 for x in shaped):
        return shaped
    return [np.rint(x.astype(np.float32) * scale).astype(np.uint8) for x in shaped]


def _with_channels(x: np.ndarray) -> np.ndarray:
    x = x[..., None] if x.ndim == 3 else x
    if x.shape[-1] not in (1, 3):
        first = " Channels stand last: use np.moveaxis(x, 1, -1)." if x.shape[1] in (1, 3) else ""
        raise DatasetError(
            "`x` must have 1 (gray) or 3 (RGB) channels on its last axis; "
            f"alpha and other bands must be removed.{first} Received: shape={x.shape}"
        )
    if 0 in x.shape[1:]:
        raise DatasetError(f"`x` must hold images with pixels. Received: shape={x.shape}")
    return x


def _scale(arrays: list[np.ndarray]) -> float:
    """Returns the factor that maps the numbers to 0..255."""
    kinds: set[str] = {x.dtype.kind for x in arrays}
    if not kinds <= set("biuf"):
        raise DatasetError(f"`x` must hold numbers. Received: dtype={arrays[0].dtype}")
    if "f" in kinds:
        bad = sum(int((~np.isfinite(x)).sum()) for x in arrays)
        if bad:
            raise DatasetError(f"`x` must be finite in every pixel. Received: {bad} NaN or inf")
    low = min(float(x.min()) for x in arrays if x.size)
    high = max(float(x.max()) for x in arrays if x.size)
    if low < 0 or high > (65535 if all(x.dtype == np.uint16 for x in arrays) else 255):
        raise DatasetError(
            "`x` must hold pixels in [0, 1] or 0..255; pass images without standardisation, "
            f"the model scales them itself. Received: values {low:g}..{high:g}"
        )
    if high > 255:
        return 1 / 257
    return 255.0 if high <= 1 and high > 0 else 1.0
