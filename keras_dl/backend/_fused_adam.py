"""A step of Adam as one operation a variable on TensorFlow, where Keras composes it of ten."""

import importlib
from typing import Any

import keras

__all__ = ["update_step"]

_update_step = keras.optimizers.Adam.update_step


def update_step(optimizer: Any, gradient: Any, variable: Any, learning_rate: Any) -> None:
    """`Adam.update_step`, in one operation where there is one.

    AMSGrad, gradients of embeddings with rows alone, other types than float32, several devices and
    subclasses other than AdamW are left to Keras.

    Args:
        optimizer: the optimizer; its averages are updated too.
        gradient: of the loss with respect to `variable`.
        variable: is updated.
        learning_rate: scalar.
    """
    tf = importlib.import_module("tensorflow")
    own = type(optimizer) in (keras.optimizers.Adam, keras.optimizers.AdamW)
    dense = isinstance(gradient, tf.Tensor) and gradient.dtype == variable.dtype == tf.float32
    if not own or optimizer.amsgrad or not dense or tf.distribute.has_strategy():
        _update_step(optimizer, gradient, variable, learning_rate)
        return
    index = optimizer._get_variable_index(variable)
    step = keras.ops.cast(optimizer.iterations + 1, "float32")
    beta_1, beta_2 = (tf.constant(b, tf.float32) for b in (optimizer.beta_1, optimizer.beta_2))
    tf.raw_ops.ResourceApplyAdam(
        var=variable.handle,
        m=optimizer._momentums[index].value.handle,
        v=optimizer._velocities[index].value.handle,
        beta1_power=beta_1**step,
        beta2_power=beta_2**step,
        lr=keras.ops.cast(learning_rate, "float32"),
        beta1=beta_1,
        beta2=beta_2,
        epsilon=optimizer.epsilon,
        grad=gradient,
    )
