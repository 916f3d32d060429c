"""Optimizers that clip by the norm of whole gradients on every backend.

On TensorFlow the gradient of an embedding lists a row for each occurrence of a token. Keras'
`global_clipnorm` takes the norm of that list, which is not that of the sum over occurrences.
"""

from typing import Any

import keras
from keras import ops

__all__ = ["DenseAdam", "DenseAdamW", "DenseRMSprop", "DenseSGD"]


class DenseGradients:
    """The sum of rows in front of an optimizer, its next class in the order of resolution."""

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """Updates the weights.

        Args:
            grads: one gradient for each variable, or None.
            trainable_variables: the variables, needed only before the optimizer is built.
        """
        following: Any = super()
        following.apply([_summed(gradient) for gradient in grads], trainable_variables)


def _summed(gradient: Any) -> Any:
    if not hasattr(gradient, "indices"):
        return gradient
    # The sum with a dense tensor is dense; `ops.convert_to_tensor` leaves the list as it is.
    return ops.add(gradient, ops.zeros(gradient.shape, gradient.dtype))


@keras.saving.register_keras_serializable("keras_dl")
class DenseSGD(DenseGradients, keras.optimizers.SGD):
    """`keras.optimizers.SGD` with summed gradients."""


@keras.saving.register_keras_serializable("keras_dl")
class DenseAdam(DenseGradients, keras.optimizers.Adam):
    """`keras.optimizers.Adam` with summed gradients."""


@keras.saving.register_keras_serializable("keras_dl")
class DenseAdamW(DenseGradients, keras.optimizers.AdamW):
    """`keras.optimizers.AdamW` with summed gradients."""


@keras.saving.register_keras_serializable("keras_dl")
class DenseRMSprop(DenseGradients, keras.optimizers.RMSprop):
    """`keras.optimizers.RMSprop` with summed gradients."""
