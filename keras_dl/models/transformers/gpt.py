"""Decoder-only Transformers: GPT-2's architecture, by default in the smallest form of nanoGPT."""

import keras

from keras_dl.layers.position_embedding import PositionEmbedding
from keras_dl.models._blocks import drop
from keras_dl.models._check import check_count, check_rate
from keras_dl.models.transformers._blocks import decoder_block, normal, normalise

__all__ = ["PUBLISHED", "gpt"]

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
    name: str = "gpt",
) -> keras.Model:
    """A decoder-only Transformer with pre-normalisation and learned positions.

    Weights start from N(0, 0.02²), the projections onto the residual stream smaller by √(2·layers).
    GPT-2 (124,439,808 parameters) is `gpt(50_257, 1024, layers=12, heads=12, width=768,
    use_bias=True)`.

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
