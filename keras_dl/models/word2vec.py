"""word2vec: two embedding tables and the dot product of a word and a neighbour."""

from typing import Any

import keras

from keras_dl.models._check import check_count

__all__ = ["PUBLISHED", "word2vec"]

PUBLISHED = {
    "word2vec": {
        "trainable_parameters": 2_000_000,
        "arguments": {"vocabulary": 10_000, "dim": 100},
        "output_shapes": {"words": (100,), "contexts": (100,), "logits": (1,)},
        "source": "2·V·d, a vector for each word and one for each word as a neighbour; without "
        "hierarchical softmax, Mikolov et al., 2013, Distributed Representations, section 2",
    },
}


def word2vec(vocabulary: int, *, dim: int = 100, name: str = "word2vec") -> keras.Model:
    """The dot product of a word's vector and a neighbour's context vector, without nonlinearity.

    Lectures call it a perceptron with two hidden layers. It has one, the projection "words", and
    the output layer "contexts".

    Args:
        vocabulary: number of words.
        dim: length of a vector.
        name: name of the model.

    Returns:
        An uncompiled model from {"word": (batch,), "context": (batch,)}, word numbers, to
        logits (batch, 1) of the pair occurring together.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1.

    Reference:
        Mikolov, Sutskever, Chen, Corrado and Dean, 2013, Distributed Representations of Words and
        Phrases and their Compositionality, arXiv:1310.4546, eq. 4; initial weights as in its code.
    """
    check_count("vocabulary", vocabulary, "it is the number of words", least=2)
    check_count("dim", dim, "it is the length of a word's vector")
    inputs = {role: keras.Input((), dtype="int32", name=role) for role in ("word", "context")}
    initializer: Any = keras.initializers.RandomUniform(-0.5 / dim, 0.5 / dim)
    words = keras.layers.Embedding(vocabulary, dim, initializer, dtype="float32", name="words")
    contexts = keras.layers.Embedding(vocabulary, dim, "zeros", dtype="float32", name="contexts")
    pair = [words(inputs["word"]), contexts(inputs["context"])]
    logits = keras.layers.Dot(axes=-1, dtype="float32", name="logits")(pair)
    return keras.Model(inputs, logits, name=name)
