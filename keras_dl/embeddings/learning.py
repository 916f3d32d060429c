"""Word vectors learnt from the texts at hand, for nets that are to start from them."""

from typing import Any

import keras
import numpy as np

from keras_dl.data.text.readers import UNKNOWN
from keras_dl.data.text.vocabulary import Vocabulary
from keras_dl.embeddings.vectors import WordVectors
from keras_dl.models.word2vec import word2vec
from keras_dl.objectives import Word2VecLearning

__all__ = ["learnt"]

ROWS = 512  # texts in a step


def learnt(
    x: np.ndarray,
    vocabulary: Vocabulary,
    *,
    dim: int = 100,
    epochs: int = 20,
    window: int = 5,
    subsample: float | None = 1e-3,
) -> WordVectors:
    """Trains skip-gram vectors on texts, labels unseen.

    Args:
        x: texts as `keras_dl.data.text.labelled` gives them, (n, length).
        vocabulary: their words, number 2 of `x` the first.
        dim: length of a vector.
        epochs: passes over the texts.
        window: widest reach of a window, in words.
        subsample: words of a larger share of the text than this are thinned out; None keeps all.

    Returns:
        A vector for each word of the vocabulary. Depends on `keras.utils.set_random_seed`.
    """
    rows = np.where(x > UNKNOWN, x - 2, -1).astype(np.int32)
    steps = -(-len(rows) // ROWS)
    filler = np.full((steps * ROWS - len(rows), rows.shape[1]), -1, np.int32)
    rows = np.concatenate([rows, filler])
    model: Any = Word2VecLearning(
        word2vec(len(vocabulary), dim=dim),
        vocabulary.counts,
        window=window,
        subsample=subsample,
        total_steps=steps * epochs,
    )
    model.compile(keras.optimizers.SGD(1.0), jit_compile=True)
    model.fit(rows, np.zeros(len(rows)), batch_size=ROWS, epochs=epochs, verbose=0)
    (table,) = model.net.get_layer("words").get_weights()
    return WordVectors(vocabulary.words, table)
