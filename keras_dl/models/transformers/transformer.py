"""The Transformer of 2017: an encoder reads a sequence, a decoder writes another one."""

from typing import Any

import keras
from keras import ops

from keras_dl.layers.sinusoidal_positions import SinusoidalPositions
from keras_dl.models._check import check_count, check_rate
from keras_dl.models.transformers._residual_parts import EPSILON, apply, create_block

__all__ = ["PADDING", "PUBLISHED", "transformer", "transformer_base", "transformer_big"]

PADDING = 0  # id of no token
PUBLISHED = {
    "transformer_base": {
        "trainable_parameters": 63_082_496,
        "arguments": {},
        "output_shapes": {"encoder6_contract": (None, 512), "logits": (None, 37_000)},
        "source": "37,000·512 shared by both sides and the logits, and 44,138,496 of the layers; "
        'table 3 has "65 million"',
    },
    "transformer_big": {
        "trainable_parameters": 214_245_376,
        "arguments": {},
        "output_shapes": {"encoder6_contract": (None, 1024), "logits": (None, 37_000)},
        "source": '37,000·1024 shared, and 176,357,376 of the layers; table 3 has "213 million"',
    },
}


def transformer(
    vocabulary_size: int,
    *,
    layers: int = 6,
    heads: int = 8,
    width: int = 512,
    hidden: int = 2048,
    dropout: float = 0.1,
    norm_first: bool = False,
    name: str = "transformer",
) -> keras.Model:
    """An encoder-decoder Transformer with one table of vectors for both sides and the logits.

    Args:
        vocabulary_size: number of different tokens of both sides, `PADDING` included.
        layers: blocks of the encoder, and of the decoder.
        heads: attention heads of each block; they divide `width`.
        width: length of the vectors, even.
        hidden: units between the two dense layers of a block.
        dropout: share dropped of vectors, attention weights, hidden units and branches while
            training, in [0, 1).
        norm_first: whether the inputs of each part are normalised, and the end of each side, or, as
            published, the sums after each part.
        name: name of the model.

    Returns:
        An uncompiled model from a dict of ids, "source" (batch, source time) and "target"
        (batch, time), int32, to float32 logits (batch, time, vocabulary_size); position t's are
        those of the token that follows target t. No position sees `PADDING` in the source or a
        later target.

    Raises:
        TypeError: if a size is not an integer or the rate not a number.
        ValueError: if a size is below its minimum, `heads` does not divide `width`, or the rate
            lies outside [0, 1).

    Reference:
        Vaswani et al., 2017, Attention Is All You Need, arXiv:1706.03762, sections 3 and 5.4.
        Xiong et al., 2020, On Layer Normalization in the Transformer Architecture,
        arXiv:2002.04745, for `norm_first`.
    """
    _check(vocabulary_size, layers, heads, width, hidden, dropout)
    ids = {side: keras.Input((None,), dtype="int32", name=side) for side in ("source", "target")}
    mask = ops.not_equal(ids["source"], PADDING)
    # The logits' product runs in float32 under mixed precision too.
    normal: Any = keras.initializers.RandomNormal(stddev=width**-0.5)
    table = keras.layers.ReversibleEmbedding(
        vocabulary_size,
        width,
        embeddings_initializer=normal,
        reverse_dtype="float32",
        name="tokens",
    )
    positions = SinusoidalPositions(name="positions")
    options = {"heads": heads, "width": width, "hidden": hidden, "dropout": dropout}
    ends, memory = [], None
    for side, tokens in (("encoder", ids["source"]), ("decoder", ids["target"])):
        x = keras.layers.Dropout(dropout, name=f"{side}_drop")(positions(table(tokens)))
        for number in range(1, layers + 1):
            block = create_block(side, number, **options)
            x = apply(block, x, memory, mask, norm_first=norm_first)
        if norm_first:
            x = keras.layers.LayerNormalization(epsilon=EPSILON, name=f"{side}_norm")(x)
        memory = x
        ends.append(x)
    head = keras.layers.Activation("linear", dtype="float32", name="logits")
    return keras.Model(ids, head(table(ends[1], reverse=True)), name=name)


def _check(
    vocabulary_size: int, layers: int, heads: int, width: int, hidden: int, dropout: float
) -> None:
    check_count("vocabulary_size", vocabulary_size, "one logit stands for each token", least=2)
    check_count("layers", layers, "it is the number of blocks of each side")
    check_count("heads", heads, "it is the number of attention heads of a block")
    check_count("width", width, "it is the length of the vectors", least=2)
    check_count("hidden", hidden, "it is the number of units between two dense layers")
    check_rate("dropout", dropout)
    if width % heads or width % 2:
        raise ValueError(
            "`width` must be even and a multiple of `heads`; positions have sines and cosines, and "
            f"each head gets an equal part. Received: heads={heads}, width={width}"
        )


def transformer_base(
    vocabulary_size: int = 37_000, *, name: str = "transformer_base"
) -> keras.Model:
    """The base model of table 3; see `transformer`."""
    return transformer(vocabulary_size, name=name)


def transformer_big(vocabulary_size: int = 37_000, *, name: str = "transformer_big") -> keras.Model:
    """The big model of table 3; see `transformer`."""
    return transformer(vocabulary_size, heads=16, width=1024, hidden=4096, dropout=0.3, name=name)
