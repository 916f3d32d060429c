"""Labelled texts as bags of n-grams with weights."""

from dataclasses import replace

import numpy as np

from keras_dl.data.dataset import SPLITS, Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.loading import DatasetLike, check_task
from keras_dl.data.reading import recorded
from keras_dl.data.specs import Classes, Features
from keras_dl.data.text.labelled_passages import passages
from keras_dl.data.text.vectorizers import (
    NgramVectorizer,
    make_vectorizer,
    notice_unknown_texts,
)

__all__ = ["bag_of_ngrams"]


@recorded
def bag_of_ngrams(
    dataset: DatasetLike = "topics",
    *,
    weighting: str = "tfidf",
    longest: int = 2,
    min_count: int = 2,
    most_features: int | None = 20_000,
    batch_size: int = 64,
) -> Data:
    """Returns labelled texts as bags of n-grams: feature numbers and weights without order.

    Args:
        dataset: as in `keras_dl.data.text.passages`, or a return value of this function.
        weighting: "count"; "binary", 1 for each n-gram that occurs; or "tfidf" as in scikit-learn's
            TfidfVectorizer: count × (1 + log((1 + n)/(1 + texts with the n-gram))), normalised to
            length 1.
        longest: n of the longest n-grams; shorter ones are included.
        min_count: minimum number of texts of train with the n-gram.
        most_features: maximum number of n-grams, the most frequent ones; None sets no limit.
        batch_size: texts per step.

    Returns:
        x (n, 2, maximum of n-grams per text + 1) float32: numbers in row 0, weights in row 1. Each
        text starts with number 0 of weight 1, the constant (bias); n-grams are numbered from 1;
        zeros are padding. The preprocessor is the `NgramVectorizer`, whose `features` name the
        n-grams, ("", …).

    Raises:
        DatasetUnavailable: if the set is not available; the message names the file to provide.
        DatasetError: if the texts cannot be used, or `weighting` is unknown.
    """
    if weighting not in ("count", "binary", "tfidf"):
        raise DatasetError(
            f'`weighting` must be "count", "binary" or "tfidf". Received: weighting={weighting!r}'
        )
    if isinstance(dataset, Data):
        if not isinstance(dataset.preprocessor, NgramVectorizer):
            raise DatasetError(f"`dataset` must be a bag of n-grams. Received: {dataset.name}")
        check_task(dataset)
        return replace(dataset, batch_size=batch_size)
    texts = passages(dataset)
    vectorizer = _fit_vectorizer(texts.texts[0], weighting, longest, min_count, most_features)
    xs = [vectorizer(part) for part in texts.texts]
    for name, part, x in zip(SPLITS, texts.texts, xs, strict=True):
        notice_unknown_texts(name, part, (x[:, 1, 1:] == 0).all(axis=1))
    width = max(x.shape[2] for x in xs)
    xs = [np.pad(x, ((0, 0), (0, 0), (0, width - x.shape[2]))) for x in xs]
    splits = [Split(x, y) for x, y in zip(xs, texts.labels, strict=True)]
    return Data.from_splits(
        texts.name,
        dict(zip(SPLITS, splits, strict=True)),
        inputs=Features(),
        targets=Classes(texts.class_names),
        source=texts.source,
        digested=(np.array(vectorizer.features),),
        batch_size=batch_size,
        preprocessor=vectorizer,
    )


def _fit_vectorizer(
    texts: list[str], weighting: str, longest: int, min_count: int, most_features: int | None
) -> NgramVectorizer:
    counter = make_vectorizer(weighting, longest, min_df=min_count, max_features=most_features)
    try:
        counter.fit(texts)
    except ValueError as error:
        raise DatasetError(
            f"`min_count` must leave words to count. Received: min_count={min_count} ({error})"
        ) from None
    features = ("", *counter.get_feature_names_out().tolist())
    idf = counter.idf_.tolist() if weighting == "tfidf" else ()
    return NgramVectorizer(features, tuple(idf), weighting, longest)
