"""Labelled texts as bags of words: which n-grams each holds, and with what weight."""

from typing import Any

import numpy as np

from keras_dl.data.core import Data, Split, digest
from keras_dl.data.errors import DatasetError
from keras_dl.data.text.labelled import passages
from keras_dl.data.text.reading import tokenize

__all__ = ["counted"]


def counted(
    dataset: Any = "topics",
    *,
    weighting: str = "tfidf",
    longest: int = 2,
    min_count: int = 2,
    most_features: int | None = 20_000,
    batch_size: int = 64,
) -> Data:
    """Labelled texts as lists of numbered n-grams with weights; their order is lost.

    Args:
        dataset: as `keras_dl.data.text.passages` takes it.
        weighting: "count"; "binary", 1 for each n-gram that is there; or "tfidf", as scikit-learn's
            TfidfVectorizer counts it: times 1 + log((1 + n)/(1 + texts that have it)), rows of
            length 1.
        longest: words of the longest n-grams; those of fewer words are taken as well.
        min_count: n-grams that fewer texts of train have are left out.
        most_features: number of n-grams at most, the most frequent ones; None sets no limit.
        batch_size: texts per step.

    Returns:
        x (n, 2, most n-grams of a text + 1) float32: numbers, and below them weights. Each text
        begins with number 0 of weight 1, the constant; n-grams follow from 1 on, then zeros.
        `extras["features"]` names the n-grams, ("", …).

    Raises:
        DatasetError: if the texts cannot be used, or `weighting` is unknown.
    """
    # scikit-learn takes a second to import.
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

    if weighting not in ("count", "binary", "tfidf"):
        raise DatasetError(
            f'`weighting` must be "count", "binary" or "tfidf". Received: weighting={weighting!r}'
        )
    said = passages(dataset)
    made: Any = TfidfVectorizer if weighting == "tfidf" else CountVectorizer
    vectorizer = made(
        tokenizer=tokenize,
        token_pattern=None,
        ngram_range=(1, longest),
        min_df=min_count,
        max_features=most_features,
        binary=weighting == "binary",
    )
    try:
        rows = [vectorizer.fit_transform(said.texts[0]), *map(vectorizer.transform, said.texts[1:])]
    except ValueError as error:
        raise DatasetError(
            f"`min_count` must leave words to count. Received: min_count={min_count} ({error})"
        ) from None
    width = 1 + max(int(np.diff(part.indptr).max()) for part in rows)
    splits = [Split(_lists(p, width), y) for p, y in zip(rows, said.labels, strict=True)]
    features = ("", *vectorizer.get_feature_names_out().tolist())
    arrays = [array for split in splits for array in split]
    return Data(
        said.name,
        *splits,
        class_names=said.class_names,
        source=said.source,
        digest=digest(*arrays, np.array(features)),
        batch_size=batch_size,
        kind="text",
        extras={"features": features},
    )


def _lists(rows: Any, width: int) -> np.ndarray:
    """The entries of a sparse matrix, a list a row; float32 counts exactly up to 16 million."""
    made = np.zeros((rows.shape[0], 2, width), np.float32)
    made[:, 1, 0] = 1.0
    lengths = np.diff(rows.indptr)
    row = np.repeat(np.arange(rows.shape[0]), lengths)
    place = 1 + np.arange(len(rows.indices)) - np.repeat(rows.indptr[:-1], lengths)
    made[row, 0, place] = rows.indices + 1
    made[row, 1, place] = rows.data
    return made
