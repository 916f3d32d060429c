"""Cropping of feature maps to the size of other ones."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

__all__ = ["CropLike"]


@keras.saving.register_keras_serializable("keras_dl")
class CropLike(keras.layers.Layer):
    """Crops maps to the height and width of a second input.

    Args:
        centred: keep the central part, as U-Net does with maps of unpadded convolutions; or the
            top left part, which undoes what poolings with padding "same" added.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        inputs: [x, like]; x (batch, rows, columns, channels), like (batch, height, width, …) with
            height ≤ rows and width ≤ columns.

    Reference:
        Ronneberger, Fischer and Brox, 2015, U-Net, arXiv:1505.04597, section 2.
    """

    def __init__(self, centred: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.centred = bool(centred)

    def call(self, inputs: Sequence[keras.KerasTensor]) -> keras.KerasTensor:
        """Returns the part of x that has the height and width of like."""
        x: Any = inputs[0]
        shape: Any = ops.shape(inputs[1])
        own: Any = ops.shape(x)
        top = (own[1] - shape[1]) // 2 if self.centred else 0
        left = (own[2] - shape[2]) // 2 if self.centred else 0
        return x[:, top : top + shape[1], left : left + shape[2]]

    def compute_output_shape(
        self, input_shape: Sequence[Sequence[int | None]]
    ) -> tuple[int | None, ...]:
        """Returns the batch and channels of x with the height and width of like."""
        x, like = input_shape
        return (x[0], like[1], like[2], x[3])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "centred": self.centred}
