"""The residual parts of an encoder-decoder Transformer: layers made once, applied to any tensors.

A net is built by applying them to symbolic tensors; a decoder that keeps keys and values applies
the same layers, found by their names, to one token at a time.
"""

from collections.abc import Callable
from typing import Any

import keras

from keras_dl.layers.masked_attention import MaskedAttention

__all__ = ["ATTENTIONS", "apply", "apply_block", "create_block"]

EPSILON = 1e-5  # of PyTorch's layer normalisation; Keras has 1e-3
# Names of the attentions of a block, by the side of the net.
ATTENTIONS = {"encoder": ("attention",), "decoder": ("attention", "memory_attention")}

Apply = Callable[..., Any]


def create_block(
    side: str, number: int, *, heads: int, width: int, hidden: int, dropout: float
) -> dict[str, keras.layers.Layer]:
    """Creates the layers of a block, by their names without the block's.

    Args:
        side: "encoder" or "decoder".
        number: of the block, from 1.
        heads: attention heads.
        width: of the residual stream.
        hidden: units between the two dense layers.
        dropout: share of attention weights, hidden units and branches dropped.
    """
    prefix = f"{side}{number}"
    layers: dict[str, keras.layers.Layer] = {}
    for name in ATTENTIONS[side]:
        causal = side == "decoder" and name == "attention"
        layers[name] = MaskedAttention(
            heads, causal=causal, dropout=dropout, name=f"{prefix}_{name}"
        )
    layers["expand"] = keras.layers.Dense(hidden, "relu", name=f"{prefix}_expand")
    layers["drop_hidden"] = keras.layers.Dropout(dropout, name=f"{prefix}_drop_hidden")
    layers["contract"] = keras.layers.Dense(width, name=f"{prefix}_contract")
    for name in (*ATTENTIONS[side], "contract"):
        norm = keras.layers.LayerNormalization(epsilon=EPSILON, name=f"{prefix}_{name}_norm")
        layers[f"{name}_norm"] = norm
        layers[f"{name}_drop"] = keras.layers.Dropout(dropout, name=f"{prefix}_{name}_drop")
    return layers


def apply_block(
    layers: dict[str, Any], x: Any, attend: dict[str, Apply], *, norm_first: bool
) -> Any:
    """Applies a block to a residual stream.

    Args:
        layers: as of `create_block`.
        x: (batch, time, width).
        attend: for each attention of the block a function from its inputs to its outputs.
        norm_first: whether the inputs of each part are normalised, or the sums after it.
    """

    def perceptron(y: Any) -> Any:
        return layers["contract"](layers["drop_hidden"](layers["expand"](y)))

    for name, part in {**attend, "contract": perceptron}.items():
        norm, drop = layers[f"{name}_norm"], layers[f"{name}_drop"]
        x = x + drop(part(norm(x))) if norm_first else norm(x + drop(part(x)))
    return x


def apply(layers: dict[str, Any], x: Any, memory: Any, mask: Any, *, norm_first: bool) -> Any:
    """Applies a block to whole sequences.

    Args:
        layers: as of `create_block`.
        x: (batch, time, width).
        memory: what `memory_attention` reads; None for a block of the encoder.
        mask: (batch, source time), True at tokens; of the encoder's own, or of the memory.
        norm_first: see `apply_block`.
    """

    def itself(y: Any) -> Any:
        own: Any = layers["attention"]
        return own(y, y, mask) if memory is None else own(y, y)

    attend: dict[str, Apply] = {"attention": itself}
    if memory is not None:
        attend["memory_attention"] = lambda y: layers["memory_attention"](y, memory, mask)
    return apply_block(layers, x, attend, norm_first=norm_first)
