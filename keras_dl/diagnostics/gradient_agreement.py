"""Gradients by the backend and by numpy reverse-mode differentiation."""

import keras
import numpy as np

from keras_dl import backpropagation as tape
from keras_dl.backend.gradients import weight_gradients
from keras_dl.utils.layers import activation_name, leaf_layers

__all__ = ["compare_gradients", "numpy_gradients"]

ACTIVATIONS = {"relu": tape.relu, "tanh": tape.tanh, "sigmoid": tape.sigmoid}


def numpy_gradients(
    model: keras.Model, x: np.ndarray, y: np.ndarray
) -> tuple[float, dict[str, np.ndarray]]:
    """Computes loss and gradients of a chain of layers by `keras_dl.backpropagation` in float64.

    Args:
        model: built chain of Rescaling or Normalization, Flatten, Dense, Conv2D (stride 1,
            padding "same"), AveragePooling2D and Activation layers that ends in logits.
        x: raw examples (batch, …).
        y: class numbers (batch,).

    Returns:
        The mean cross-entropy in nats, and weight path → gradient.

    Raises:
        ValueError: if a layer has another type.
    """
    node, weights = tape.Node(np.asarray(x), "input"), {}

    def weight_node(variable: keras.Variable) -> tape.Node:
        value = np.asarray(keras.ops.convert_to_numpy(variable.value))
        weights[variable.path] = tape.Node(value, "weight")
        return weights[variable.path]

    for layer in leaf_layers(model):
        if isinstance(layer, (keras.layers.InputLayer, keras.layers.Dropout)):
            continue
        if isinstance(layer, (keras.layers.Rescaling, keras.layers.Normalization)):
            scaled = np.asarray(keras.ops.convert_to_numpy(layer(np.asarray(x))))
            node = tape.Node(scaled, "scaled input")
        elif isinstance(layer, keras.layers.Flatten):
            node = tape.reshape(node, (len(node.value), -1))
        elif isinstance(layer, keras.layers.AveragePooling2D):
            node = tape.average_pool(node, layer.pool_size[0])
        elif isinstance(layer, keras.layers.Dense):
            node = tape.matmul(node, weight_node(layer.kernel))
        elif isinstance(layer, keras.layers.Conv2D) and _is_plain(layer):
            node = tape.convolution(node, weight_node(layer.kernel))
        elif not isinstance(layer, keras.layers.Activation):
            raise ValueError(
                "`model` must be a chain of Dense, Conv2D (stride 1, same), AveragePooling2D, "
                f"Flatten and Activation layers. Received: {type(layer).__name__} {layer.name!r}"
            )
        if getattr(layer, "use_bias", False):
            node = tape.add(node, weight_node(layer.bias))
        kind = activation_name(layer) or "linear"
        if kind != "linear":
            if kind not in ACTIVATIONS:
                names = ", ".join(ACTIVATIONS)
                raise ValueError(f"`model` must use {names} only. Received: {kind!r}")
            node = ACTIVATIONS[kind](node)
    loss = tape.backward(tape.cross_entropy(node, np.asarray(y, dtype=int)))
    return float(loss.value), {path: weight.gradient for path, weight in weights.items()}


def _is_plain(layer: keras.layers.Conv2D) -> bool:
    return layer.strides == (1, 1) and layer.padding == "same" and layer.dilation_rate == (1, 1)


def compare_gradients(
    model: keras.Model, x: np.ndarray, y: np.ndarray
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Computes each weight's gradient by the backend and by numpy.

    Args:
        model: compiled with the mean cross-entropy of logits; see `numpy_gradients`.
        x: raw examples (batch, …).
        y: class numbers (batch,).

    Returns:
        Layer and weight name, such as `hidden1/kernel`, → (backend's, numpy's) gradient, in order
        from the input.

    Raises:
        ValueError: if a layer has another type or `model` is not compiled.
    """
    _, ours = numpy_gradients(model, x, y)
    theirs = weight_gradients(model, x, y)
    return {
        "/".join(variable.path.split("/")[-2:]): (slope, ours[variable.path])
        for variable, slope in zip(model.trainable_variables, theirs, strict=True)
    }
