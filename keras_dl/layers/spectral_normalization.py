"""Layers whose weights are divided by their largest singular value."""

from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_count

__all__ = ["SpectralNormalization"]


@keras.saving.register_keras_serializable("keras_dl")
class SpectralNormalization(keras.layers.Wrapper):
    """A dense or convolutional layer that computes with W/σ(W), σ the largest singular value.

    σ is estimated by power iteration on the kernel as a matrix (inputs, units), one step a call
    while training. The gradient goes through the division, with the singular vectors as constants,
    as in the paper.

    Keras' own layer of that name overwrites the kernel with the normalised one while it is called:
    the step that follows then starts from there, and on JAX the overwriting is lost.

    Args:
        layer: with a `kernel` whose last axis counts its units, such as Dense or Conv2D.
        power_iterations: steps a call.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if `power_iterations` is not an integer.
        ValueError: if it is below 1, or `layer` no layer.

    Reference:
        Miyato et al., 2018, Spectral Normalization for Generative Adversarial Networks,
        arXiv:1802.05957, eqs. 8 to 12 and algorithm 1.
    """

    def __init__(self, layer: Any, power_iterations: int = 1, **kwargs: Any) -> None:
        check_count("power_iterations", power_iterations, "each brings σ closer")
        super().__init__(layer, **kwargs)
        self.power_iterations = power_iterations

    def build(self, input_shape: Any = None) -> None:
        """Makes the left singular vector, at random."""
        super().build(input_shape)
        units = self.layer.kernel.shape[-1]
        self.vector_u = self.add_weight(
            shape=(1, units), initializer="random_normal", trainable=False, name="vector_u"
        )
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Call the layer with its kernel divided by σ."""
        kernel: Any = ops.convert_to_tensor(self.layer.kernel)
        matrix: Any = ops.reshape(kernel, (-1, kernel.shape[-1]))
        constant: Any = ops.stop_gradient(matrix)
        u: Any = ops.convert_to_tensor(self.vector_u)
        u = ops.cast(u, matrix.dtype)
        v = _unit(ops.matmul(u, ops.transpose(constant)))
        if training:
            for _ in range(self.power_iterations):
                v = _unit(ops.matmul(u, ops.transpose(constant)))
                u = _unit(ops.matmul(v, constant))
            self.vector_u.assign(ops.cast(u, self.vector_u.dtype))
        # Constants: the slope of σ by W is u vᵀ, whatever the slopes of u and v.
        u, v = ops.stop_gradient(u), ops.stop_gradient(v)
        along = _unit(u)
        sigma: Any = ops.sum(ops.matmul(v, matrix) * along)
        weights = [
            ops.divide(kernel, ops.where(ops.equal(sigma, 0.0), 1.0, sigma))
            if variable is self.layer.kernel
            else variable.value
            for variable in self.layer.trainable_variables
        ]
        outputs: Any = self.layer.stateless_call(weights, [], inputs)
        return outputs[0]

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Give the layer's own."""
        return self.layer.compute_output_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "power_iterations": self.power_iterations}


def _unit(vector: Any) -> Any:
    length = ops.sqrt(ops.sum(ops.square(vector)))
    return vector / ops.maximum(length, 1e-12)
