"""Vectorizers: preprocessors from texts to the arrays that models take."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from keras_dl.data.serialization import register_preprocessor
from keras_dl.data.text.tokenize import tokenize
from keras_dl.data.text.vocabulary import Vocabulary

__all__ = ["PADDING", "UNKNOWN", "NgramVectorizer", "WordVectorizer", "vectorizer"]

PADDING, UNKNOWN = 0, 1  # numbers of no word and of a word that train has not; words follow


@register_preprocessor("words")
@dataclass(frozen=True)
class WordVectorizer:
    """Texts to rows of word numbers, in order.

    Attributes:
        vocabulary: words, numbered from 2 on; 1 is any other word, 0 what follows the end.
        length: words of a text that are looked at, its first ones.
    """

    vocabulary: Vocabulary
    length: int

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Rows (texts, length) int32."""
        x = np.full((len(texts), self.length), PADDING, np.int32)
        for row, text in zip(x, texts, strict=True):
            numbers = self.vocabulary.encode(tokenize(text)[: self.length]) + 2
            row[: len(numbers)] = np.maximum(numbers, UNKNOWN)
        return x

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments in plain values."""
        return {"vocabulary": self.vocabulary.get_config(), "length": self.length}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "WordVectorizer":
        """Makes a vectorizer from what `get_config` returned."""
        return cls(Vocabulary.from_config(config["vocabulary"]), config["length"])


@register_preprocessor("ngrams")
@dataclass(frozen=True)
class NgramVectorizer:
    """Texts to lists of numbered n-grams with their weights, without order.

    Attributes:
        features: name of each n-gram; the first is "" for the constant.
        idf: inverse document frequency of the n-grams after it; empty unless weighted by "tfidf".
        weighting: "count", "binary" or "tfidf".
        longest: words of the longest n-grams.
    """

    features: tuple[str, ...]
    idf: tuple[float, ...]
    weighting: str
    longest: int

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Lists (texts, 2, most n-grams of a text + 1) float32: numbers, below them weights."""
        rows = self._counter.transform(texts)
        lengths = np.diff(rows.indptr)
        made = np.zeros((len(texts), 2, 1 + int(lengths.max(initial=0))), np.float32)
        made[:, 1, 0] = 1.0
        row = np.repeat(np.arange(len(texts)), lengths)
        place = 1 + np.arange(len(rows.indices)) - np.repeat(rows.indptr[:-1], lengths)
        made[row, 0, place] = rows.indices + 1  # float32 counts exactly up to 16 million
        made[row, 1, place] = rows.data
        return made

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments in plain values."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "NgramVectorizer":
        """Makes a vectorizer from what `get_config` returned."""
        return cls(**{**config, **{k: tuple(config[k]) for k in ("features", "idf")}})

    @cached_property
    def _counter(self) -> Any:
        known = {name: i for i, name in enumerate(self.features[1:])}
        counter = vectorizer(self.weighting, self.longest, vocabulary=known)
        if self.weighting == "tfidf":
            counter.idf_ = np.array(self.idf)
        return counter


def vectorizer(weighting: str, longest: int, **given: Any) -> Any:
    """scikit-learn's counter of n-grams in texts."""
    # scikit-learn takes a second to import.
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

    made: Any = TfidfVectorizer if weighting == "tfidf" else CountVectorizer
    return made(
        tokenizer=tokenize,
        token_pattern=None,
        ngram_range=(1, longest),
        binary=weighting == "binary",
        **given,
    )
