"""Reading of pages: a convolutional encoder and a Transformer decoder that writes characters."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_dl.layers.sinusoidal_positions import SinusoidalPositions
from keras_dl.layers.sinusoidal_positions_2d import SinusoidalPositions2D
from keras_dl.models._check import check_count, check_image_shape, check_rate
from keras_dl.models.transformers._residual_parts import EPSILON, apply, create_block

__all__ = ["PUBLISHED", "document_reader", "feature_map"]

PUBLISHED = {
    "document_reader": {
        "trainable_parameters": 194_992,
        "arguments": {"input_shape": (62, 98, 1), "vocabulary_size": 15},
        "output_shapes": {
            "conv1_pool": (31, 49, 16),
            "conv2_pool": (15, 24, 32),
            "conv3_pool": (7, 24, 64),
            "conv4_relu": (7, 24, 64),
            "memory": (168, 64),
            "logits": (None, 15),
        },
        "source": "9·(16 + 16·32 + 32·64 + 64·64) + 2·(16 + 32 + 64 + 64) of the encoder, 15·64 of "
        "the characters, 2·(8·(64² + 64) + 2·4·64² + 5·64 + 3·2·64) + 2·64 of the decoder; the "
        "sizes are ours",
    },
}

POOLS = ((2, 2), (2, 2), (2, 1), None)  # behind each convolution; 8 × 4 pixels are a place


def document_reader(
    input_shape: Sequence[int],
    vocabulary_size: int,
    *,
    filters: Sequence[int] = (16, 32, 64),
    layers: int = 2,
    heads: int = 4,
    width: int = 64,
    dropout: float = 0.1,
    name: str = "document_reader",
) -> keras.Model:
    """A convolutional encoder with 2-D positions, and a Transformer decoder that attends to it.

    The page is neither segmented into lines nor flattened before the attention: the decoder writes
    its text in reading order, line breaks included, and looks at a place for each character.

    Args:
        input_shape: (height, width, channels) of a page, at least 16 pixels a side.
        vocabulary_size: number of different tokens, padding, start and end included.
        filters: of the first three convolutions; the fourth has `width`.
        layers: blocks of the decoder.
        heads: attention heads of each block; they divide `width`.
        width: length of the vectors, a multiple of 4.
        dropout: share dropped of vectors, attention weights, hidden units and branches while
            training, in [0, 1).
        name: name of the model.

    Returns:
        An uncompiled model from a dict of "source", pages (batch, height, width, channels) of
        pixels 0..255, dark on white, and "target", ids (batch, time) int32, to float32 logits
        (batch, time, vocabulary_size); position t's are those of the token that follows target t.
        The layer "memory" has the encoder's vectors (batch, places, width), row by row.

    Raises:
        TypeError: if a size is not an integer or the rate not a number.
        ValueError: if a size is too small, `filters` are not three, `width` is no multiple of 4 and
            of `heads`, or the rate lies outside [0, 1).

    Reference:
        Coquenet, Chatelain and Paquet, 2022, DAN: a Segmentation-free Document Attention Network
        for Handwritten Document Recognition, arXiv:2203.12273, section 4. Smaller: the paper's
        encoder has 18 convolutions and reads 1/32 × 1/8 of the pixels, its decoder eight blocks of
        width 256, which are normalised behind each part, not before.
    """
    _check(input_shape, vocabulary_size, filters, layers, heads, width, dropout)
    page = keras.Input(tuple(map(int, input_shape)), name="source")
    ids = keras.Input((None,), dtype="int32", name="target")
    x: Any = keras.layers.Rescaling(-1 / 255, offset=1.0, name="ink")(page)
    sizes = zip((*filters, width), POOLS, strict=True)
    for number, (size, pool) in enumerate(sizes, start=1):
        x = _convolution(x, f"conv{number}", int(size), pool)
    x = SinusoidalPositions2D(name="places")(x)
    memory = keras.layers.Reshape((-1, width), name="memory")(x)
    normal: Any = keras.initializers.RandomNormal(stddev=width**-0.5)
    # The logits' product runs in float32 under mixed precision too.
    table = keras.layers.ReversibleEmbedding(
        vocabulary_size,
        width,
        embeddings_initializer=normal,
        reverse_dtype="float32",
        name="tokens",
    )
    y = SinusoidalPositions(name="positions")(table(ids))
    y = keras.layers.Dropout(dropout, name="decoder_drop")(y)
    for number in range(1, layers + 1):
        block = create_block(
            "decoder", number, heads=heads, width=width, hidden=4 * width, dropout=dropout
        )
        y = apply(block, y, memory, None, norm_first=True)
    y = keras.layers.LayerNormalization(epsilon=EPSILON, name="decoder_norm")(y)
    head = keras.layers.Activation("linear", dtype="float32", name="logits")
    inputs = {"source": page, "target": ids}
    return keras.Model(inputs, head(table(y, reverse=True)), name=name)


def feature_map(net: keras.Model) -> tuple[int, int]:
    """Returns rows and columns of the places that the decoder attends to."""
    shape: Any = net.get_layer("places").output.shape
    return int(shape[1]), int(shape[2])


def _convolution(x: Any, name: str, filters: int, pool: tuple[int, int] | None) -> Any:
    x = keras.layers.Conv2D(filters, 3, padding="same", use_bias=False, name=name)(x)
    # Runs are short: Keras' momentum of 0.99 would lag behind the weights.
    x = keras.layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
    x = keras.layers.ReLU(name=f"{name}_relu")(x)
    return x if pool is None else keras.layers.MaxPooling2D(pool, name=f"{name}_pool")(x)


def _check(
    input_shape: Any,
    vocabulary_size: int,
    filters: Sequence[int],
    layers: int,
    heads: int,
    width: int,
    dropout: float,
) -> None:
    check_image_shape(input_shape, smallest=16)
    check_count("vocabulary_size", vocabulary_size, "one logit stands for each token", least=2)
    check_count("layers", layers, "it is the number of blocks of the decoder")
    check_count("heads", heads, "it is the number of attention heads of a block")
    check_count("width", width, "it is the length of the vectors", least=4)
    check_rate("dropout", dropout)
    if len(filters) != len(POOLS) - 1:
        raise ValueError(
            "`filters` must be three numbers, those of the convolutions before the last. "
            f"Received: filters={tuple(filters)}"
        )
    if width % heads or width % 4:
        raise ValueError(
            "`width` must be a multiple of 4 and of `heads`; rows and columns have sines and "
            f"cosines, and each head gets an equal part. Received: heads={heads}, width={width}"
        )
