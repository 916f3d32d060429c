"""Decoder-only Transformers: GPT-2's architecture, by default in the smallest form of nanoGPT."""

import keras

from keras_dl.layers.position_embedding import PositionEmbedding
from keras_dl.models._blocks import drop
from keras_dl.models._check import ACTIVATIONS, check_choice, check_count, check_rate
from keras_dl.models.transformers._blocks import decoder_block, normal, normalise

__all__ = ["GPT2_SIZES", "GPT3_SIZES", "PUBLISHED", "gpt", "gpt2"]

GPT2_SIZES = {  # layers, heads, width
    "small": (12, 12, 768),
    "medium": (24, 16, 1024),
    "large": (36, 20, 1280),
    "xl": (48, 25, 1600),
}
# Brown et al. 2020, table 2.1, without its XL, whose 24 heads of 128 do not make its width of 2048,
# and 13B, whose width of 5140 is not that of 40 heads of 128.
GPT3_SIZES = {
    "small": (12, 12, 768),
    "medium": (24, 16, 1024),
    "large": (24, 16, 1536),
    "2.7b": (32, 32, 2560),
    "6.7b": (32, 32, 4096),
    "175b": (96, 96, 12_288),
}

PUBLISHED = {
    "gpt": {
        "trainable_parameters": 804_096,
        "arguments": {"vocabulary_size": 65, "context": 64},
        "output_shapes": {
            "tokens": (64, 128),
            "block1_expand": (64, 512),
            "block4_add2": (64, 128),
            "logits": (64, 65),
        },
        "source": "65·128 + 64·128 + 4·(12·128² + 2·128) + 128: nanoGPT's setting for a CPU, "
        "without biases and with the logits' matrix tied to the tokens' vectors",
    },
    "gpt2": {
        "trainable_parameters": 124_439_808,
        "arguments": {},
        "output_shapes": {"tokens": (1024, 768), "logits": (1024, 50_257)},
        "source": "presets of keras-hub; 50,257·768 + 1024·768 + 12·(12·768² + 13·768) + 2·768",
    },
}


def gpt(
    vocabulary_size: int,
    context: int,
    *,
    layers: int = 4,
    heads: int = 4,
    width: int = 128,
    dropout: float = 0.0,
    use_bias: bool = False,
    tied: bool = True,
    activation: str = "gelu",
    name: str = "gpt",
) -> keras.Model:
    """A decoder-only Transformer with pre-normalisation and learned positions.

    Weights start from N(0, 0.02²), the projections onto the residual stream smaller by √(2·layers).
    `gpt2` makes GPT-2; `GPT3_SIZES` has layers, heads and width of GPT-3, with a context of 2048.

    Args:
        vocabulary_size: number of different tokens, at least 2.
        context: number of tokens that the model sees.
        layers: number of blocks.
        heads: attention heads of each block; they divide `width`.
        width: length of the vectors of the residual stream.
        dropout: share dropped of embeddings, attention weights and residual branches while
            training, in [0, 1).
        use_bias: whether dense layers and normalisations have biases; GPT-2's have.
        tied: whether the logits use the matrix of the tokens' vectors or one of their own.
        activation: name of the blocks' activation, one of `keras_dl.activations.ACTIVATIONS`;
            GPT-2's is "tanh_gelu".
        name: name of the model.

    Returns:
        An uncompiled model from token ids (batch, context) int32 to float32 logits
        (batch, context, vocabulary_size); position t's are those of token t + 1.

    Raises:
        TypeError: if a size is not an integer or the rate not a number.
        ValueError: if a size is below its minimum, `heads` does not divide `width`, or the rate
            lies outside [0, 1).

    Reference:
        Radford et al., 2019, Language Models are Unsupervised Multitask Learners, section 2.3.
        Karpathy, 2022, nanoGPT, for the sizes and for leaving out the biases.
    """
    _check(vocabulary_size, context, layers, heads, width, dropout)
    check_choice("activation", activation, ACTIVATIONS)
    inputs = keras.Input((context,), dtype="int32", name="ids")
    # The logits' product runs in float32 under mixed precision too.
    tokens = keras.layers.ReversibleEmbedding(
        vocabulary_size,
        width,
        embeddings_initializer=normal(),
        reverse_dtype="float32",
        name="tokens",
    )
    positions = PositionEmbedding(context, embeddings_initializer=normal(), name="positions")
    x = drop(positions(tokens(inputs)), "positions", dropout)
    options = {"heads": heads, "layers": layers, "dropout": dropout, "use_bias": use_bias}
    options["activation"] = activation
    for number in range(1, layers + 1):
        x = decoder_block(x, f"block{number}", **options)
    x = normalise(x, "norm", use_bias=use_bias)
    if tied:
        head = keras.layers.Activation("linear", dtype="float32", name="logits")
        return keras.Model(inputs, head(tokens(x, reverse=True)), name=name)
    head = keras.layers.Dense(
        vocabulary_size, use_bias=False, kernel_initializer=normal(), dtype="float32", name="logits"
    )
    return keras.Model(inputs, head(x), name=name)


def gpt2(
    vocabulary_size: int = 50_257,
    context: int = 1024,
    *,
    size: str = "small",
    dropout: float = 0.1,
    name: str = "gpt2",
) -> keras.Model:
    """GPT-2: `gpt` with biases, tied logits and GELU approximated by a tanh.

    Args:
        vocabulary_size: number of different tokens, at least 2.
        context: number of tokens that the model sees.
        size: "small", "medium", "large" or "xl"; 124,439,808, 354,823,168, 774,030,080 and
            1,557,611,200 parameters with the default vocabulary and context.
        dropout: share dropped of embeddings, attention weights and residual branches while
            training, in [0, 1).
        name: name of the model.

    Returns:
        An uncompiled model from token ids (batch, context) int32 to float32 logits
        (batch, context, vocabulary_size).

    Raises:
        ValueError: if `size` is none of those, or as `gpt` does.

    Reference:
        Radford et al., 2019, Language Models are Unsupervised Multitask Learners, table 2.
    """
    check_choice("size", size, GPT2_SIZES)
    layers, heads, width = GPT2_SIZES[size]
    return gpt(
        vocabulary_size,
        context,
        layers=layers,
        heads=heads,
        width=width,
        dropout=dropout,
        use_bias=True,
        activation="tanh_gelu",
        name=name,
    )


def _check(
    vocabulary_size: int, context: int, layers: int, heads: int, width: int, dropout: float
) -> None:
    check_count("vocabulary_size", vocabulary_size, "one logit stands for each token", least=2)
    check_count("context", context, "it is the number of tokens that the model sees")
    check_count("layers", layers, "it is the number of blocks")
    check_count("heads", heads, "it is the number of attention heads of a block")
    check_count("width", width, "it is the length of the residual stream's vectors")
    check_rate("dropout", dropout)
    if width % heads:
        raise ValueError(
            "`heads` must divide `width`; each head gets an equal part of it. "
            f"Received: heads={heads}, width={width}"
        )
