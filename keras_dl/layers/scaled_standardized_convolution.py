"""Convolution with scaled weight standardization, as in normalizer-free nets."""

from typing import Any

import keras
from keras import ops

__all__ = ["ScaledStandardizedConv2D"]


@keras.saving.register_keras_serializable("keras_dl")
class ScaledStandardizedConv2D(keras.layers.Conv2D):
    """A 2-D convolution whose kernels have mean 0 and a norm that is a trainable gain.

    Computes with Ŵ = g·(W − μ)/√max(n·σ², ε) for each filter, where n is the number of its inputs,
    μ and σ² are mean and variance of its n weights, and g starts at 1. Inputs of mean 0 and
    variance 1 then have outputs of variance 1.

    Args:
        filters: number of filters.
        kernel_size: height and width of the kernels, one integer or two.
        epsilon: ε, lower bound of n·σ².
        **kwargs: the other arguments of `keras.layers.Conv2D`.

    Reference:
        Brock, De, Smith and Simonyan, 2021, High-Performance Large-Scale Image Recognition Without
        Normalization, arXiv:2102.06171, equation 1; the lower bound: the authors' code.
    """

    def __init__(
        self, filters: int, kernel_size: Any, *, epsilon: float = 1e-4, **kwargs: Any
    ) -> None:
        super().__init__(filters, kernel_size, **kwargs)
        self.epsilon = epsilon

    def build(self, input_shape: Any) -> None:
        """Creates kernels, biases and gains."""
        super().build(input_shape)
        self.gain = self.add_weight(shape=(self.filters,), initializer="ones", name="gain")

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Convolves with the standardized kernels."""
        return super().convolution_op(inputs, self.standardized(kernel))

    def standardized(self, kernel: Any) -> Any:
        """Returns Ŵ for kernels W, both (height, width, channels, filters)."""
        weights: Any = ops.convert_to_tensor(kernel)
        axes = (0, 1, 2)
        centred: Any = weights - ops.mean(weights, axis=axes, keepdims=True)
        squares: Any = ops.sum(ops.square(centred), axis=axes, keepdims=True)  # n·σ²
        gain: Any = ops.cast(self.gain, weights.dtype)
        return centred * ops.rsqrt(ops.maximum(squares, self.epsilon)) * gain

    def save_own_variables(self, store: Any) -> None:
        """Saves kernels, biases and gains."""
        super().save_own_variables(store)  # of kernels and biases only
        store[str(1 + self.use_bias)] = self.gain

    def load_own_variables(self, store: Any) -> None:
        """Loads the result of `save_own_variables`."""
        super().load_own_variables(store)
        self.gain.assign(store[str(1 + self.use_bias)])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "epsilon": self.epsilon}
