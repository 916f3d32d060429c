"""Words and how often they occur."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from keras_dl.data.errors import DatasetError
from keras_dl.data.serialization import register_preprocessor

__all__ = ["Vocabulary", "vocabulary"]


@register_preprocessor("vocabulary")
@dataclass(frozen=True)
class Vocabulary:
    """Words by number, the most frequent first; equally frequent ones by alphabet.

    Attributes:
        words: word of each number.
        counts: how often each occurs in what the vocabulary was made from, (words,) int64.
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
        """Numbers of the words (tokens,) int32; -1 for words that are not in the vocabulary."""
        get = self.numbers.get
        return np.fromiter((get(token, -1) for token in tokens), np.int32, len(tokens))

    __call__ = encode

    def decode(self, numbers: Iterable[int]) -> list[str]:
        """Words of the numbers; negative ones are left out."""
        return [self.words[i] for i in numbers if i >= 0]

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments in plain values."""
        return {"words": self.words, "counts": self.counts.tolist()}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Vocabulary":
        """Makes a vocabulary from what `get_config` returned."""
        return cls(tuple(config["words"]), np.array(config["counts"], np.int64))


def vocabulary(tokens: Iterable[str], *, min_count: int = 1, most: int | None = None) -> Vocabulary:
    """Counts words.

    Args:
        tokens: running words.
        min_count: rarer words are left out.
        most: number of words to keep, the most frequent ones; None keeps all.

    Raises:
        DatasetError: if fewer than two words remain.

    Example:
        >>> vocabulary("to be or not to be".split(), min_count=2).words
        ('be', 'to')
    """
    counts = Counter(tokens)
    kept = [(word, n) for word, n in counts.items() if n >= min_count]
    kept.sort(key=lambda pair: (-pair[1], pair[0]))
    kept = kept[:most]
    if len(kept) < 2:
        raise DatasetError(
            "`min_count` must leave at least two words of the text. "
            f"Received: min_count={min_count}, {len(counts)} different words, {len(kept)} kept"
        )
    words, numbers = zip(*kept, strict=True)
    return Vocabulary(words, np.array(numbers, np.int64))
