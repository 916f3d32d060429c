"""Locally connected layer: local receptive fields without weight sharing."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

from keras_dl.layers._convolution import initialize_each, output_sizes, same_padding
from keras_dl.utils.checks import check_choice, check_count, pair

__all__ = ["LocallyConnected2D"]


@keras.saving.register_keras_serializable("keras_dl")
class LocallyConnected2D(keras.layers.Layer):
    """A 2-D convolution with separate kernels and biases at each position of the image.

    The image size is part of the weights: the layer works on one size only.

    Args:
        filters: number of units at each position.
        kernel_size: height and width of the receptive field, one integer or two.
        strides: step between receptive fields, one integer or two.
        padding: "valid", or "same" with zeros.
        activation: name or function as in `keras.activations.get`; None is linear.
        kernel_initializer: drawn for each position separately, with the fan-in of one unit.
        kernel_regularizer: penalty on the kernels.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1, `padding` is unknown, or the size of the input is unknown.

    Reference:
        LeCun, 1989, Generalization and network design strategies, Net-3.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        activation: str | Callable[[Any], Any] | None = None,
        kernel_initializer: str | keras.Initializer = "glorot_uniform",
        kernel_regularizer: str | keras.Regularizer | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_count("filters", filters, "it is the number of units at each position")
        check_choice("padding", padding, ("valid", "same"))
        self.filters = int(filters)
        self.kernel_size = pair("kernel_size", kernel_size, "it is the size of the fields")
        self.strides = pair("strides", strides, "it is the distance of the fields in pixels")
        self.padding = padding
        self.activation = keras.activations.get(activation)
        self.kernel_initializer: Any = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates the kernels (rows, columns, height, width, channels, filters) and the biases."""
        rows, columns, _ = self.compute_output_shape(input_shape)[1:]
        self.kernel = self.add_weight(
            shape=(rows, columns, *self.kernel_size, input_shape[-1], self.filters),
            initializer=self._draw,
            regularizer=self.kernel_regularizer,
            name="kernel",
        )
        self.bias = self.add_weight(
            shape=(rows, columns, self.filters), initializer="zeros", name="bias"
        )

    def _draw(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        draws = initialize_each(self.kernel_initializer, [shape[2:]] * (shape[0] * shape[1]), dtype)
        return ops.reshape(ops.stack(draws), shape)

    def call(self, inputs: keras.KerasTensor) -> Any:
        """Maps images (batch, height, width, channels) to (batch, rows, columns, filters)."""
        fields = ops.stack(self._fields(inputs), axis=3)  # (batch, rows, columns, field, channels)
        rows, columns, height, width, channels, filters = self.kernel.shape
        kernel = ops.reshape(self.kernel, (rows, columns, height * width, channels, filters))
        return self.activation(ops.einsum("byxkc,yxkcf->byxf", fields, kernel) + self.bias)

    def _fields(self, inputs: Any) -> list[Any]:
        """For each pixel of the field, that pixel of the fields at all positions."""
        sizes = inputs.shape[1:3]
        if self.padding == "same":
            padding = map(same_padding, sizes, self.kernel_size, self.strides)
            inputs = ops.pad(inputs, ((0, 0), *padding, (0, 0)))
        rows, columns = output_sizes(sizes, self.kernel_size, self.strides, self.padding)
        down, right = self.strides
        last_row, last_column = down * (rows - 1) + 1, right * (columns - 1) + 1
        return [
            inputs[:, top : top + last_row : down, left : left + last_column : right]
            for top in range(self.kernel_size[0])
            for left in range(self.kernel_size[1])
        ]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns (batch, rows, columns, filters)."""
        sizes = output_sizes(input_shape[1:3], self.kernel_size, self.strides, self.padding)
        return (input_shape[0], *sizes, self.filters)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        settings = {
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "activation": keras.activations.serialize(self.activation),
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }
        return {**super().get_config(), **settings}
