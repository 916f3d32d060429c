"""Activations by name: those of Keras, and the two that the early nets used and Keras lacks."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

__all__ = ["ACTIVATIONS", "get_activation", "heaviside", "scaled_tanh"]

# Keras has more; these keep the width of a layer and need no arguments.
_KERAS = (
    *("elu", "gelu", "hard_sigmoid", "hard_tanh", "leaky_relu", "linear", "mish", "relu", "relu6"),
    *("selu", "sigmoid", "silu", "softplus", "softsign", "tanh"),
)
ACTIVATIONS = tuple(sorted((*_KERAS, "heaviside", "scaled_tanh")))


def get_activation(name: str) -> Callable[[Any], Any]:
    """The activation function of this name; a layer that got it can be saved and loaded.

    Args:
        name: one of `ACTIVATIONS`; "leaky_relu" has slope 0.2 below zero, Keras' default.

    Raises:
        ValueError: if `name` is not among `ACTIVATIONS`.
    """
    if name not in ACTIVATIONS:
        raise ValueError(f"`name` must be one of {', '.join(ACTIVATIONS)}. Received: name={name!r}")
    ours = {"heaviside": heaviside, "scaled_tanh": scaled_tanh}
    return ours[name] if name in ours else keras.activations.get(name)


@keras.saving.register_keras_serializable("keras_dl")
def heaviside(x: Any) -> Any:
    """The step: 1 where x ≥ 0, else 0; its gradient is passed straight through as 1.

    The true gradient is 0 wherever it exists, so that nothing would be learnt below a step. The
    straight-through estimator pretends that the step is the identity on the way back.

    Args:
        x: weighted sums, of any shape.

    Returns:
        0 and 1, of the shape and dtype of `x`.

    Reference:
        McCulloch and Pitts, 1943, A logical calculus of the ideas immanent in nervous activity.
        Bengio, Léonard and Courville, 2013, Estimating or propagating gradients through stochastic
        neurons for conditional computation, arXiv:1308.3432, section 4.
    """
    x = ops.convert_to_tensor(x)
    step = ops.cast(x >= 0, x.dtype)
    # The bracket is exactly 0, with gradient 1: the step itself is a constant to the gradient.
    return ops.stop_gradient(step) + (x - ops.stop_gradient(x))


@keras.saving.register_keras_serializable("keras_dl")
def scaled_tanh(x: Any) -> Any:
    """1.7159·tanh(2x/3), which maps ±1 to ±1 and is steepest curved there.

    Targets of ±1 then lie inside the range, not on the asymptotes ±1.7159.

    Args:
        x: weighted sums, of any shape.

    Returns:
        Values in ±1.7159, of the shape of `x`.

    Reference:
        LeCun et al., 1998, Gradient-based learning applied to document recognition,
        doi:10.1109/5.726791, appendix A.
    """
    squashed: Any = ops.tanh(2.0 / 3.0 * x)
    return 1.7159 * squashed
