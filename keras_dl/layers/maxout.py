"""Units that give the largest of several linear pieces."""

from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_count

__all__ = ["Maxout"]


@keras.saving.register_keras_serializable("keras_dl")
class Maxout(keras.layers.Layer):
    """The largest of each `pieces` neighbours along the last axis.

    After a linear Dense layer of units·pieces outputs it is a maxout layer of `units` units.

    Args:
        pieces: neighbours of which one is kept; the last axis must be a multiple of it.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if `pieces` is not an integer.
        ValueError: if it is below 1 or, when called, does not divide the last axis.

    Reference:
        Goodfellow et al., 2013, Maxout Networks, arXiv:1302.4389, eq. 1.
    """

    def __init__(self, pieces: int, **kwargs: Any) -> None:
        check_count("pieces", pieces, "the largest of so many is kept")
        super().__init__(**kwargs)
        self.pieces = pieces

    def call(self, inputs: Any) -> Any:
        """(batch, …, units·pieces) to (batch, …, units)."""
        units = self._units(inputs.shape)
        parts = ops.reshape(inputs, (-1, *inputs.shape[1:-1], units, self.pieces))
        return ops.max(parts, axis=-1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Give the shape with the last axis shortened."""
        return (*input_shape[:-1], self._units(input_shape))

    def _units(self, shape: Any) -> int:
        if shape[-1] % self.pieces:
            raise ValueError(
                "`pieces` must divide the last axis of the inputs. "
                f"Received: pieces={self.pieces}, inputs of shape {tuple(shape)}"
            )
        return shape[-1] // self.pieces

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "pieces": self.pieces}
