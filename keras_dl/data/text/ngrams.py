"""Labelled texts as bags of words: which n-grams each holds, and with what weight."""

from dataclasses import replace
from typing import Any

import numpy as np

from keras_dl.data.dataset import SPLITS, Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.specs import Classes, Features
from keras_dl.data.text.labelled_passages import passages
from keras_dl.data.text.vectorizers import NgramVectorizer, vectorizer

__all__ = ["bag_of_ngrams"]


def bag_of_ngrams(
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
        dataset: as `keras_dl.data.text.passages` takes it, or `Data` that this function gave.
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
        The preprocessor, a `NgramVectorizer`, does the same with other texts; its `features` name
        the n-grams, ("", …).

    Raises:
        DatasetUnavailable: if the set is not at hand; says where to put which file.
        DatasetError: if the texts cannot be used, or `weighting` is unknown.
    """
    if weighting not in ("count", "binary", "tfidf"):
        raise DatasetError(
            f'`weighting` must be "count", "binary" or "tfidf". Received: weighting={weighting!r}'
        )
    if isinstance(dataset, Data):
        if not isinstance(dataset.preprocessor, NgramVectorizer):
            raise DatasetError(f"`dataset` must be counted texts. Received: {dataset.name}")
        return replace(dataset, batch_size=batch_size)
    said = passages(dataset)
    reader = _reader(said.texts[0], weighting, longest, min_count, most_features)
    lists = [reader(texts) for texts in said.texts]
    width = max(part.shape[2] for part in lists)
    lists = [np.pad(part, ((0, 0), (0, 0), (0, width - part.shape[2]))) for part in lists]
    splits = [Split(part, y) for part, y in zip(lists, said.labels, strict=True)]
    return Data.from_splits(
        said.name,
        dict(zip(SPLITS, splits, strict=True)),
        inputs=Features(),
        targets=Classes(said.class_names),
        source=said.source,
        digested=(np.array(reader.features),),
        batch_size=batch_size,
        preprocessor=reader,
    )


def _reader(
    texts: list[str], weighting: str, longest: int, min_count: int, most_features: int | None
) -> NgramVectorizer:
    counter = vectorizer(weighting, longest, min_df=min_count, max_features=most_features)
    try:
        counter.fit(texts)
    except ValueError as error:
        raise DatasetError(
            f"`min_count` must leave words to count. Received: min_count={min_count} ({error})"
        ) from None
    features = ("", *counter.get_feature_names_out().tolist())
    idf = counter.idf_.tolist() if weighting == "tfidf" else ()
    return NgramVectorizer(features, tuple(idf), weighting, longest)
