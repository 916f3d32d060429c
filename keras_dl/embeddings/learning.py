"""Initial word vectors for text models: trained by word2vec or read from a file."""

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

__all__ = ["initial_embeddings", "train_word_vectors"]

ROWS = 512  # texts per step


def train_word_vectors(
    x: np.ndarray,
    vocabulary: Vocabulary,
    *,
    dim: int = 100,
    epochs: int = 20,
    window: int = 5,
    subsample: float | None = 1e-3,
) -> WordVectors:
    """Trains skip-gram vectors on texts without labels.

    Args:
        x: texts of `keras_dl.data.text.token_sequences`, (n, length).
        vocabulary: words of the texts; index 2 of `x` is its first word.
        dim: length of the vectors.
        epochs: passes over the texts.
        window: largest window radius, in words.
        subsample: words with a larger share of the text are subsampled; None keeps all words.

    Returns:
        One vector per word of the vocabulary. Depends on `keras.utils.set_random_seed`.
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


def initial_embeddings(
    x: np.ndarray, vocabulary: Vocabulary, *, dim: int = 100, epochs: int = 20, file: str = ""
) -> np.ndarray:
    """Returns the initial embedding matrix of a text classifier.

    Args:
        x: texts of `keras_dl.data.text.token_sequences`, (n, length).
        vocabulary: words of the texts; index 2 of `x` is its first word.
        dim: length of the vectors.
        epochs: passes of word2vec over the texts, without `file`.
        file: path of vectors in word2vec's text format or binary format (.bin); vectors of missing
            words are drawn uniformly with equal variance, as in Kim, 2014, section 3.

    Returns:
        Matrix (words + 2, dim) float32; the rows of padding and unknown words are 0. Depends on
        `keras.utils.set_random_seed`.

    Raises:
        ValueError: if the file does not exist, has another format, or its vectors do not have
            length `dim`.
    """
    if not file:
        table = train_word_vectors(x, vocabulary, dim=dim, epochs=epochs).matrix
    else:
        if not Path(file).is_file():
            raise ValueError(f"`vector_file` must exist. Received: vector_file={file!r}")
        pretrained = load(file, binary=file.endswith(".bin"))
        if pretrained.dim != dim:
            raise ValueError(
                f"`dim` must be the length of the vectors in {file}, {pretrained.dim}. "
                f"Received: dim={dim}"
            )
        reach = float(np.sqrt(3.0) * pretrained.matrix.std())
        uniform: Any = keras.random.uniform((len(vocabulary), dim), -reach, reach)
        missing = np.asarray(keras.ops.convert_to_numpy(uniform))
        table = pretrained.rows_for(vocabulary.words, missing=missing)
    return np.concatenate([np.zeros((2, dim), np.float32), table])
