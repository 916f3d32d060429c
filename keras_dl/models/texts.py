"""Text classifiers: linear on bags of words, and nets on sequences of word vectors."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_dl.layers.word_dropout import WordDropout
from keras_dl.models._blocks import drop
from keras_dl.models._check import (
    check_choice,
    check_classes,
    check_count,
    check_penalty,
    check_rate,
)

__all__ = ["HEADS", "PUBLISHED", "bag_of_words", "deep_averaging", "text_classifier"]

PUBLISHED = {
    "bag_of_words": {
        "trainable_parameters": 20_000,
        "arguments": {"features": 10_000, "num_classes": 2},
        "output_shapes": {"weights": (None, 2)},
        "source": "a weight for each n-gram and class; the constant is one of the n-grams",
    },
    "deep_averaging": {
        "trainable_parameters": 871_502,
        "arguments": {"vocabulary": 2_000, "num_classes": 2},
        "output_shapes": {"average": (300,), "hidden3": (300,), "logits": (2,)},
        "source": "2000·300 + 3·(300·300+300) + 300·2+2: three layers of 300 as in section 4.2",
    },
    "text_classifier": {
        "trainable_parameters": 960_902,
        "arguments": {"vocabulary": 2_000, "num_classes": 2, "head": "cnn", "dim": 300},
        "output_shapes": {"filters3": (None, 100), "features": (300,), "logits": (2,)},
        "source": "2000·300 + 300·(3+4+5)·100 + 3·100 + 300·2+2: filters of 3, 4 and 5 words, 100 "
        "of each, on vectors of length 300; Kim, 2014, section 3.1",
    },
}
HEADS = ("average", "cnn", "lstm")


def bag_of_words(
    features: int, num_classes: int, *, weight_decay: float = 0.0, name: str = "bag_of_words"
) -> keras.Model:
    """A linear classifier of the weighted n-grams of `keras_dl.data.text.ngrams`.

    The logits are the weighted sum of the rows of a text's n-grams in a table; row 0 is the bias.

    Args:
        features: number of n-grams, including the constant.
        num_classes: number of classes.
        weight_decay: factor λ of the penalty λ·‖W‖², the bias included.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, 2, n-grams), indices and weights, to logits
        (batch, num_classes).

    Raises:
        TypeError: if a size is not an integer or the penalty not a number.
        ValueError: if a size is too small or the penalty negative.
    """
    check_count("features", features, "it is the number of n-grams, including the constant")
    check_classes(num_classes)
    check_penalty("weight_decay", weight_decay)
    inputs: Any = keras.Input((2, None), name="ngrams")
    penalty = keras.regularizers.L2(weight_decay) if weight_decay else None
    table = keras.layers.Embedding(
        features,
        num_classes,
        "zeros",
        embeddings_regularizer=penalty,
        dtype="float32",
        name="weights",
    )
    numbers: Any
    weights: Any
    numbers, weights = ops.cast(inputs[:, 0], "int32"), inputs[:, 1]
    logits = ops.sum(table(numbers) * weights[..., None], axis=1)
    return keras.Model(inputs, logits, name=name)


def text_classifier(
    vocabulary: int,
    num_classes: int,
    *,
    head: str = "average",
    dim: int = 100,
    units: int = 100,
    widths: Sequence[int] = (3, 4, 5),
    dropout: float = 0.5,
    frozen: bool = False,
    name: str = "text_classifier",
) -> keras.Model:
    """A text classifier on word vectors, with one of three heads.

    * "average": the mean of the vectors, independent of word order.
    * "cnn": Kim's convolutions over 3, 4 and 5 words with max-over-time pooling.
    * "lstm": the last state of a long short-term memory.

    Args:
        vocabulary: number of words, including padding 0 and the unknown word 1.
        num_classes: number of classes.
        head: "average", "cnn" or "lstm".
        dim: length of a vector.
        units: filters of each width of "cnn", or cells of "lstm".
        widths: words under a filter of "cnn".
        dropout: share of the features dropped before the logits in training, in [0, 1).
        frozen: whether the vectors are not trained.
        name: name of the model.

    Returns:
        An uncompiled model from word numbers (batch, time) to logits (batch, num_classes). "cnn"
        needs at least as many words as its widest filter.

    Raises:
        TypeError: if a size is not an integer or `dropout` not a number.
        ValueError: if a size is too small, `dropout` outside [0, 1), or `head` unknown.

    Reference:
        Kim, 2014, Convolutional Neural Networks for Sentence Classification, arXiv:1408.5882.
        Iyyer et al., 2015, Deep Unordered Composition Rivals Syntactic Methods for Text
        Classification, for "average".
    """
    check_count("vocabulary", vocabulary, "it is the number of words, padding included", least=2)
    check_classes(num_classes)
    check_choice("head", head, HEADS)
    check_count("dim", dim, "it is the length of a word's vector")
    check_count("units", units, "it is the number of filters or cells")
    check_rate("dropout", dropout)
    inputs = keras.Input((None,), dtype="int32", name="words")
    # Keras' convolutions do not support masks.
    table = keras.layers.Embedding(
        vocabulary, dim, mask_zero=head != "cnn", trainable=not frozen, name="vectors"
    )
    x = table(inputs)
    if head == "average":
        x = keras.layers.GlobalAveragePooling1D(name="average")(x)
    elif head == "cnn":
        x = keras.layers.Concatenate(name="features")([_max_over_time(x, units, w) for w in widths])
    else:
        x = keras.layers.LSTM(units, name="lstm")(x)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    logits = keras.layers.Dense(num_classes, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name=name)


def deep_averaging(
    vocabulary: int,
    num_classes: int,
    *,
    dim: int = 300,
    units: Sequence[int] = (300, 300, 300),
    word_dropout: float = 0.3,
    dropout: float = 0.0,
    name: str = "deep_averaging",
) -> keras.Model:
    """A deep averaging network: dense layers on the mean of a text's word vectors.

    Args:
        vocabulary: number of words, including padding 0 and the unknown word 1.
        num_classes: number of classes.
        dim: length of a vector.
        units: width of each hidden layer; () gives a linear classifier of the mean.
        word_dropout: probability of leaving a word out in training, in [0, 1).
        dropout: share of the hidden units dropped in training, in [0, 1).
        name: name of the model.

    Returns:
        An uncompiled model from word numbers (batch, time) to logits (batch, num_classes).

    Raises:
        TypeError: if a size is not an integer or a rate not a number.
        ValueError: if a size is too small or a rate outside [0, 1).

    Reference:
        Iyyer, Manjunatha, Boyd-Graber and Daumé III, 2015, Deep Unordered Composition Rivals
        Syntactic Methods for Text Classification, section 3.
    """
    check_count("vocabulary", vocabulary, "it is the number of words, padding included", least=2)
    check_classes(num_classes)
    check_count("dim", dim, "it is the length of a word's vector")
    check_rate("word_dropout", word_dropout)
    check_rate("dropout", dropout)
    inputs = keras.Input((None,), dtype="int32", name="words")
    x = WordDropout(word_dropout, name="word_dropout")(inputs)
    x = keras.layers.Embedding(vocabulary, dim, mask_zero=True, name="vectors")(x)
    x = keras.layers.GlobalAveragePooling1D(name="average")(x)
    for number, width in enumerate(units, start=1):
        check_count(f"units[{number - 1}]", width, "it is the width of a hidden layer")
        x = keras.layers.Dense(width, "relu", kernel_initializer="he_normal",
                               name=f"hidden{number}")(x)  # fmt: skip
        x = drop(x, f"hidden{number}", dropout)
    logits = keras.layers.Dense(num_classes, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name=name)


def _max_over_time(x: keras.KerasTensor, filters: int, width: int) -> Any:
    x = keras.layers.Conv1D(filters, width, activation="relu", name=f"filters{width}")(x)
    return keras.layers.GlobalMaxPooling1D(name=f"strongest{width}")(x)
