"""What each layer gives and what comes back to it: statistics on one batch, or by epoch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from keras_dl.backend.gradients import gradients, loss_at, weight_gradients
from keras_dl.diagnostics._layer_outputs import hooked, leaf_layers, nonlinearity, observed

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
NEAR = 0.025  # of the distance between the asymptotes: tanh beyond ±0.95, slope below a tenth


@dataclass(frozen=True)
class LayerStatistics:
    """One layer on one batch.

    Attributes:
        name: of the layer.
        mean: of its outputs.
        variance: of its outputs.
        gradient_mean: of the loss's derivatives by its outputs.
        gradient_variance: of these derivatives; the loss is a mean over the batch.
        dead: share of its ReLU units that are 0 for all examples; NaN for other units.
        saturated: share of its outputs that lie within 2.5 % of an asymptote of sigmoid, tanh or
            their like; NaN for units without.
    """

    name: str
    mean: float
    variance: float
    gradient_mean: float
    gradient_variance: float
    dead: float
    saturated: float


def layer_statistics(
    model: Any, x: Any, y: Any, *, names: Sequence[str] | None = None, training: bool = False
) -> list[LayerStatistics]:
    """Outputs and back-propagated gradients of each layer on a batch.

    Args:
        model: compiled and built; nets within it are looked into.
        x: a batch of raw examples (batch, …).
        y: their targets.
        names: of the layers; None for those that end in a non-linearity, and the last one.
        training: whether dropout drops and batch normalisation takes the batch's own statistics.

    Returns:
        One entry for each layer, from the input on.

    Raises:
        ValueError: if `model` is not compiled, or a name is not a layer's.

    Reference:
        Glorot and Bengio, 2010, Understanding the difficulty of training deep feedforward neural
        networks, section 4.2 and figures 2 to 8.
    """
    layers = observed(model, names)
    x, y = keras.ops.convert_to_tensor(x), keras.ops.convert_to_tensor(y)
    outputs: dict[int, np.ndarray] = {}

    def note(index: int, output: Any) -> Any:
        outputs[index] = np.asarray(keras.ops.convert_to_numpy(keras.ops.cast(output, "float32")))
        return output

    with hooked(layers, note):
        loss_at(model, x, y, training=training)
    taps = [np.zeros_like(outputs[index]) for index in range(len(layers))]

    def loss(added: list[Any]) -> Any:
        with hooked(layers, lambda i, output: output + keras.ops.cast(added[i], output.dtype)):
            return loss_at(model, x, y, training=training)

    slopes = gradients(loss, taps)
    return [_statistics(layer, outputs[index], slopes[index]) for index, layer in enumerate(layers)]


def _statistics(layer: Any, output: np.ndarray, slope: np.ndarray) -> LayerStatistics:
    kind = nonlinearity(layer) or ""
    dead = saturated = float("nan")
    if kind in RECTIFIERS:
        unit_axis = -1 if keras.config.image_data_format() == "channels_last" else 1
        units = np.moveaxis(output, unit_axis, -1).reshape(-1, output.shape[unit_axis])
        dead = float((units <= 0).all(axis=0).mean())
    if kind in ASYMPTOTES:
        low, high = ASYMPTOTES[kind]
        margin = NEAR * (high - low)
        saturated = float(((output < low + margin) | (output > high - margin)).mean())
    given, back = (array.astype("float64") for array in (output, slope))
    moments = [float(value) for value in (given.mean(), given.var(), back.mean(), back.var())]
    return LayerStatistics(layer.name, *moments[:4], dead=dead, saturated=saturated)


def kernel_gradients(model: Any, x: Any, y: Any, *, training: bool = False) -> dict[str, float]:
    """Root mean square of the loss's gradient by each layer's kernel, from the input on.

    Args:
        model: compiled and built.
        x: a batch of raw examples (batch, …).
        y: their targets.
        training: as in `layer_statistics`.

    Returns:
        Size of the gradient by layer name. The mean is over the kernel's entries, so that layers
        of different width can be compared; the vanishing gradient is the first one over the last.

    Raises:
        ValueError: if `model` is not compiled.
    """
    found = weight_gradients(model, x, y, training=training)
    by_weight = {
        id(v): slope for v, slope in zip(model.trainable_variables, found, strict=True)
    }  # fmt: skip
    sizes = {}
    for layer in leaf_layers(model):
        kernel = getattr(layer, "kernel", None)
        if kernel is not None and id(kernel) in by_weight:
            squares = by_weight[id(kernel)].astype("float64") ** 2  # float32 loses 1e-23 squared
            sizes[layer.name] = float(np.sqrt(squares.mean()))
    return sizes


def gradient_ratio(model: Any, x: Any, y: Any, *, training: bool = False) -> float:
    """Size of the gradient by the first kernel over that by the last: far below 1, it vanishes.

    Args:
        model: compiled and built.
        x: a batch of raw examples (batch, …).
        y: their targets.
        training: as in `layer_statistics`.

    Returns:
        The ratio of two root mean squares; NaN where the last layer has no gradient either.

    Raises:
        ValueError: if `model` is not compiled.
    """
    sizes = list(kernel_gradients(model, x, y, training=training).values())
    return sizes[0] / sizes[-1] if sizes and sizes[-1] else float("nan")


class LayerRecorder(keras.callbacks.Callback):
    """Statistics of each layer on one batch, before training and after each epoch.

    Args:
        x: a batch of raw examples (batch, …), the same at each look.
        y: their targets.
        names: of the layers, as in `layer_statistics`.

    Attributes:
        history: one list of `LayerStatistics` for each look; the first one is before training.
    """

    def __init__(self, x: Any, y: Any, names: Sequence[str] | None = None) -> None:
        super().__init__()
        self.x, self.y, self.names = x, y, names
        self.history: list[list[LayerStatistics]] = []

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Looks at the initial weights."""
        self.history = [layer_statistics(self.model, self.x, self.y, names=self.names)]

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Looks again."""
        self.history.append(layer_statistics(self.model, self.x, self.y, names=self.names))
