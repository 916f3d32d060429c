"""Vocabularies: words and their frequencies."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from keras_dl.data.errors import DatasetError
from keras_dl.data.serialization import register_preprocessor

__all__ = ["Vocabulary", "build_vocabulary"]


@register_preprocessor("vocabulary")
@dataclass(frozen=True)
class Vocabulary:
    """Numbered words, sorted by frequency; equally frequent ones alphabetically.

    Attributes:
        words: word of each number.
        counts: frequency of each word in the training text, (words,) int64.
    """

    words: tuple[str, ...]
    counts: np.ndarray

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Number of each word."""
        return {word: i for i, word in enumerate(self.words)}

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, tokens: Sequence[str]) -> np.ndarray:
        """Returns the numbers of words, (tokens,) int32; -1 for words not in the vocabulary."""
        get = self.numbers.get
        return np.fromiter((get(token, -1) for token in tokens), np.int32, len(tokens))

    __call__ = encode

    def decode(self, numbers: Iterable[int]) -> list[str]:
        """Returns the words of numbers; negative numbers are skipped."""
        return [self.words[i] for i in numbers if i >= 0]

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments in JSON-serialisable values."""
        return {"words": self.words, "counts": self.counts.tolist()}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Vocabulary":
        """Returns the vocabulary of a config from `get_config`."""
        return cls(tuple(config["words"]), np.array(config["counts"], np.int64))


def build_vocabulary(
    tokens: Iterable[str], *, min_count: int = 1, most: int | None = None
) -> Vocabulary:
    """Counts words and returns the vocabulary of the frequent ones.

    Args:
        tokens: words of a text.
        min_count: minimum frequency.
        most: maximum number of words, the most frequent ones; None sets no limit.

    Raises:
        DatasetError: if fewer than two words remain.

    Example:
        >>> build_vocabulary("to be or not to be".split(), min_count=2).words
        ('be', 'to')
    """
    counts = Counter(tokens)
    frequent = [(word, n) for word, n in counts.items() if n >= min_count]
    frequent.sort(key=lambda pair: (-pair[1], pair[0]))
    frequent = frequent[:most]
    if len(frequent) < 2:
        raise DatasetError(
            "`min_count` must leave at least two words of the text. "
            f"Received: min_count={min_count}, {len(counts)} different words, {len(frequent)} kept"
        )
    words, numbers = zip(*frequent, strict=True)
    return Vocabulary(words, np.array(numbers, np.int64))
