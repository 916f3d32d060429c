"""Drawings in one polarity: bright ink on a dark ground."""

from typing import Any

import numpy as np

from keras_dl.data.serialization import register_preprocessor

__all__ = ["BrightInk"]


@register_preprocessor("bright_ink")
class BrightInk:
    """Inverts images of dark ink on bright paper, so that ink is bright as in training."""

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Inverts each image whose median is bright.

        Args:
            images: (n, height, width, channels) uint8.

        Returns:
            Images of the same shape; the background is dark in all of them.
        """
        bright = np.median(images, axis=(1, 2, 3), keepdims=True) > 127
        return np.where(bright, 255 - images, images)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments: none."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "BrightInk":
        """Creates a preprocessor from the result of `get_config`."""
        return cls(**config)
