"""Batch normalization as one operation on TensorFlow, where Keras composes it of a dozen."""

import importlib
from typing import Any

import keras

__all__ = ["call"]

DTYPES = ("float32", "bfloat16", "float16")  # of the inputs; scale and statistics are float32
_call = keras.layers.BatchNormalization.call


def call(layer: Any, inputs: Any, training: Any = None, mask: Any = None) -> Any:
    """`BatchNormalization.call`, in one operation where there is one.

    Other inputs than (batch, height, width, channels), masks, renormalization, synchronized
    statistics, float64 and subclasses are left to Keras.

    Args:
        layer: the layer.
        inputs: tensor.
        training: whether the statistics are those of the batch.
        mask: of the inputs, or None.

    Returns:
        The normalized inputs.
    """
    images = len(inputs.shape) == 4 and layer.axis in (-1, 3)
    own = type(layer) is keras.layers.BatchNormalization
    further = mask is not None or layer.renorm or layer.synchronized
    dtype = keras.backend.standardize_dtype(inputs.dtype)
    if own and images and not further and dtype in DTYPES and dtype == layer.compute_dtype:
        return _normalize(layer, inputs, bool(training) and layer.trainable)
    return _call(layer, inputs, training=training, mask=mask)


def _normalize(layer: Any, x: Any, learns: bool) -> Any:
    """The operation, and in training the moving averages."""
    tf = importlib.import_module("tensorflow")
    average, spread = (
        keras.ops.cast(v, "float32") for v in (layer.moving_mean, layer.moving_variance)
    )
    scale = keras.ops.cast(layer.gamma, "float32") if layer.scale else tf.ones_like(average)
    offset = keras.ops.cast(layer.beta, "float32") if layer.center else tf.zeros_like(average)
    unused = tf.constant([], tf.float32)
    y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=x,
        scale=scale,
        offset=offset,
        mean=unused if learns else average,
        variance=unused if learns else spread,
        epsilon=layer.epsilon,
        is_training=learns,
    )
    if learns:
        # The operation's variance is unbiased, Keras averages the biased one.
        count = tf.cast(tf.size(x) // tf.shape(x)[-1], tf.float32)
        variance *= (count - 1) / count
        kept = layer.momentum
        layer.moving_mean.assign(average * kept + mean * (1 - kept))
        layer.moving_variance.assign(spread * kept + variance * (1 - kept))
    return y
