"""The squared error in units of each target's spread."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

__all__ = ["ScaledSquaredError"]


@keras.saving.register_keras_serializable("keras_dl")
class ScaledSquaredError(keras.losses.Loss):
    """L = mean over targets j of ((yⱼ − ŷⱼ) / sⱼ)²; with standard deviations sⱼ it is 1 − R².

    Args:
        scale: sⱼ of each target, above 0.
        name: name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Raises:
        ValueError: if a scale is not above 0.

    Example:
        >>> float(ScaledSquaredError([2.0])(np.array([[1.0]]), np.array([[5.0]])))
        4.0
    """

    def __init__(
        self, scale: Sequence[float], name: str = "scaled_squared_error", **kwargs: Any
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.scale = [float(s) for s in scale]
        if not all(s > 0 for s in self.scale):
            raise ValueError(f"`scale` must be above 0. Received: scale={self.scale}")

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> Any:
        """Computes the loss of each example, (batch,).

        Args:
            y_true: targets (batch,) or (batch, targets).
            y_pred: predictions (batch, targets).
        """
        actual: Any = ops.reshape(ops.cast(y_true, y_pred.dtype), ops.shape(y_pred))
        errors: Any = (actual - y_pred) / ops.convert_to_tensor(self.scale, y_pred.dtype)
        return ops.mean(ops.square(errors), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {**super().get_config(), "scale": self.scale}
