"""Words as integers, with an end of sentence and one number for all unknown words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from keras_dl.data.serialization import register_preprocessor
from keras_dl.data.text.tokenize import tokenize

__all__ = ["END", "UNKNOWN", "WordTokenizer"]

END, UNKNOWN = "<eos>", "<unk>"


@register_preprocessor("word_tokenizer")
@dataclass(frozen=True)
class WordTokenizer:
    """Words as integers; words that it does not know are `<unk>`.

    Args:
        words: all words in the order of their ids, each once, `<unk>` among them.
        split_at_blanks: whether texts are words between blanks, as those of the Penn Treebank;
            False: they are tokenized, which drops punctuation.

    Raises:
        ValueError: if a word occurs twice, or `<unk>` is missing.

    Example:
        >>> tokenizer = WordTokenizer(("be", "to", "<unk>", "<eos>"))
        >>> tokenizer.encode("To be, or").tolist()
        [1, 0, 2]
        >>> tokenizer.decode([1, 0, 3])
        'to be <eos>'
    """

    words: tuple[str, ...]
    split_at_blanks: bool = False
    separator: ClassVar[str] = " "  # between a text and its continuation

    def __post_init__(self) -> None:
        if len(set(self.words)) != len(self.words) or UNKNOWN not in self.words:
            raise ValueError(
                f"`words` must hold each word once, and {UNKNOWN}; a word's place is its id. "
                f"Received: {len(self.words)} words, {len(set(self.words))} different ones"
            )

    @property
    def vocabulary_size(self) -> int:
        """Number of different words."""
        return len(self.words)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {word: i for i, word in enumerate(self.words)}

    def split(self, text: str) -> list[str]:
        """Words of a text; those between blanks in lower case where only that form is known."""
        if not self.split_at_blanks:
            return tokenize(text)
        return [w if w in self._ids else w.lower() for w in text.split()]

    def numbers(self, words: Sequence[str]) -> np.ndarray:
        """Ids of words, (len(words),) int32."""
        ids, unknown = self._ids, self._ids[UNKNOWN]
        return np.fromiter((ids.get(word, unknown) for word in words), np.int32, len(words))

    def encode(self, text: str) -> np.ndarray:
        """Ids of the words of a text, (words,) int32."""
        return self.numbers(self.split(text))

    def __call__(self, inputs: Sequence[str]) -> np.ndarray:
        """Ids of each text, (texts, length of the longest) int32, padded with 0 on the right."""
        rows = [self.encode(text) for text in inputs]
        ids = np.zeros((len(rows), max(map(len, rows), default=0)), np.int32)
        for row, encoded in zip(ids, rows, strict=True):
            row[: len(encoded)] = encoded
        return ids

    def decode(self, ids: Iterable[int]) -> str:
        """Words of a sequence of ids, between blanks."""
        return " ".join(self.words[i] for i in ids)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as values that fit into JSON."""
        return {"words": list(self.words), "split_at_blanks": self.split_at_blanks}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "WordTokenizer":
        """Returns the tokenizer that `get_config` describes."""
        return cls(tuple(config["words"]), config["split_at_blanks"])
