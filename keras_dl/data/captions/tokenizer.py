"""Captions as word numbers and back."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_dl.data.serialization import register_preprocessor
from keras_dl.data.text.vocabulary import Vocabulary

__all__ = ["END", "FIRST", "START", "UNKNOWN", "CaptionTokenizer", "caption_words"]

PADDING, UNKNOWN, START, END = range(4)
FIRST = 4  # number of the first word
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def caption_words(caption: str) -> list[str]:
    """Returns the words of a caption in lower case, without punctuation.

    Example:
        >>> caption_words("A dog 's red-white ball .")
        ['a', 'dog', 's', 'red', 'white', 'ball']
    """
    return WORD.findall(caption.lower())


@register_preprocessor("captions")
@dataclass(frozen=True)
class CaptionTokenizer:
    """Converts captions to rows of word numbers.

    Attributes:
        vocabulary: words, numbered from 4; 0 is padding, 1 an unknown word, 2 the start, 3 the end.
        length: numbers of a row, start and end included; longer captions are cut.
    """

    vocabulary: Vocabulary
    length: int

    @property
    def size(self) -> int:
        """Number of different tokens."""
        return FIRST + len(self.vocabulary)

    def __call__(self, captions: Sequence[str]) -> np.ndarray:
        """Returns (captions, length) int32: start, words, end, padding."""
        rows = np.full((len(captions), self.length), PADDING, np.int32)
        for row, caption in zip(rows, captions, strict=True):
            words = caption_words(caption)[: self.length - 2]
            numbers = np.maximum(self.vocabulary.encode(words) + FIRST, UNKNOWN) if words else []
            row[: len(words) + 2] = [START, *numbers, END]
        return rows

    def decode(self, numbers: Iterable[int]) -> list[str]:
        """Returns the words of numbers up to the end; special tokens are left out."""
        words = []
        for number in numbers:
            if number == END:
                break
            if number >= FIRST:
                words.append(self.vocabulary.words[number - FIRST])
        return words

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments in JSON-serialisable values."""
        return {"vocabulary": self.vocabulary.get_config(), "length": self.length}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "CaptionTokenizer":
        """Returns the tokenizer of a config from `get_config`."""
        return cls(Vocabulary.from_config(config["vocabulary"]), config["length"])
