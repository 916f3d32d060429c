"""Residual blocks of Transformers, as functions of a tensor: decoder-only and encoder-only."""

import math
from functools import partial
from typing import Any

import keras

from keras_dl.activations import get_activation
from keras_dl.layers.causal_self_attention import CausalSelfAttention
from keras_dl.models._blocks import drop

__all__ = ["decoder_block", "encoder_block", "normal", "normalise"]

STDDEV = 0.02  # of all weights of GPT and GPT-2
EPSILON = 1e-5  # of GPT-2's layer normalisation; Keras has 1e-3


def normal(scale: float = 1.0) -> Any:
    """A fresh initializer N(0, (0.02·scale)²); one that two layers share draws the same values."""
    return keras.initializers.RandomNormal(stddev=STDDEV * scale)


def normalise(x: keras.KerasTensor, name: str, *, use_bias: bool) -> keras.KerasTensor:
    """Layer normalisation with GPT-2's epsilon; without an offset where there are no biases."""
    return keras.layers.LayerNormalization(epsilon=EPSILON, center=use_bias, name=name)(x)


def decoder_block(
    x: keras.KerasTensor,
    name: str,
    *,
    heads: int,
    layers: int,
    dropout: float,
    use_bias: bool,
    activation: str,
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
        activation: name of the perceptron's activation.

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
    hidden = get_activation(activation)
    y = dense(4 * width, hidden, kernel_initializer=normal(), name=f"{name}_expand")(y)
    y = dense(width, kernel_initializer=normal(residual), name=f"{name}_contract")(y)
    return keras.layers.Add(name=f"{name}_add2")([x, drop(y, f"{name}_contract", dropout)])


def encoder_block(
    x: keras.KerasTensor, mask: Any, name: str, *, heads: int, dropout: float, epsilon: float
) -> keras.KerasTensor:
    """Adds self-attention and a two-layer perceptron, and normalises after each, as BERT does.

    Args:
        x: (batch, time, width).
        mask: True where a position may be attended to, (batch, 1, time).
        name: prefix of the layers' names.
        heads: number of attention heads.
        dropout: share of attention weights and of each residual branch dropped while training.
        epsilon: of the layer normalisation.

    Returns:
        (batch, time, width).
    """
    width = x.shape[-1]
    normalisation = partial(keras.layers.LayerNormalization, epsilon=epsilon)
    # "gelu" is the exact one, x·Φ(x).
    y = keras.layers.MultiHeadAttention(
        heads,
        width // heads,
        dropout=dropout,
        kernel_initializer=normal(),
        name=f"{name}_attention",
    )(x, x, attention_mask=mask)
    x = keras.layers.Add(name=f"{name}_add1")([x, drop(y, f"{name}_attention", dropout)])
    x = normalisation(name=f"{name}_norm1")(x)
    y = keras.layers.Dense(4 * width, "gelu", kernel_initializer=normal(), name=f"{name}_expand")(x)
    y = keras.layers.Dense(width, kernel_initializer=normal(), name=f"{name}_contract")(y)
    x = keras.layers.Add(name=f"{name}_add2")([x, drop(y, f"{name}_contract", dropout)])
    return normalisation(name=f"{name}_norm2")(x)
