"""Subsampling with a trained coefficient and bias, as S2 and S4 of LeNet-5."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import pair

__all__ = ["TrainableSubsampling"]


@keras.saving.register_keras_serializable("keras_dl")
class TrainableSubsampling(keras.layers.Layer):
    """Average over squares that do not overlap, times a coefficient, plus a bias, one pair a map.

    The paper multiplies the sum, not the average: its coefficient is a quarter of this one for
    squares of 2×2. Rows and columns that fill no square are left out.

    Args:
        size: height and width of the squares, one integer or two.
        activation: name or function, as in Keras; None is linear.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if `size` is not an integer or two.
        ValueError: if `size` is below 1, or the input has not four axes.

    Reference:
        LeCun, Bottou, Bengio and Haffner, 1998, Gradient-based learning applied to document
        recognition, doi:10.1109/5.726791, section II.B, layers S2 and S4.
    """

    def __init__(
        self, size: int | Sequence[int] = 2, activation: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.size = pair("size", size, "it is the size of the squares in pixels")
        self.activation = keras.activations.get(activation)
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def build(self, input_shape: Any) -> None:
        """Create a coefficient, 1 at the start, and a bias for each map."""
        maps = (input_shape[-1],)
        self.coefficient = self.add_weight(shape=maps, initializer="ones", name="coefficient")
        self.bias = self.add_weight(shape=maps, initializer="zeros", name="bias")

    def call(self, inputs: Any) -> Any:
        """Subsample images of shape (batch, height, width, channels)."""
        x = ops.average_pool(inputs, self.size, self.size, "valid", data_format="channels_last")
        return self.activation(x * self.coefficient + self.bias)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Give (batch, rows, columns, channels)."""
        batch, *sizes, channels = input_shape
        found = [n and n // size for n, size in zip(sizes, self.size, strict=True)]
        return (batch, *found, channels)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        settings = {
            "size": self.size,
            "activation": keras.activations.serialize(self.activation),
        }
        return {**super().get_config(), **settings}
