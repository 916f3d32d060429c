"""Average pooling with a trained coefficient and bias, as S2 and S4 of LeNet-5."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import pair

__all__ = ["TrainableSubsampling"]


@keras.saving.register_keras_serializable("keras_dl")
class TrainableSubsampling(keras.layers.Layer):
    """Averages over squares without overlap, times a coefficient, plus a bias, for each map.

    The paper multiplies the sum, not the average: its coefficient is a quarter of this one for
    squares of 2×2. Rows and columns beyond the last full square are dropped.

    Args:
        size: height and width of the squares, one integer or two.
        activation: name or function as in `keras.activations.get`; None is linear.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if `size` is not an integer or two.
        ValueError: if `size` is below 1, or the input does not have four axes.

    Reference:
        LeCun, Bottou, Bengio and Haffner, 1998, Gradient-based learning applied to document
        recognition, doi:10.1109/5.726791, section II.B, layers S2 and S4.
    """

    def __init__(
        self,
        size: int | Sequence[int] = 2,
        activation: str | Callable[[Any], Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.size = pair("size", size, "it is the size of the squares in pixels")
        self.activation = keras.activations.get(activation)
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates a coefficient, initially 1, and a bias for each map."""
        maps = (input_shape[-1],)
        self.coefficient = self.add_weight(shape=maps, initializer="ones", name="coefficient")
        self.bias = self.add_weight(shape=maps, initializer="zeros", name="bias")

    def call(self, inputs: keras.KerasTensor) -> Any:
        """Maps images (batch, height, width, channels) to (batch, rows, columns, channels)."""
        x = ops.average_pool(inputs, self.size, self.size, "valid", data_format="channels_last")
        return self.activation(x * self.coefficient + self.bias)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns (batch, rows, columns, channels)."""
        batch, *sizes, channels = input_shape
        pooled = [n and n // size for n, size in zip(sizes, self.size, strict=True)]
        return (batch, *pooled, channels)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        settings = {
            "size": self.size,
            "activation": keras.activations.serialize(self.activation),
        }
        return {**super().get_config(), **settings}
