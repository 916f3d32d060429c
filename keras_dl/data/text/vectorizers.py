"""Vectorizers: preprocessors from texts to model inputs."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from keras_dl.data.reading import notice
from keras_dl.data.serialization import register_preprocessor
from keras_dl.data.text.tokenize import tokenize
from keras_dl.data.text.vocabulary import Vocabulary
from keras_dl.utils.text import shorten

__all__ = [
    "PADDING",
    "UNKNOWN",
    "NgramVectorizer",
    "WordVectorizer",
    "make_vectorizer",
    "notice_unknown_texts",
]

PADDING, UNKNOWN = 0, 1  # numbers before those of the vocabulary


@register_preprocessor("words")
@dataclass(frozen=True)
class WordVectorizer:
    """Converts texts to rows of word numbers.

    Attributes:
        vocabulary: words, numbered from 2; 1 is an unknown word, 0 padding.
        length: number of words of a text, its first ones.
    """

    vocabulary: Vocabulary
    length: int

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Returns word numbers (texts, length) int32."""
        x = np.full((len(texts), self.length), PADDING, np.int32)
        for row, text in zip(x, texts, strict=True):
            numbers = self.vocabulary.encode(tokenize(text)[: self.length]) + 2
            row[: len(numbers)] = np.maximum(numbers, UNKNOWN)
        return x

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments in JSON-serialisable values."""
        return {"vocabulary": self.vocabulary.get_config(), "length": self.length}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "WordVectorizer":
        """Returns the vectorizer of a config from `get_config`."""
        return cls(Vocabulary.from_config(config["vocabulary"]), config["length"])


@register_preprocessor("ngrams")
@dataclass(frozen=True)
class NgramVectorizer:
    """Converts texts to bags of n-grams: feature numbers and weights without order.

    Attributes:
        features: name of each n-gram; the first is "" for the constant.
        idf: inverse document frequency of the other features; empty unless `weighting` is "tfidf".
        weighting: "count", "binary" or "tfidf".
        longest: n of the longest n-grams.
    """

    features: tuple[str, ...]
    idf: tuple[float, ...]
    weighting: str
    longest: int

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Returns (texts, 2, maximum of n-grams per text + 1) float32: numbers and weights."""
        rows = self._counter.transform(texts)
        lengths = np.diff(rows.indptr)
        x = np.zeros((len(texts), 2, 1 + int(lengths.max(initial=0))), np.float32)
        x[:, 1, 0] = 1.0
        row = np.repeat(np.arange(len(texts)), lengths)
        column = 1 + np.arange(len(rows.indices)) - np.repeat(rows.indptr[:-1], lengths)
        x[row, 0, column] = rows.indices + 1  # float32 represents integers up to 16 million exactly
        x[row, 1, column] = rows.data
        return x

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments in JSON-serialisable values."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "NgramVectorizer":
        """Returns the vectorizer of a config from `get_config`."""
        return cls(**{**config, **{k: tuple(config[k]) for k in ("features", "idf")}})

    @cached_property
    def _counter(self) -> Any:
        numbers = {name: i for i, name in enumerate(self.features[1:])}
        counter = make_vectorizer(self.weighting, self.longest, vocabulary=numbers)
        if self.weighting == "tfidf":
            counter.idf_ = np.array(self.idf)
        return counter


def notice_unknown_texts(split: str, texts: Sequence[str], empty: np.ndarray) -> None:
    """Records how many texts have no word of the vocabulary: a model cannot tell them apart.

    Args:
        split: name of the split.
        texts: its texts.
        empty: whether each text has no such word, (n,) bool.
    """
    rows = np.flatnonzero(empty)
    if len(rows):
        first = ", ".join(repr(shorten(texts[int(i)], 30)) for i in rows[:3])
        verb = "has" if len(rows) == 1 else "have"
        notice(
            f"{len(rows):,} of {len(texts):,} {split} texts {verb} no word of the vocabulary: "
            f"{first}{', …' * (len(rows) > 3)}."
        )


def make_vectorizer(weighting: str, longest: int, **options: Any) -> Any:
    """Returns scikit-learn's vectorizer of n-grams.

    Args:
        weighting: "count", "binary" or "tfidf".
        longest: n of the longest n-grams.
        **options: further arguments of `CountVectorizer` or `TfidfVectorizer`.
    """
    # scikit-learn takes a second to import.
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

    vectorizer: Any = TfidfVectorizer if weighting == "tfidf" else CountVectorizer
    return vectorizer(
        tokenizer=tokenize,
        token_pattern=None,
        ngram_range=(1, longest),
        binary=weighting == "binary",
        **options,
    )
