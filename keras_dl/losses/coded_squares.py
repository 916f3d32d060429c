"""The squared error of the early nets: one squashed output for each class, and codes of ±1."""

from typing import Any

import keras
from keras import ops

from keras_dl.activations import scaled_tanh

__all__ = ["CodedSquares"]


@keras.saving.register_keras_serializable("keras_dl")
class CodedSquares(keras.losses.Loss):
    """L = ½·Σⱼ (f(aⱼ) − tⱼ)² with f the scaled tanh, tⱼ = 1 for the right class and −1 for others.

    The activation is part of the loss: the model returns the sums aⱼ.

    Args:
        name: name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Reference:
        LeCun et al., 1989, Backpropagation applied to handwritten zip code recognition, Neural
        Computation 1(4), sections 3.1 and 4, the mean squared error of units with targets ±1.

    Example:
        >>> round(float(CodedSquares()([0], [[0.0, 0.0]])), 4)
        1.0
    """

    def __init__(self, name: str = "coded_squares", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> Any:
        """Computes the loss of each example, (batch,).

        Args:
            y_true: class numbers (batch,).
            y_pred: weighted sums (batch, classes).
        """
        right = ops.one_hot(ops.cast(y_true, "int32"), y_pred.shape[-1], dtype=y_pred.dtype)
        right: Any = ops.reshape(right, ops.shape(y_pred))  # from labels (batch, 1) too
        squares: Any = ops.square(scaled_tanh(y_pred) - (2.0 * right - 1.0))
        return ops.sum(0.5 * squares, axis=-1)
