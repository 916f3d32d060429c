"""Word vectors for nets that are to start from them: learnt from the texts at hand, or read."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_dl.algorithms import Word2VecLearning
from keras_dl.data.text.vectorizers import UNKNOWN
from keras_dl.data.text.vocabulary import Vocabulary
from keras_dl.embeddings.files import load
from keras_dl.embeddings.vectors import WordVectors
from keras_dl.models.word2vec import word2vec

__all__ = ["first_table", "learnt"]

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
        x: texts as `keras_dl.data.text.passages` gives them, (n, length).
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


def first_table(
    x: np.ndarray, vocabulary: Vocabulary, *, dim: int = 100, epochs: int = 20, file: str = ""
) -> np.ndarray:
    """The table of vectors that a classifier of texts starts from.

    Args:
        x: texts as `keras_dl.data.text.passages` gives them, (n, length).
        vocabulary: their words, number 2 of `x` the first.
        dim: length of a vector.
        epochs: passes of word2vec over the texts, where no file is given.
        file: path of vectors in word2vec's text format, or its binary one (.bin); words that it
            lacks are drawn evenly with the same variance, as in Kim, 2014, section 3.

    Returns:
        (words + 2, dim) float32; the rows of padding and of unknown words are 0. Depends on
        `keras.utils.set_random_seed`.

    Raises:
        ValueError: if the file does not exist, is of another format, or has vectors of another
            length.
    """
    if not file:
        made = learnt(x, vocabulary, dim=dim, epochs=epochs).matrix
    else:
        if not Path(file).is_file():
            raise ValueError(f"`vector_file` must exist. Received: vector_file={file!r}")
        known = load(file, binary=file.endswith(".bin"))
        if known.dim != dim:
            raise ValueError(
                f"`dim` must be the length of the vectors in {file}, {known.dim}. "
                f"Received: dim={dim}"
            )
        reach = float(np.sqrt(3.0) * known.matrix.std())
        drawn: Any = keras.random.uniform((len(vocabulary), dim), -reach, reach)
        missing = np.asarray(keras.ops.convert_to_numpy(drawn))
        made = known.rows_for(vocabulary.words, missing=missing)
    return np.concatenate([np.zeros((2, dim), np.float32), made])
