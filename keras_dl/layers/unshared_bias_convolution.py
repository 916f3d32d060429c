"""Convolution with shared kernels and one bias per unit, as in the nets of 1989."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

from keras_dl.layers._convolution import output_sizes
from keras_dl.utils.checks import check_choice, check_count, pair

__all__ = ["UnsharedBiasConv2D"]


@keras.saving.register_keras_serializable("keras_dl")
class UnsharedBiasConv2D(keras.layers.Layer):
    """A 2-D convolution with one bias for each unit instead of one for each map.

    The image size is part of the weights: the layer works on one size only.

    Args:
        filters: number of maps.
        kernel_size: height and width of the kernels, one integer or two.
        strides: step of the kernels, one integer or two.
        padding: "valid", or "same" with zeros.
        activation: name or function as in `keras.activations.get`; None is linear.
        kernel_initializer: of the kernels, (height, width, channels, filters).
        kernel_regularizer: penalty on the kernels.
        bias_initializer: of the biases, (rows, columns, filters).
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1, `padding` is unknown, or the size of the input is unknown.

    Reference:
        LeCun et al., 1989, Backpropagation applied to handwritten zip code recognition, Neural
        Computation 1(4), section 3.3.
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
        bias_initializer: str | keras.Initializer = "zeros",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_count("filters", filters, "it is the number of maps")
        check_choice("padding", padding, ("valid", "same"))
        self.filters = int(filters)
        self.kernel_size = pair("kernel_size", kernel_size, "it is the size of the kernels")
        self.strides: Any = pair("strides", strides, "it is the distance of the kernels in pixels")
        self.padding = padding
        self.activation = keras.activations.get(activation)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.bias_initializer = keras.initializers.get(bias_initializer)
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates the kernels and the biases."""
        bias_shape = self.compute_output_shape(input_shape)[1:]
        self.kernel = self.add_weight(
            shape=(*self.kernel_size, input_shape[-1], self.filters),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            name="kernel",
        )
        self.bias = self.add_weight(
            shape=bias_shape, initializer=self.bias_initializer, name="bias"
        )

    def call(self, inputs: keras.KerasTensor) -> Any:
        """Maps images (batch, height, width, channels) to (batch, rows, columns, filters)."""
        x = ops.conv(inputs, self.kernel, self.strides, self.padding, data_format="channels_last")
        return self.activation(x + self.bias)

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
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
        }
        return {**super().get_config(), **settings}
