"""Activations by name: those of Keras, and four that Keras has under no name."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

__all__ = ["ACTIVATIONS", "get_activation", "heaviside", "scaled_tanh", "sign", "tanh_gelu"]

# Keras has more; these keep the width of a layer and need no arguments.
_KERAS = (
    *("elu", "gelu", "hard_sigmoid", "hard_tanh", "leaky_relu", "linear", "mish", "relu", "relu6"),
    *("selu", "sigmoid", "silu", "softplus", "softsign", "tanh"),
)
ACTIVATIONS = tuple(sorted((*_KERAS, "heaviside", "scaled_tanh", "sign", "tanh_gelu")))


def get_activation(name: str) -> Callable[[Any], Any]:
    """Returns an activation function by name; layers that use it can be saved and loaded.

    Args:
        name: one of `ACTIVATIONS`; "leaky_relu" has slope 0.2 below zero, Keras' default.

    Returns:
        A function of a tensor of any shape.

    Raises:
        ValueError: if `name` is not among `ACTIVATIONS`.
    """
    if name not in ACTIVATIONS:
        raise ValueError(f"`name` must be one of {', '.join(ACTIVATIONS)}. Received: name={name!r}")
    ours = {f.__name__: f for f in (heaviside, scaled_tanh, sign, tanh_gelu)}
    return ours[name] if name in ours else keras.activations.get(name)


@keras.saving.register_keras_serializable("keras_dl")
def heaviside(x: keras.KerasTensor) -> Any:
    """Step function: 1 where x ≥ 0, else 0, with a straight-through gradient of 1.

    The true gradient is 0 almost everywhere and would not train the layers below. The
    straight-through estimator uses the gradient of the identity instead.

    Args:
        x: weighted sums, of any shape.

    Returns:
        0 and 1, of the shape and dtype of `x`.

    Reference:
        McCulloch and Pitts, 1943, A logical calculus of the ideas immanent in nervous activity.
        Bengio, Léonard and Courville, 2013, Estimating or propagating gradients through stochastic
        neurons for conditional computation, arXiv:1308.3432, section 4.
    """
    inputs: Any = ops.convert_to_tensor(x)
    step: Any = ops.cast(inputs >= 0, inputs.dtype)
    # The term in parentheses is exactly 0 and has the gradient 1.
    return ops.stop_gradient(step) + (inputs - ops.stop_gradient(inputs))


@keras.saving.register_keras_serializable("keras_dl")
def scaled_tanh(x: keras.KerasTensor) -> Any:
    """Computes 1.7159·tanh(2x/3), which maps ±1 to ±1 and has its largest curvature there.

    Targets of ±1 then lie inside the range, not on the asymptotes ±1.7159.

    Args:
        x: weighted sums, of any shape.

    Returns:
        Values within ±1.7159, of the shape of `x`.

    Reference:
        LeCun et al., 1998, Gradient-based learning applied to document recognition,
        doi:10.1109/5.726791, appendix A.
    """
    outputs: Any = ops.tanh(2.0 / 3.0 * x)
    return 1.7159 * outputs


@keras.saving.register_keras_serializable("keras_dl")
def sign(x: keras.KerasTensor) -> Any:
    """Threshold of ±1: 1 where x ≥ 0, else −1, with a straight-through gradient of 1 for |x| ≤ 1.

    Args:
        x: weighted sums, of any shape.

    Returns:
        −1 and 1, of the shape and dtype of `x`.

    Reference:
        Hubara et al., 2016, Binarized Neural Networks, arXiv:1602.02830, eq. 4.
    """
    inputs: Any = ops.convert_to_tensor(x)
    positive: Any = ops.cast(inputs >= 0, inputs.dtype)
    step = 2.0 * positive - 1.0
    linear: Any = ops.clip(inputs, -1.0, 1.0)
    return ops.stop_gradient(step) + (linear - ops.stop_gradient(linear))


@keras.saving.register_keras_serializable("keras_dl")
def tanh_gelu(x: keras.KerasTensor) -> Any:
    """Approximates x·Φ(x) by x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))), as GPT-2 does.

    Args:
        x: weighted sums, of any shape.

    Returns:
        Values of the shape of `x`, within 5e-4 of "gelu".

    Reference:
        Hendrycks and Gimpel, 2016, Gaussian Error Linear Units, arXiv:1606.08415, section 2.
    """
    return ops.gelu(x, approximate=True)
