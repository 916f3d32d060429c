"""The same gradients twice: by the backend, and by the numpy reverse mode one can read."""

from typing import Any

import keras
import numpy as np

from keras_dl import backpropagation as tape
from keras_dl.backend.gradients import weight_gradients
from keras_dl.diagnostics._layer_outputs import leaf_layers, nonlinearity

__all__ = ["both_gradients", "numpy_gradients"]

ACTIVATIONS = {"relu": tape.relu, "tanh": tape.tanh, "sigmoid": tape.sigmoid}


def numpy_gradients(model: Any, x: Any, y: Any) -> tuple[float, dict[str, np.ndarray]]:
    """Loss and gradients of a stack of layers, by `keras_dl.backpropagation` in float64.

    Args:
        model: built; a chain of Rescaling or Normalization, Flatten, Dense, Conv2D (stride 1,
            padding "same"), AveragePooling2D and Activation layers, with logits at its end.
        x: raw examples (batch, …).
        y: class numbers (batch,).

    Returns:
        The mean cross-entropy in nats, and the gradient by each weight, by its path.

    Raises:
        ValueError: for a layer of another kind.
    """
    node, weights = tape.Node(np.asarray(x), "input"), {}

    def watched(variable: Any) -> tape.Node:
        weights[variable.path] = tape.Node(keras.ops.convert_to_numpy(variable.value), "weight")
        return weights[variable.path]

    for layer in leaf_layers(model):
        if isinstance(layer, (keras.layers.InputLayer, keras.layers.Dropout)):
            continue
        if isinstance(layer, (keras.layers.Rescaling, keras.layers.Normalization)):
            node = tape.Node(keras.ops.convert_to_numpy(layer(np.asarray(x))), "scaled input")
        elif isinstance(layer, keras.layers.Flatten):
            node = tape.reshape(node, (len(node.value), -1))
        elif isinstance(layer, keras.layers.AveragePooling2D):
            node = tape.average_pool(node, layer.pool_size[0])
        elif isinstance(layer, keras.layers.Dense):
            node = tape.matmul(node, watched(layer.kernel))
        elif isinstance(layer, keras.layers.Conv2D) and _is_plain(layer):
            node = tape.convolution(node, watched(layer.kernel))
        elif not isinstance(layer, keras.layers.Activation):
            raise ValueError(
                "`model` must be a chain of Dense, Conv2D (stride 1, same), AveragePooling2D, "
                f"Flatten and Activation layers. Received: {type(layer).__name__} {layer.name!r}"
            )
        if getattr(layer, "use_bias", False):
            node = tape.add(node, watched(layer.bias))
        kind = nonlinearity(layer) or "linear"
        if kind != "linear":
            if kind not in ACTIVATIONS:
                known = ", ".join(ACTIVATIONS)
                raise ValueError(f"`model` must use {known} only. Received: {kind!r}")
            node = ACTIVATIONS[kind](node)
    loss = tape.backward(tape.cross_entropy(node, np.asarray(y, dtype=int)))
    return float(loss.value), {path: weight.gradient for path, weight in weights.items()}


def _is_plain(layer: Any) -> bool:
    return layer.strides == (1, 1) and layer.padding == "same" and layer.dilation_rate == (1, 1)


def both_gradients(model: Any, x: Any, y: Any) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The backend's gradient and the numpy one by each weight.

    Args:
        model: compiled with the mean cross-entropy of logits; see `numpy_gradients`.
        x: raw examples (batch, …).
        y: class numbers (batch,).

    Returns:
        (backend's, numpy's) by layer and weight, as in `hidden1/kernel`, from the input on.

    Raises:
        ValueError: for a layer of another kind, or a model that is not compiled.
    """
    _, ours = numpy_gradients(model, x, y)
    theirs = weight_gradients(model, x, y)
    return {
        "/".join(variable.path.split("/")[-2:]): (slope, ours[variable.path])
        for variable, slope in zip(model.trainable_variables, theirs, strict=True)
    }
