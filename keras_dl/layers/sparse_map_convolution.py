"""Convolution with a table of connections between input and output maps, as C3 of LeNet-5."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.layers._convolution import initialize_each, output_sizes
from keras_dl.utils.checks import check_choice, check_count, pair

__all__ = ["SparseMapConv2D"]


@keras.saving.register_keras_serializable("keras_dl")
class SparseMapConv2D(keras.layers.Layer):
    """A 2-D convolution in which each output map reads a subset of the input maps.

    Only the listed kernels exist as weights. With every map connected to every map it equals
    `keras.layers.Conv2D`; with equal groups it equals a grouped convolution.

    Args:
        connections: for each output map, the indices of its input maps, from 0.
        kernel_size: height and width of the kernels, one integer or two.
        strides: step of the kernels, one integer or two.
        padding: "valid", or "same" with zeros.
        bias: "map": one for each output map, as in LeNet-5; "unit": one for each unit, as in 1989.
        activation: name or function as in `keras.activations.get`; None is linear.
        kernel_initializer: drawn for each output map separately, with that map's fan-in.
        kernel_regularizer: penalty on the kernels.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if a size or the index of a map is not an integer.
        ValueError: if a map has no connection or lists one twice, a map is not in the input, a size
            is below 1, or `padding` or `bias` unknown.

    Reference:
        LeCun, Bottou, Bengio and Haffner, 1998, Gradient-based learning applied to document
        recognition, doi:10.1109/5.726791, section II.B and table I.

    Example:
        >>> layer = SparseMapConv2D([(0, 1), (1, 2), (0, 2)], kernel_size=3)
        >>> tuple(layer(keras.ops.ones((1, 5, 5, 3))).shape), layer.count_params()
        ((1, 3, 3, 3), 57)
    """

    def __init__(
        self,
        connections: Sequence[Sequence[int]],
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        bias: str = "map",
        activation: str | Callable[[Any], Any] | None = None,
        kernel_initializer: str | keras.Initializer = "glorot_uniform",
        kernel_regularizer: str | keras.Regularizer | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_choice("padding", padding, ("valid", "same"))
        check_choice("bias", bias, ("map", "unit"))
        self.connections = _checked(connections)
        self.kernel_size = pair("kernel_size", kernel_size, "it is the size of the kernels")
        self.strides: Any = pair("strides", strides, "it is the distance of the kernels in pixels")
        self.padding = padding
        self.bias_per = bias
        self.activation = keras.activations.get(activation)
        self.kernel_initializer: Any = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def build(self, input_shape: tuple[int, ...]) -> None:
        """Creates one kernel for each connection, and the biases."""
        channels, filters = input_shape[-1], len(self.connections)
        if max(map(max, self.connections)) >= channels:
            raise ValueError(
                f"`connections` must hold indices of input maps, 0 to {channels - 1}. "
                f"Received: connections={self.connections}"
            )
        count = sum(map(len, self.connections))
        self.kernel = self.add_weight(
            shape=(*self.kernel_size, count),
            initializer=self._draw,
            regularizer=self.kernel_regularizer,
            name="kernel",
        )
        positions = self.compute_output_shape(input_shape)[1:3] if self.bias_per == "unit" else ()
        self.bias = self.add_weight(shape=(*positions, filters), initializer="zeros", name="bias")
        # Index of each kernel in the table (channels, filters); missing ones share a zero kernel.
        self._kernel_index = np.full((channels, filters), count, dtype="int32")
        pairs = (
            (source, target) for target, maps in enumerate(self.connections) for source in maps
        )
        for number, pair_index in enumerate(pairs):
            self._kernel_index[pair_index] = number

    def _draw(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        shapes = [(*shape[:2], len(maps), 1) for maps in self.connections]
        draws = initialize_each(self.kernel_initializer, shapes, dtype)
        return ops.concatenate([draw[..., 0] for draw in draws], axis=-1)

    def call(self, inputs: keras.KerasTensor) -> Any:
        """Maps images (batch, height, width, channels) to (batch, rows, columns, filters)."""
        kernel = ops.pad(ops.convert_to_tensor(self.kernel), ((0, 0), (0, 0), (0, 1)))
        kernel = ops.take(kernel, self._kernel_index, axis=-1)  # (height, width, channels, filters)
        x = ops.conv(inputs, kernel, self.strides, self.padding, data_format="channels_last")
        return self.activation(x + self.bias)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns (batch, rows, columns, filters)."""
        filters = len(self.connections)
        if None in input_shape[1:3] and self.bias_per == "map":
            return (input_shape[0], None, None, filters)
        sizes = output_sizes(input_shape[1:3], self.kernel_size, self.strides, self.padding)
        return (input_shape[0], *sizes, filters)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        settings = {
            "connections": self.connections,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "bias": self.bias_per,
            "activation": keras.activations.serialize(self.activation),
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }
        return {**super().get_config(), **settings}


def _checked(connections: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    for target, maps in enumerate(connections):
        for source in maps:
            check_count(f"connections[{target}]", source, "it holds indices of maps", least=0)
        if len(set(maps)) != len(maps) or not maps:
            raise ValueError(
                f"`connections[{target}]` must hold one index or more, each once; they are the "
                f"inputs of an output map. Received: connections[{target}]={tuple(maps)}"
            )
    if not connections:
        raise ValueError("`connections` must have a row for each map. Received: connections=()")
    return tuple(tuple(map(int, maps)) for maps in connections)
