"""Gradient reversal: the identity in the forward pass, a negated gradient in the backward pass."""

from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_real

__all__ = ["GradientReversal"]


@keras.saving.register_keras_serializable("keras_dl")
class GradientReversal(keras.layers.Layer):
    """The identity in the forward pass; in the backward pass, the gradient times -λ.

    Layers after it descend the loss, layers before it ascend the same loss. λ < 0 multiplies the
    gradient by |λ| without reversing it; λ = 0 stops it.

    Computed as x̄ - λ·(x - x̄), x̄ the input as a constant: that is (1 + λ)·x̄ - λ·x, but exactly x
    in floating point.

    Args:
        strength: initial λ. It is a variable, `layer.strength`, to which a schedule may assign,
            also within a compiled step.
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

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Marks the layer as built: `strength` exists from the start."""
        self.built = True

    def call(self, inputs: keras.KerasTensor) -> Any:
        """Returns the inputs, (batch, …)."""
        constant = ops.stop_gradient(inputs)
        # The product copies: torch refuses a gradient through a value that was assigned to since,
        # which a schedule may do between the forward and the backward pass.
        strength: Any = ops.cast(ops.multiply(self.strength, 1.0), inputs.dtype)
        return constant - strength * (inputs - constant)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape of the inputs."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "strength": self._start}
