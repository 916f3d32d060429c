"""Words and their vectors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from keras_dl.utils.matching import did_you_mean

__all__ = ["WordVectors"]


@dataclass(frozen=True)
class WordVectors:
    """Words and a matrix with one row per word.

    Attributes:
        words: distinct words, by descending frequency where known.
        matrix: (words, dim) float32.

    Raises:
        ValueError: if the number of rows differs, a word occurs twice, or a value is not finite.
    """

    words: tuple[str, ...]
    matrix: np.ndarray

    def __post_init__(self) -> None:
        if self.matrix.ndim != 2 or len(self.matrix) != len(self.words) or not self.words:
            raise ValueError(
                "`matrix` must have one row for each word. "
                f"Received: {len(self.words)} words, shape={self.matrix.shape}"
            )
        if len(self.numbers) < len(self.words):
            raise ValueError("`words` must all be different. Received: some of them twice")
        if not np.isfinite(self.matrix).all():
            raise ValueError("`matrix` must be finite. Received: NaN or inf")

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Row index of each word."""
        return {word: i for i, word in enumerate(self.words)}

    @cached_property
    def unit(self) -> np.ndarray:
        """Rows normalised to length 1; zero rows stay zero."""
        lengths = np.linalg.norm(self.matrix, axis=1, keepdims=True)
        return self.matrix / np.where(lengths > 0, lengths, 1.0)

    @property
    def dim(self) -> int:
        """Length of the vectors."""
        return self.matrix.shape[1]

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.numbers

    def __getitem__(self, word: str) -> np.ndarray:
        return self.matrix[self.row(word)]

    def row(self, word: str) -> int:
        """Returns the row index of a word.

        Raises:
            ValueError: if the word is unknown; the message names the closest spelling.
        """
        if word not in self.numbers:
            hint = did_you_mean(word, self.words)
            raise ValueError(f"`word` must be in the vocabulary.{hint} Received: word={word!r}")
        return self.numbers[word]

    def neighbours(self, word: str, count: int = 10) -> list[tuple[str, float]]:
        """Returns the words with the largest cosine to `word`, nearest first, without `word`.

        Raises:
            ValueError: if the word is unknown or `count` is below 1.
        """
        if count < 1:
            raise ValueError(f"`count` must be at least 1. Received: count={count}")
        own = self.row(word)
        cosines = self.unit @ self.unit[own]
        cosines[own] = -np.inf
        best = np.argsort(-cosines, kind="stable")[: min(count, len(self) - 1)]
        return [(self.words[i], float(cosines[i])) for i in best]

    def most_frequent(self, count: int) -> "WordVectors":
        """Returns the vectors of the first `count` words."""
        return WordVectors(self.words[:count], self.matrix[:count])

    def rows_for(self, words: Sequence[str] | Iterable[str], *, missing: np.ndarray) -> np.ndarray:
        """Returns a matrix (words, dim) for other words; `missing` fills unknown words."""
        rows = np.array(missing, np.float32)
        for i, word in enumerate(words):
            if word in self.numbers:
                rows[i] = self.matrix[self.numbers[word]]
        return rows
