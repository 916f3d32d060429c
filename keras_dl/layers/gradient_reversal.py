"""A layer that passes its input on and turns the gradient round."""

from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_real

__all__ = ["GradientReversal"]


@keras.saving.register_keras_serializable("keras_dl")
class GradientReversal(keras.layers.Layer):
    """The identity forward; backward, the gradient times -λ.

    What lies behind it descends its loss, what lies before it ascends the same loss. λ < 0 passes
    the gradient on as it is, |λ| times; λ = 0 cuts it off.

    Computed as x̄ - λ·(x - x̄), x̄ the input as a constant: that is (1 + λ)·x̄ - λ·x, but exactly x
    in floating point.

    Args:
        strength: λ at the start. It is a variable, `layer.strength`: assign to it to follow a
            schedule, also within a compiled step.
        **kwargs: `name` and `dtype` of `keras.layers.Layer`.

    Raises:
        TypeError: if `strength` is not a number.

    Reference:
        Ganin et al., 2016, Domain-Adversarial Training of Neural Networks, Journal of Machine
        Learning Research 17, eqs. 16 and 17.

    Example:
        >>> keras.ops.convert_to_numpy(GradientReversal(0.5)(np.array([1.0, -2.0])))
        array([ 1., -2.], dtype=float32)
    """

    def __init__(self, strength: float = 1.0, **kwargs: Any) -> None:
        check_real("strength", strength, "it multiplies the reversed gradient")
        super().__init__(**kwargs)
        self._start = float(strength)
        self.strength = self.add_weight(
            shape=(),
            initializer=keras.initializers.Constant(self._start),
            trainable=False,
            dtype="float32",
            name="strength",
        )

    def build(self, input_shape: Any) -> None:
        """The strength is there from the start."""
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Give the inputs."""
        constant = ops.stop_gradient(inputs)
        # A product, as it is a copy: torch refuses a gradient through a value that has been
        # assigned to since, which a schedule may do between forward and backward.
        strength: Any = ops.cast(ops.multiply(self.strength, 1.0), inputs.dtype)
        return constant - strength * (inputs - constant)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "strength": self._start}
