"""S-cells and C-cells: the feature-detecting and the pooling layer of the neocognitron."""

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.utils.checks import check_choice, check_count, check_real

__all__ = ["ComplexCells2D", "SimpleCells2D"]


@keras.saving.register_keras_serializable("keras_dl")
class SimpleCells2D(keras.layers.Layer):
    """S-cells: each detects one pattern in its receptive field, independent of contrast.

    u = r·max(0, (1 + Σ a·x) / (1 + 2r/(1 + r)·b·v) − 1) with v = √(Σ c·x²): trained excitation by
    the pattern, divided by trained inhibition by the field's mean activity. a and b are
    nonnegative, b starts at 1/2; c is fixed, decreases with the distance from the centre and sums
    to 1.

    Difference from the paper: a and b are trained by back-propagation, not by reinforcing the
    strongest cell.

    Args:
        filters: number of planes, each with its pattern.
        kernel_size: height and width of the field.
        selectivity: r, above 0; larger values respond to fewer patterns.
        padding: "valid" or "same".
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if a size is not an integer or `selectivity` not a number.
        ValueError: if a size is below 1, `selectivity` not positive or `padding` unknown.

    Reference:
        Fukushima, 1980, Neocognitron: a self-organizing neural network model for a mechanism of
        pattern recognition unaffected by shift in position, Biological Cybernetics 36, section 2.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int,
        selectivity: float = 4.0,
        padding: str = "valid",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_count("filters", filters, "it is the number of planes")
        check_count("kernel_size", kernel_size, "it is the size of the fields")
        check_real("selectivity", selectivity, "it sets how closely a pattern must match")
        if not selectivity > 0:
            raise ValueError(
                "`selectivity` must be positive; it sets how closely a pattern must match. "
                f"Received: selectivity={selectivity}"
            )
        self.filters = int(filters)
        check_choice("padding", padding, ("valid", "same"))
        self.kernel_size = int(kernel_size)
        self.selectivity = selectivity
        self.padding = padding
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def build(self, input_shape: tuple[int, ...]) -> None:
        """Creates the excitation a and the inhibition b."""
        field = (self.kernel_size, self.kernel_size, input_shape[-1])
        nonnegative = keras.constraints.NonNeg()
        self.excitation = self.add_weight(
            shape=(*field, self.filters),
            initializer=keras.initializers.RandomUniform(0.0, 4.0 / math.prod(field)),
            constraint=nonnegative,
            name="excitation",
        )
        self.inhibition = self.add_weight(
            shape=(self.filters,),
            initializer=keras.initializers.Constant(0.5),
            constraint=nonnegative,
            name="inhibition",
        )
        weights = _distance_weights(self.kernel_size)[:, :, None, None]
        weights = weights / weights.sum() / input_shape[-1]
        self._surround = np.broadcast_to(weights, (*field, 1)).astype("float32")

    def call(self, inputs: keras.KerasTensor) -> Any:
        """Detects patterns in images (batch, height, width, planes) of values of 0 or more."""
        surround = ops.convert_to_tensor(self._surround, dtype=self.compute_dtype)
        field: dict[str, Any] = {"padding": self.padding, "data_format": "channels_last"}
        excitation: Any = ops.conv(inputs, self.excitation, **field)
        # The root of 0 has no gradient: a field of zeros would give NaN.
        squares: Any = ops.conv(ops.square(inputs), surround, **field)
        mean: Any = ops.sqrt(squares + 1e-7)
        efficiency = 2 * self.selectivity / (1 + self.selectivity)
        response = (1 + excitation) / (1 + efficiency * self.inhibition * mean) - 1
        active: Any = ops.relu(response)
        return self.selectivity * active

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns (batch, rows, columns, filters)."""
        return (input_shape[0], *_sizes(input_shape, self.kernel_size, self.padding), self.filters)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        settings = {
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "selectivity": self.selectivity,
            "padding": self.padding,
        }
        return {**super().get_config(), **settings}


@keras.saving.register_keras_serializable("keras_dl")
class ComplexCells2D(keras.layers.Layer):
    """C-cells: each responds to an active S-cell of its plane in its field; no trained weights.

    u = ψ((1 + Σ d·x) / (1 + v) − 1) with ψ(z) = z/(α + z) for z ≥ 0, else 0: a blur by the fixed
    weights d, 1 in the centre, against v, the mean of that blur over all planes, and saturation.

    Args:
        kernel_size: height and width of the field.
        saturation: α, above 0; the response at z = α is 1/2, half of its limit.
        padding: "valid" or "same".
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if a size is not an integer or `saturation` not a number.
        ValueError: if a size is below 1, `saturation` not positive or `padding` unknown.

    Reference:
        Fukushima, 1980, as for `SimpleCells2D`: α = 0.5.
    """

    def __init__(
        self,
        kernel_size: int,
        saturation: float = 0.5,
        padding: str = "valid",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_count("kernel_size", kernel_size, "it is the size of the fields")
        check_real("saturation", saturation, "it is the input at half of the largest response")
        if not saturation > 0:
            raise ValueError(
                "`saturation` must be positive; it is the input at half of the largest response. "
                f"Received: saturation={saturation}"
            )
        check_choice("padding", padding, ("valid", "same"))
        self.kernel_size = int(kernel_size)
        self.saturation = saturation
        self.padding = padding
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def call(self, inputs: keras.KerasTensor) -> Any:
        """Blurs images (batch, height, width, planes) of values of 0 or more."""
        planes = inputs.shape[-1]
        blur = np.tile(_distance_weights(self.kernel_size)[:, :, None, None], (1, 1, planes, 1))
        x: Any = ops.depthwise_conv(
            inputs,
            ops.convert_to_tensor(blur, dtype=self.compute_dtype),
            padding=self.padding,
            data_format="channels_last",
        )
        mean: Any = ops.mean(x, axis=-1, keepdims=True)
        response: Any = ops.relu((1 + x) / (1 + mean) - 1)
        return response / (self.saturation + response)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns (batch, rows, columns, planes)."""
        sizes = _sizes(input_shape, self.kernel_size, self.padding)
        return (input_shape[0], *sizes, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        settings = {
            "kernel_size": self.kernel_size,
            "saturation": self.saturation,
            "padding": self.padding,
        }
        return {**super().get_config(), **settings}


def _distance_weights(size: int) -> np.ndarray:
    """Weights that decrease with the distance from the centre of a square, where they are 1."""
    offsets = np.arange(size) - (size - 1) / 2
    return 0.9 ** np.hypot(offsets[:, None], offsets)


def _sizes(input_shape: Sequence[Any], kernel_size: int, padding: str) -> list[int | None]:
    border = 0 if padding == "same" else kernel_size - 1
    return [size and size - border for size in input_shape[1:3]]
