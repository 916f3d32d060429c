"""Spectral normalization: kernels divided by their largest singular value."""

from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_count

__all__ = ["SpectralNormalization"]


@keras.saving.register_keras_serializable("keras_dl")
class SpectralNormalization(keras.layers.Wrapper):
    """Wraps a dense or convolutional layer to compute with W/σ(W), σ the largest singular value.

    σ is estimated by power iteration on the kernel as a matrix (inputs, units), one step per
    call in training. The gradient flows through the division, with the singular vectors as
    constants, as in the paper.

    `keras.layers.SpectralNormalization` overwrites the kernel with the normalized one in each call:
    the next optimizer step starts from there, and on JAX the assignment is lost.

    Args:
        layer: a layer with a `kernel` whose last axis is its units, such as Dense or Conv2D.
        power_iterations: steps of power iteration per call, at least 1.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if `power_iterations` is not an integer.
        ValueError: if it is below 1, or `layer` is not a layer.

    Reference:
        Miyato et al., 2018, Spectral Normalization for Generative Adversarial Networks,
        arXiv:1802.05957, eqs. 8 to 12 and algorithm 1.
    """

    def __init__(self, layer: keras.Layer, power_iterations: int = 1, **kwargs: Any) -> None:
        check_count("power_iterations", power_iterations, "it is the number of steps per call")
        super().__init__(layer, **kwargs)
        self.power_iterations = power_iterations

    def build(self, input_shape: tuple[int | None, ...] | None = None) -> None:
        """Creates the left singular vector, at random."""
        super().build(input_shape)
        units = self.layer.kernel.shape[-1]
        self.vector_u = self.add_weight(
            shape=(1, units), initializer="random_normal", trainable=False, name="vector_u"
        )
        self.built = True

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> Any:
        """Calls the layer with its kernel divided by σ."""
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
        # Constants: the gradient of σ by W is u vᵀ and does not depend on those of u and v.
        u, v = ops.stop_gradient(u), ops.stop_gradient(v)
        direction = _unit(u)
        sigma: Any = ops.sum(ops.matmul(v, matrix) * direction)
        weights = [
            ops.divide(kernel, ops.where(ops.equal(sigma, 0.0), 1.0, sigma))
            if variable is self.layer.kernel
            else variable.value
            for variable in self.layer.trainable_variables
        ]
        outputs: Any = self.layer.stateless_call(weights, [], inputs)
        return outputs[0]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the output shape of the layer."""
        return self.layer.compute_output_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "power_iterations": self.power_iterations}


def _unit(vector: Any) -> Any:
    norm = ops.sqrt(ops.sum(ops.square(vector)))
    return vector / ops.maximum(norm, 1e-12)
