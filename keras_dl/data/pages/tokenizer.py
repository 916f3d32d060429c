"""Texts of pages as rows of token numbers and back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_dl.data.serialization import register_preprocessor
from keras_dl.data.text.subwords import SPECIAL

__all__ = ["LINE_BREAK", "PageTokenizer"]

LINE_BREAK = "\n"


@register_preprocessor("pages")
@dataclass(frozen=True)
class PageTokenizer:
    """Converts the characters of a page to ids.

    Ids 0 to 3 are those of `SPECIAL`, then come the characters and the line break.

    Attributes:
        characters: names of the classes, in their order.
        length: ids of a row, the end included.
    """

    characters: tuple[str, ...]
    length: int

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbol of each id."""
        return (*SPECIAL, *self.characters, LINE_BREAK)

    @property
    def vocabulary_size(self) -> int:
        """Number of different ids."""
        return len(self.symbols)

    def encode(self, lines: Sequence[Sequence[int]]) -> np.ndarray:
        """Returns the ids of lines of class numbers, with line breaks between, (ids,) int32."""
        ids: list[int] = []
        for number, line in enumerate(lines):
            ids += [len(self.symbols) - 1] * (number > 0)
            ids += [len(SPECIAL) + label for label in line]
        return np.array(ids, np.int32)

    def decode(self, ids: Iterable[int]) -> str:
        """Returns the text of ids up to the end; padding is left out."""
        return "".join(self.decode_symbols(ids))

    def decode_symbols(self, ids: Iterable[int]) -> list[str]:
        """Returns the symbols of ids up to the end; padding is left out."""
        symbols, end = self.symbols, SPECIAL.index("<end>")
        found: list[str] = []
        for number in map(int, ids):
            if number == end:
                break
            if number >= len(SPECIAL):
                found.append(symbols[number])
        return found

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments in JSON-serialisable values."""
        return {"characters": list(self.characters), "length": self.length}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "PageTokenizer":
        """Returns the tokenizer of a config from `get_config`."""
        return cls(tuple(config["characters"]), config["length"])
