"""A trainable scalar that opens a residual branch."""

import sys
from typing import Any

import keras
from keras import ops

__all__ = ["SkipGain"]

# Keras builds, saves and loads a graph by recursion over its depth, and nets of this layer are up
# to 1,800 layers deep; Python's limit of 1,000 calls would refuse them.
sys.setrecursionlimit(max(sys.getrecursionlimit(), 10_000))


@keras.saving.register_keras_serializable("keras_dl")
class SkipGain(keras.layers.Layer):
    """Multiplies by a fixed factor and by one trainable number, which starts at 0.

    At the end of each residual branch it makes the net an identity at first.

    Args:
        factor: the fixed factor, α in the papers.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Reference:
        De and Smith, 2020, Batch Normalization Biases Residual Blocks Towards the Identity Function
        in Deep Networks, arXiv:2002.10444, section 4 ("SkipInit"); Brock et al., 2021,
        arXiv:2102.06171, for α.
    """

    def __init__(self, factor: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.factor = factor

    def build(self, input_shape: Any) -> None:
        """Creates the gain."""
        self.gain = self.add_weight(shape=(), initializer="zeros", name="gain")

    def call(self, inputs: keras.KerasTensor) -> Any:
        """Multiplies a tensor of any shape."""
        gain: Any = ops.cast(self.gain, inputs.dtype)
        return inputs * (self.factor * gain)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape of the inputs."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "factor": self.factor}
