"""Units of a model's inputs, and images in them from pixels 0..255."""

from typing import Any

import keras
import numpy as np

__all__ = ["black", "bounds", "preprocess", "to_display"]

# Input that stands for pixel p is p * scale + offset, by name of `--preprocess`.
RANGES = {"none": (0.0, 255.0), "unit": (0.0, 1.0), "tf": (-1.0, 1.0)}


def preprocess(pixels: np.ndarray, mode: str) -> np.ndarray:
    """Converts pixels 0..255 to a model's inputs.

    Args:
        pixels: (n, height, width, channels).
        mode: "none" leaves them, "unit" maps to [0, 1]; "tf", "torch" and "caffe" are those of
            `keras.applications.imagenet_utils.preprocess_input`.
    """
    x = np.array(pixels, "float32")
    if mode in RANGES:
        low, high = RANGES[mode]
        return low + (high - low) * x / 255
    function: Any = keras.applications.imagenet_utils.preprocess_input
    return function(x, data_format="channels_last", mode=mode)


def black(shape: tuple[int, ...], mode: str) -> np.ndarray:
    """Returns the black image in a model's inputs, (1, *shape)."""
    return preprocess(np.zeros((1, *shape)), mode)


def bounds(shape: tuple[int, ...], mode: str) -> tuple[float, float]:
    """Returns the smallest and the largest value of a model's inputs over all channels."""
    ends = [preprocess(np.full((1, *shape), value), mode) for value in (0.0, 255.0)]
    return float(min(end.min() for end in ends)), float(max(end.max() for end in ends))


def to_display(x: np.ndarray, low: float, high: float) -> np.ndarray:
    """Converts inputs to uint8 pixels of 1 or 3 channels.

    Args:
        x: (..., height, width, channels); of other numbers of channels the mean is shown.
        low: becomes 0.
        high: becomes 255.
    """
    if x.shape[-1] not in (1, 3):
        x = x.mean(axis=-1, keepdims=True)
    scaled = (x - low) / ((high - low) or 1.0)
    return np.rint(255 * np.clip(scaled, 0, 1)).astype("uint8")
