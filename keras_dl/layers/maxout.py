"""Maxout units: the maximum of several linear pieces."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_count

__all__ = ["Maxout"]


@keras.saving.register_keras_serializable("keras_dl")
class Maxout(keras.layers.Layer):
    """The maximum over each `pieces` neighbours along the last axis.

    After a linear Dense layer of units·pieces outputs it forms a maxout layer of `units` units.

    Args:
        pieces: number of neighbours in a maximum; it must divide the last axis.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if `pieces` is not an integer.
        ValueError: if it is below 1 or, when called, does not divide the last axis.

    Reference:
        Goodfellow et al., 2013, Maxout Networks, arXiv:1302.4389, eq. 1.
    """

    def __init__(self, pieces: int, **kwargs: Any) -> None:
        check_count("pieces", pieces, "it is the number of values in a maximum")
        super().__init__(**kwargs)
        self.pieces = pieces

    def call(self, inputs: keras.KerasTensor) -> Any:
        """Maps (batch, …, units·pieces) to (batch, …, units)."""
        units = self._units(inputs.shape)
        parts = ops.reshape(inputs, (-1, *inputs.shape[1:-1], units, self.pieces))
        return ops.max(parts, axis=-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape with the last axis divided by `pieces`."""
        return (*input_shape[:-1], self._units(input_shape))

    def _units(self, shape: Sequence[Any]) -> int:
        if shape[-1] % self.pieces:
            raise ValueError(
                "`pieces` must divide the last axis of the inputs. "
                f"Received: pieces={self.pieces}, inputs of shape {tuple(shape)}"
            )
        return shape[-1] // self.pieces

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "pieces": self.pieces}
