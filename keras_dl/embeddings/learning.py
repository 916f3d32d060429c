"""Initial word vectors for text models: trained by word2vec or read from a file."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_dl.algorithms import Word2VecLearning
from keras_dl.data import Data, Features, Split, Values
from keras_dl.data.text.vectorizers import UNKNOWN
from keras_dl.data.text.vocabulary import Vocabulary
from keras_dl.embeddings.files import load
from keras_dl.models.word2vec import word2vec

__all__ = ["embedding_matrix", "pretrained_vectors", "skip_gram_training"]

TEXTS = 512  # per step


def skip_gram_training(
    data: Data,
    *,
    dim: int = 100,
    epochs: int = 20,
    window: int = 5,
    subsample: float | None = 1e-3,
) -> tuple[keras.Model, Data]:
    """Returns a skip-gram model of the words of a labelled text set, and its examples.

    Args:
        data: result of `keras_dl.data.text.token_sequences`.
        dim: length of the vectors.
        epochs: passes over the texts for which the learning rate decays.
        window: largest window radius, in words.
        subsample: words with a larger share of the text are subsampled; None keeps all words.

    Returns:
        A compiled model whose layer "words" holds the vectors, and the texts as rows of indices
        into the vocabulary, -1 for padding and unknown words.
    """
    splits = {name: _as_rows(split.x) for name, split in data.splits.items()}
    rows = data.with_splits(splits, inputs=Features(), targets=Values(), batch_size=TEXTS)
    vocabulary = data.preprocessor.vocabulary
    model = Word2VecLearning(
        word2vec(len(vocabulary), dim=dim),
        vocabulary.counts,
        window=window,
        subsample=subsample,
        total_steps=rows.train.num_examples // TEXTS * epochs,
    )
    model.compile(keras.optimizers.SGD(1.0))
    return model, rows


def embedding_matrix(model: keras.Model) -> np.ndarray:
    """Returns the word vectors of a trained `skip_gram_training` for a text classifier.

    Returns:
        Matrix (words + 2, dim) float32; the rows of padding and unknown words are 0.
    """
    (table,) = model.net.get_layer("words").get_weights()
    return _with_special_rows(table)


def pretrained_vectors(file: str, vocabulary: Vocabulary, *, dim: int) -> np.ndarray:
    """Reads the vectors of a vocabulary from a file, for a text classifier.

    Args:
        file: path of vectors in word2vec's text format or binary format (.bin); vectors of missing
            words are drawn uniformly with equal variance, as in Kim, 2014, section 3.
        vocabulary: words of the texts.
        dim: length of the vectors.

    Returns:
        Matrix (words + 2, dim) float32; the rows of padding and unknown words are 0. Depends on
        `keras.utils.set_random_seed`.

    Raises:
        ValueError: if the file does not exist, has another format, or its vectors do not have
            length `dim`.
    """
    if not Path(file).is_file():
        raise ValueError(f"`vector_file` must exist. Received: vector_file={file!r}")
    pretrained = load(file, binary=file.endswith(".bin"))
    if pretrained.dim != dim:
        raise ValueError(
            f"`dim` must be the length of the vectors in {file}, {pretrained.dim}. "
            f"Received: dim={dim}"
        )
    limit = float(np.sqrt(3.0) * pretrained.matrix.std())
    uniform: Any = keras.random.uniform((len(vocabulary), dim), -limit, limit)
    missing = np.asarray(keras.ops.convert_to_numpy(uniform))
    return _with_special_rows(pretrained.rows_for(vocabulary.words, missing=missing))


def _as_rows(x: np.ndarray) -> Split:
    """Indices of the vocabulary, filled up to whole steps."""
    rows = np.where(x > UNKNOWN, x - 2, -1).astype(np.int32)
    missing = -len(rows) % TEXTS
    rows = np.concatenate([rows, np.full((missing, rows.shape[1]), -1, np.int32)])
    return Split(rows, np.zeros(len(rows), np.float32))


def _with_special_rows(table: np.ndarray) -> np.ndarray:
    return np.concatenate([np.zeros((2, table.shape[1]), np.float32), table])
