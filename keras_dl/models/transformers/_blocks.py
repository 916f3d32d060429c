"""The pre-norm residual block of a decoder-only Transformer, as a function of a tensor."""

import math
from functools import partial
from typing import Any

import keras

from keras_dl.layers.causal_self_attention import CausalSelfAttention
from keras_dl.models._blocks import drop

__all__ = ["decoder_block", "normal", "normalise"]

STDDEV = 0.02  # of all weights of GPT and GPT-2
EPSILON = 1e-5  # of GPT-2's layer normalisation; Keras has 1e-3


def normal(scale: float = 1.0) -> Any:
    """A fresh initializer N(0, (0.02·scale)²); one that two layers share draws the same values."""
    return keras.initializers.RandomNormal(stddev=STDDEV * scale)


def normalise(x: keras.KerasTensor, name: str, *, use_bias: bool) -> keras.KerasTensor:
    """Layer normalisation with GPT-2's epsilon; without an offset where there are no biases."""
    return keras.layers.LayerNormalization(epsilon=EPSILON, center=use_bias, name=name)(x)


def decoder_block(
    x: keras.KerasTensor, name: str, *, heads: int, layers: int, dropout: float, use_bias: bool
) -> keras.KerasTensor:
    """Adds causal self-attention and a two-layer perceptron, each on normalised inputs.

    Args:
        x: (batch, time, width).
        name: prefix of the layers' names.
        heads: number of attention heads.
        layers: number of blocks of the net. The two projections onto the residual stream start
            smaller by √(2·layers), so that its variance does not grow with depth.
        dropout: share of attention weights and of each residual branch dropped while training.
        use_bias: whether dense layers and normalisations have biases.

    Returns:
        (batch, time, width).
    """
    width, residual = x.shape[-1], 1 / math.sqrt(2 * layers)
    dense = partial(keras.layers.Dense, use_bias=use_bias)
    y = normalise(x, f"{name}_norm1", use_bias=use_bias)
    y = CausalSelfAttention(
        heads,
        dropout=dropout,
        use_bias=use_bias,
        kernel_initializer=normal(),
        projection_initializer=normal(residual),
        name=f"{name}_attention",
    )(y)
    x = keras.layers.Add(name=f"{name}_add1")([x, drop(y, f"{name}_attention", dropout)])
    y = normalise(x, f"{name}_norm2", use_bias=use_bias)
    y = dense(4 * width, "gelu", kernel_initializer=normal(), name=f"{name}_expand")(y)
    y = dense(width, kernel_initializer=normal(residual), name=f"{name}_contract")(y)
    return keras.layers.Add(name=f"{name}_add2")([x, drop(y, f"{name}_contract", dropout)])
