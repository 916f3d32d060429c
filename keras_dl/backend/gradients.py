"""Gradients of a scalar by its arguments, of a model's loss by its weights or by its input.

The one place where TensorFlow, JAX and torch are asked by their own names. All values come back as
numpy arrays, and the model is left as it was: weights, moving averages and dropout's seeds.
"""

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

__all__ = ["gradients", "input_gradient", "loss_at", "tensor_gradients", "weight_gradients"]


def gradients(
    function: Callable[[list[Any]], Any], values: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """Derivatives of a scalar by each of several arrays, by the backend's own differentiation.

    Args:
        function: takes a list of tensors, gives a scalar tensor; written with `keras.ops`. It must
            not assign variables except within a `keras.StatelessScope`.
        values: float32 arrays where the derivatives are wanted.

    Returns:
        One array for each of `values`, of its shape; zeros for one that has no effect.

    Example:
        >>> gradients(lambda v: keras.ops.sum(v[0] ** 2), [np.array([1.0, -3.0], "float32")])
        [array([ 2., -6.], dtype=float32)]
    """
    arrays = [np.asarray(value, dtype="float32") for value in values]
    tensors = [keras.ops.convert_to_tensor(array) for array in arrays]
    found = tensor_gradients(function, tensors)
    return [
        np.zeros_like(array) if slope is None else np.asarray(keras.ops.convert_to_numpy(slope))
        for slope, array in zip(found, arrays, strict=True)
    ]


def tensor_gradients(
    function: Callable[[list[Any]], Any], tensors: list[Any], *, again: bool = False
) -> list[Any]:
    """As `gradients`, on tensors; also within a compiled step, such as in a `compute_loss`.

    Args:
        function: takes a list of tensors, gives a scalar tensor; it must not assign variables.
        tensors: floats where the derivatives are wanted.
        again: whether the derivatives will be differentiated once more, as in a penalty on them;
            without it torch forgets how they came about.

    Returns:
        One tensor for each of `tensors`, or None for one that has no effect.
    """
    by_backend = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
    return by_backend[keras.backend.backend()](function, tensors, again)


def _tensorflow(function: Callable[[list[Any]], Any], tensors: list[Any], again: bool) -> list[Any]:
    tf = importlib.import_module("tensorflow")
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        scalar = function(tensors)
    return tape.gradient(scalar, tensors)


def _jax(function: Callable[[list[Any]], Any], tensors: list[Any], again: bool) -> list[Any]:
    jax = importlib.import_module("jax")
    return jax.grad(function)(tensors)


def _torch(function: Callable[[list[Any]], Any], tensors: list[Any], again: bool) -> list[Any]:
    torch = importlib.import_module("torch")
    watched = [tensor.detach().requires_grad_() for tensor in tensors]
    with torch.enable_grad():
        return list(
            torch.autograd.grad(function(watched), watched, allow_unused=True, create_graph=again)
        )


def loss_at(
    model: Any, x: Any, y: Any, weights: Sequence[Any] | None = None, *, training: bool = False
) -> Any:
    """The compiled loss, penalties included, at weights of one's choice.

    Args:
        model: compiled and built.
        x: a batch of raw examples (batch, …).
        y: their targets.
        weights: a value for each of `model.trainable_variables`; None for those it has.
        training: whether dropout drops and batch normalisation takes the batch's own statistics.

    Returns:
        A scalar tensor: the mean over the batch.

    Raises:
        ValueError: if `model` is not compiled.
    """
    if not getattr(model, "compiled", False):
        raise ValueError(
            "`model` must be compiled; its loss is what is differentiated. "
            f"Received: model named {getattr(model, 'name', model)!r}, not compiled"
        )
    trained = model.trainable_variables
    given = [variable.value for variable in trained] if weights is None else weights
    # Within the scope, what layers assign stays in the scope. Keras looks for penalized weights
    # there only, so that all must be named.
    mapping = list(zip(trained, given, strict=True))
    with keras.StatelessScope(state_mapping=mapping, collect_losses=True):
        # Named by word: some models take further inputs where others take `training`.
        prediction = model(x, training=training)
        return model.compute_loss(x, y, prediction, training=training)


def weight_gradients(model: Any, x: Any, y: Any, *, training: bool = False) -> list[np.ndarray]:
    """Gradient of the model's loss on a batch by each trainable weight.

    Args:
        model: compiled and built.
        x: raw examples (batch, …).
        y: their targets.
        training: as in `loss_at`.

    Returns:
        An array for each of `model.trainable_variables`, of its shape.

    Raises:
        ValueError: if `model` is not compiled.
    """
    x, y = keras.ops.convert_to_tensor(x), keras.ops.convert_to_tensor(y)
    trained = model.trainable_variables
    values = [np.asarray(keras.ops.convert_to_numpy(variable.value)) for variable in trained]
    return gradients(lambda weights: loss_at(model, x, y, weights, training=training), values)


def input_gradient(model: Any, x: Any, y: Any, *, training: bool = False) -> np.ndarray:
    """Gradient of the model's loss on a batch by its input.

    Args:
        model: compiled and built.
        x: raw examples (batch, …); integers are taken as floats.
        y: their targets.
        training: as in `loss_at`.

    Returns:
        float32 of the shape of `x`. The loss is a mean: the derivative of one example's own loss is
        `batch` times as large.

    Raises:
        ValueError: if `model` is not compiled.
    """
    y = keras.ops.convert_to_tensor(y)
    return gradients(lambda inputs: loss_at(model, inputs[0], y, training=training), [x])[0]
