"""Statistics of layer outputs and of back-propagated gradients, on one batch or by epoch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import keras
import numpy as np

from keras_dl.backend.gradients import gradients, loss_at, weight_gradients
from keras_dl.diagnostics._selection import select_layers
from keras_dl.utils.layers import activation_name, layer_hooks, leaf_layers

__all__ = [
    "LayerRecorder",
    "LayerStatistics",
    "gradient_ratio",
    "kernel_gradients",
    "layer_statistics",
]

RECTIFIERS = ("relu", "relu6")
# Lower and upper asymptote of the units that saturate.
ASYMPTOTES = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "scaled_tanh": (-1.7159, 1.7159),
}
NEAR = 0.025  # share of the distance between the asymptotes: tanh beyond ±0.95, slope below 0.1


@dataclass(frozen=True)
class LayerStatistics:
    """Statistics of one layer on one batch.

    Attributes:
        name: name of the layer.
        mean: mean of the outputs.
        variance: variance of the outputs.
        gradient_mean: mean of the loss's derivatives with respect to the outputs.
        gradient_variance: variance of these derivatives; the loss is a mean over the batch.
        dead: share of ReLU units that are 0 for all examples; NaN for other activations.
        saturated: share of outputs within 2.5 % of an asymptote of sigmoid, tanh or similar
            activations; NaN for other activations.
    """

    name: str
    mean: float
    variance: float
    gradient_mean: float
    gradient_variance: float
    dead: float
    saturated: float


def layer_statistics(
    model: keras.Model,
    x: np.ndarray,
    y: np.ndarray,
    *,
    names: Sequence[str] | None = None,
    training: bool = False,
) -> list[LayerStatistics]:
    """Computes statistics of outputs and back-propagated gradients of each layer on a batch.

    Args:
        model: compiled and built; nested models are included.
        x: batch of raw examples (batch, …).
        y: targets of `x`.
        names: layer names; None selects layers with a non-linearity and the last layer.
        training: True enables dropout and batch statistics in batch normalisation.

    Returns:
        One entry per layer, in order from the input.

    Raises:
        ValueError: if `model` is not compiled or a name is unknown.

    Reference:
        Glorot and Bengio, 2010, Understanding the difficulty of training deep feedforward neural
        networks, section 4.2 and figures 2 to 8.
    """
    layers = select_layers(model, names)
    inputs, targets = keras.ops.convert_to_tensor(x), keras.ops.convert_to_tensor(y)
    outputs: dict[int, np.ndarray] = {}

    def record(index: int, output: Any) -> Any:
        outputs[index] = np.asarray(keras.ops.convert_to_numpy(keras.ops.cast(output, "float32")))
        return output

    with layer_hooks(layers, record):
        loss_at(model, inputs, targets, training=training)
    # Gradients with respect to zeros added to the outputs are those of the outputs.
    offsets = [np.zeros_like(outputs[index]) for index in range(len(layers))]

    def loss(added: list[Any]) -> Any:
        with layer_hooks(layers, lambda i, output: output + keras.ops.cast(added[i], output.dtype)):
            return loss_at(model, inputs, targets, training=training)

    slopes = gradients(loss, offsets)
    return [_statistics(layer, outputs[index], slopes[index]) for index, layer in enumerate(layers)]


def _statistics(layer: keras.Layer, output: np.ndarray, slope: np.ndarray) -> LayerStatistics:
    kind = activation_name(layer) or ""
    dead = saturated = float("nan")
    if kind in RECTIFIERS:
        unit_axis = -1 if keras.config.image_data_format() == "channels_last" else 1
        units = np.moveaxis(output, unit_axis, -1).reshape(-1, output.shape[unit_axis])
        dead = float((units <= 0).all(axis=0).mean())
    if kind in ASYMPTOTES:
        low, high = ASYMPTOTES[kind]
        margin = NEAR * (high - low)
        saturated = float(((output < low + margin) | (output > high - margin)).mean())
    values, slopes = (array.astype("float64") for array in (output, slope))
    moments = [float(value) for value in (values.mean(), values.var(), slopes.mean(), slopes.var())]
    return LayerStatistics(layer.name, *moments[:4], dead=dead, saturated=saturated)


def kernel_gradients(
    model: keras.Model, x: np.ndarray, y: np.ndarray, *, training: bool = False
) -> dict[str, float]:
    """Computes the root mean square of the loss's gradient for each layer's kernel.

    Args:
        model: compiled and built.
        x: batch of raw examples (batch, …).
        y: targets of `x`.
        training: as for `layer_statistics`.

    Returns:
        Layer name → root mean square over the kernel's entries, in order from the input; layers of
        different width are comparable.

    Raises:
        ValueError: if `model` is not compiled.
    """
    slopes = weight_gradients(model, x, y, training=training)
    by_weight = {
        id(v): slope for v, slope in zip(model.trainable_variables, slopes, strict=True)
    }  # fmt: skip
    sizes = {}
    for layer in leaf_layers(model):
        kernel = getattr(layer, "kernel", None)
        if kernel is not None and id(kernel) in by_weight:
            squares = by_weight[id(kernel)].astype("float64") ** 2  # float32 loses 1e-23 squared
            sizes[layer.name] = float(np.sqrt(squares.mean()))
    return sizes


def gradient_ratio(
    model: keras.Model, x: np.ndarray, y: np.ndarray, *, training: bool = False
) -> float:
    """Computes the gradient size of the first kernel over that of the last.

    Args:
        model: compiled and built.
        x: batch of raw examples (batch, …).
        y: targets of `x`.
        training: as for `layer_statistics`.

    Returns:
        Ratio of two root mean squares, far below 1 for vanishing gradients; NaN if the gradient of
        the last kernel is 0.

    Raises:
        ValueError: if `model` is not compiled.
    """
    sizes = list(kernel_gradients(model, x, y, training=training).values())
    return sizes[0] / sizes[-1] if sizes and sizes[-1] else float("nan")


class LayerRecorder(keras.callbacks.Callback):
    """Records `layer_statistics` on one batch before training and after each epoch.

    Args:
        x: batch of raw examples (batch, …).
        y: targets of `x`.
        names: layer names, as for `layer_statistics`.

    Attributes:
        history: lists of `LayerStatistics`: before training, then after each epoch.
    """

    def __init__(self, x: np.ndarray, y: np.ndarray, names: Sequence[str] | None = None) -> None:
        super().__init__()
        self.x, self.y, self.names = x, y, names
        self.history: list[list[LayerStatistics]] = []

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Records statistics of the initial weights."""
        self.history = [
            layer_statistics(cast(keras.Model, self.model), self.x, self.y, names=self.names)
        ]

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Records statistics after an epoch."""
        self.history.append(
            layer_statistics(cast(keras.Model, self.model), self.x, self.y, names=self.names)
        )
