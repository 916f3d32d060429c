"""Batch normalization in plain operations, to read and to compare with the lecture's formula."""

from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_real

__all__ = ["PlainBatchNormalization"]


@keras.saving.register_keras_serializable("keras_dl")
class PlainBatchNormalization(keras.layers.Layer):
    """Normalizes each feature over the batch, then scales and shifts it: y = γ·(x − μ)/σ + β.

    In training, μ = 1/m Σ x and σ² = ε + 1/m Σ (x − μ)², over the m values of a feature in the
    batch (for images, over all pixels too). At inference, moving averages replace both.
    Equal to `keras.layers.BatchNormalization`, which is faster and has more options.

    A widespread slide omits the 1/m of the variance. `literal=True` computes that formula: σ is
    then √m times too large, and a normalized feature has standard deviation 1/√m instead of 1; γ
    can compensate for one batch size only.

    Args:
        epsilon: ε, added to the variance inside the root.
        momentum: share of the old moving averages in a step, in [0, 1).
        scale_and_offset: whether to train γ and β; the slide has neither.
        literal: whether to omit the 1/m of the variance, as the slide does.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if `epsilon` or `momentum` is not a number.
        ValueError: if `epsilon` is not positive or `momentum` outside [0, 1).

    Reference:
        Ioffe and Szegedy, 2015, Batch normalization, arXiv:1502.03167, algorithm 1.
        Goodfellow, Bengio and Courville, 2016, Deep learning, section 8.7.1, for ε = 1e-8.
    """

    def __init__(
        self,
        epsilon: float = 1e-8,
        momentum: float = 0.99,
        scale_and_offset: bool = True,
        literal: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_real("epsilon", epsilon, "it bounds the root away from 0")
        check_real("momentum", momentum, "it is the share of the old moving averages in a step")
        if not epsilon > 0:
            raise ValueError(
                "`epsilon` must be positive; it bounds the root away from 0. "
                f"Received: epsilon={epsilon}"
            )
        if not 0 <= momentum < 1:
            raise ValueError(
                "`momentum` must lie in [0, 1); it is the share of the old moving averages in a "
                f"step. Received: momentum={momentum}"
            )
        self.epsilon = epsilon
        self.momentum = momentum
        self.scale_and_offset = scale_and_offset
        self.literal = literal

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates γ and β, and the moving averages."""
        shape = (input_shape[-1],)
        if self.scale_and_offset:
            self.gamma = self.add_weight(shape=shape, initializer="ones", name="gamma")
            self.beta = self.add_weight(shape=shape, initializer="zeros", name="beta")
        self.moving_mean = self.add_weight(
            shape=shape, initializer="zeros", trainable=False, autocast=False, name="moving_mean"
        )
        self.moving_variance = self.add_weight(
            shape=shape, initializer="ones", trainable=False, autocast=False, name="moving_variance"
        )
        self.input_spec = keras.layers.InputSpec(ndim=len(input_shape), axes={-1: shape[0]})

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> Any:
        """Normalizes inputs of shape (batch, …, features)."""
        x: Any = ops.cast(inputs, "float32")  # sums over the batch lose digits in half precision
        mean, variance = self.moving_mean.value, self.moving_variance.value
        if training:
            mean, variance = self._statistics(x)
            for average, current in ((self.moving_mean, mean), (self.moving_variance, variance)):
                average.assign(self.momentum * average + (1 - self.momentum) * current)
        x = (x - mean) / ops.sqrt(variance + self.epsilon)
        if self.scale_and_offset:
            x = x * ops.cast(self.gamma, "float32") + ops.cast(self.beta, "float32")
        return ops.cast(x, self.compute_dtype)

    def _statistics(self, x: keras.KerasTensor) -> tuple[Any, Any]:
        axes = tuple(range(len(x.shape) - 1))
        mean = ops.mean(x, axis=axes)
        squares = ops.square(x - mean)
        reduce = ops.sum if self.literal else ops.mean
        return mean, reduce(squares, axis=axes)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape of the inputs."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        settings = {
            "epsilon": self.epsilon,
            "momentum": self.momentum,
            "scale_and_offset": self.scale_and_offset,
            "literal": self.literal,
        }
        return {**super().get_config(), **settings}
