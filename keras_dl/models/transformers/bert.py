"""Encoder-only Transformers: BERT, its masked language model and its classifier."""

from typing import Any

import keras
from keras import ops

from keras_dl.layers.position_embedding import PositionEmbedding
from keras_dl.layers.take_positions import TakePositions
from keras_dl.models._blocks import drop
from keras_dl.models._check import check_classes, check_count, check_rate
from keras_dl.models.transformers._blocks import encoder_block, normal

__all__ = ["PUBLISHED", "SIZES", "bert", "bert_classifier", "bert_masked_lm", "masked_lm_on"]

SIZES = {  # layers, heads, width
    "tiny": (2, 2, 128),
    "mini": (4, 4, 256),
    "small": (4, 8, 512),
    "medium": (8, 8, 512),
    "base": (12, 12, 768),
    "large": (24, 16, 1024),
}
EPSILON = 1e-12  # of the layer normalization
SOURCE = "google-research/bert, README, and the presets of keras-hub: {}, vocabulary of 30,522"
PUBLISHED = {
    "bert": {
        "trainable_parameters": 4_385_920,
        "arguments": {"vocabulary_size": 30_522},
        "output_shapes": {"embedded": (512, 128), "block2_norm2": (512, 128), "pooled": (128,)},
        "source": "google-research/bert, README: BERT-Tiny, 2 layers of 128, with the pooler",
    },
    "bert_masked_lm": {
        "trainable_parameters": 4_416_698,
        "arguments": {"vocabulary_size": 30_522},
        "output_shapes": {"transform": (None, 128), "logits": (None, 30_522)},
        "source": "4,369,408 without the pooler + 128·128+128 + 2·128 + 30,522, the logits' matrix "
        "being that of the tokens' vectors",
    },
    "bert_classifier": {
        "trainable_parameters": 4_386_178,
        "arguments": {"vocabulary_size": 30_522, "num_classes": 2},
        "output_shapes": {"pooled": (128,), "logits": (2,)},
        "source": "4,385,920 + 128·2+2",
    },
}


def bert(
    vocabulary_size: int,
    context: int = 512,
    *,
    layers: int = 2,
    heads: int = 2,
    width: int = 128,
    dropout: float = 0.1,
    separator: int = 3,
    name: str = "bert",
) -> keras.Model:
    """A bidirectional Transformer with post-normalization and learned positions.

    Token 0 is padding, which nobody attends to. Tokens behind the first separator are of the second
    segment. `SIZES` has layers, heads and width of the published sizes.

    Args:
        vocabulary_size: number of different tokens, at least 2.
        context: number of tokens that the model sees.
        layers: number of blocks.
        heads: attention heads of each block; they divide `width`.
        width: length of the vectors; the hidden layer of a block is four times as wide.
        dropout: share dropped of embeddings, attention weights and residual branches in training.
        separator: token that ends a segment.
        name: name of the model.

    Returns:
        An uncompiled model from token ids (batch, context) int32 to {"sequence": (batch, context,
        width), "pooled": (batch, width)}; the latter is a dense layer with tanh on the first token.

    Raises:
        TypeError: if a size is not an integer or the rate not a number.
        ValueError: if a size is below its minimum, `heads` does not divide `width`, or the rate
            lies outside [0, 1).

    Reference:
        Devlin, Chang, Lee and Toutanova, 2019, BERT: Pre-training of Deep Bidirectional
        Transformers for Language Understanding, arXiv:1810.04805, section 3.
    """
    ids, x, _ = _encode(vocabulary_size, context, layers, heads, width, dropout, separator)
    return keras.Model(ids, {"sequence": x, "pooled": _pool(x, width)}, name=name)


def bert_masked_lm(
    vocabulary_size: int,
    context: int = 512,
    *,
    layers: int = 2,
    heads: int = 2,
    width: int = 128,
    dropout: float = 0.1,
    separator: int = 3,
    name: str = "bert_masked_lm",
) -> keras.Model:
    """BERT with logits of the tokens at chosen positions, for masked language modelling.

    Args:
        vocabulary_size: as in `bert`.
        context: as in `bert`.
        layers: as in `bert`.
        heads: as in `bert`.
        width: as in `bert`.
        dropout: as in `bert`.
        separator: as in `bert`.
        name: name of the model.

    Returns:
        An uncompiled model from {"ids": (batch, context) int32, "chosen": (batch, chosen) int32}
        to float32 logits (batch, chosen, vocabulary_size). Layers that `bert` has too have its
        names.

    Raises:
        TypeError, ValueError: as `bert` does.

    Reference:
        Devlin et al., 2019, arXiv:1810.04805, section 3.1, task 1, and appendix A.2.
    """
    ids, x, tokens = _encode(vocabulary_size, context, layers, heads, width, dropout, separator)
    return _masked_lm(ids, x, tokens, name)


def masked_lm_on(model: keras.Model, name: str = "bert_masked_lm") -> keras.Model:
    """Returns a masked language model that shares all layers of the encoder of another model.

    Args:
        model: of `bert` or `bert_classifier`; training the result changes it, too.
        name: name of the result.
    """
    last = [layer for layer in model.layers if layer.name.endswith("_norm2")][-1]
    return _masked_lm(model.input, last.output, model.get_layer("tokens"), name)


def _masked_lm(ids: Any, x: Any, tokens: Any, name: str) -> keras.Model:
    places = keras.Input((None,), dtype="int32", name="chosen")
    x = TakePositions(name="chosen_vectors")([x, places])
    x = keras.layers.Dense(x.shape[-1], "gelu", kernel_initializer=normal(), name="transform")(x)
    x = keras.layers.LayerNormalization(epsilon=EPSILON, name="transform_norm")(x)
    logits = LogitsBias(dtype="float32", name="logits")(tokens(x, reverse=True))
    return keras.Model({"ids": ids, "chosen": places}, logits, name=name)


def bert_classifier(
    vocabulary_size: int,
    num_classes: int,
    context: int = 512,
    *,
    layers: int = 2,
    heads: int = 2,
    width: int = 128,
    dropout: float = 0.1,
    separator: int = 3,
    name: str = "bert_classifier",
) -> keras.Model:
    """BERT with logits of classes from the pooled first token.

    Args:
        vocabulary_size: as in `bert`.
        num_classes: number of classes.
        context: as in `bert`.
        layers: as in `bert`.
        heads: as in `bert`.
        width: as in `bert`.
        dropout: as in `bert`; of the pooled vector, too.
        separator: as in `bert`.
        name: name of the model.

    Returns:
        An uncompiled model from token ids (batch, context) int32 to float32 logits
        (batch, num_classes).

    Raises:
        TypeError, ValueError: as `bert` does, or if there are fewer than two classes.
    """
    check_classes(num_classes)
    ids, x, _ = _encode(vocabulary_size, context, layers, heads, width, dropout, separator)
    x = drop(_pool(x, width), "pooled", dropout)
    logits = keras.layers.Dense(
        num_classes, kernel_initializer=normal(), dtype="float32", name="logits"
    )(x)
    return keras.Model(ids, logits, name=name)


@keras.saving.register_keras_serializable("keras_dl")
class LogitsBias(keras.layers.Layer):
    """Adds a bias for each token."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates the bias for inputs (…, tokens)."""
        self.bias = self.add_weight((input_shape[-1],), "zeros", name="bias")

    def call(self, inputs: Any) -> Any:
        """Returns inputs + bias."""
        return ops.add(inputs, self.bias)


def _encode(
    vocabulary_size: int,
    context: int,
    layers: int,
    heads: int,
    width: int,
    dropout: float,
    separator: int,
) -> tuple[Any, Any, Any]:
    """Returns ids, vectors of the last block, and the layer of the tokens' vectors."""
    check_count("vocabulary_size", vocabulary_size, "one vector stands for each token", least=2)
    check_count("context", context, "it is the number of tokens that the model sees")
    check_count("layers", layers, "it is the number of blocks")
    check_count("heads", heads, "it is the number of attention heads of a block")
    check_count("width", width, "it is the length of the vectors")
    check_rate("dropout", dropout)
    if width % heads:
        raise ValueError(
            "`heads` must divide `width`; each head gets an equal part of it. "
            f"Received: heads={heads}, width={width}"
        )
    ids: Any = keras.Input((context,), dtype="int32", name="ids")
    tokens = keras.layers.ReversibleEmbedding(
        vocabulary_size, width, embeddings_initializer=normal(), reverse_dtype="float32",
        name="tokens",
    )  # fmt: skip
    ends: Any = ops.cast(ops.equal(ids, separator), "int32")
    before = ops.cumsum(ends, axis=1) - ends  # separators before each token
    segments = keras.layers.Embedding(2, width, normal(), name="segments")
    positions = PositionEmbedding(context, embeddings_initializer=normal(), name="positions")
    x = positions(tokens(ids)) + segments(ops.minimum(before, 1))
    x = keras.layers.LayerNormalization(epsilon=EPSILON, name="embedded")(x)
    x = drop(x, "embedded", dropout)
    mask = ops.expand_dims(
        ops.not_equal(ids, 0), 1
    )  # (batch, 1, context): padding is not attended to
    for number in range(1, layers + 1):
        x = encoder_block(x, mask, f"block{number}", heads=heads, dropout=dropout, epsilon=EPSILON)
    return ids, x, tokens


def _pool(x: Any, width: int) -> Any:
    return keras.layers.Dense(width, "tanh", kernel_initializer=normal(), name="pooled")(x[:, 0])
