"""Running text as a stream of character ids, for character-level language models."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

__all__ = ["CharacterTokenizer"]


@dataclass(frozen=True)
class CharacterTokenizer:
    """Characters as integers.

    Args:
        characters: all characters in the order of their ids, each once.

    Raises:
        ValueError: if a character occurs twice, or there are fewer than two.

    Example:
        >>> tokenizer = CharacterTokenizer.from_text("to be or not")
        >>> tokenizer.encode("robot").tolist()
        [5, 4, 1, 4, 6]
        >>> tokenizer.decode([5, 4, 1, 4, 6])
        'robot'
    """

    characters: str

    def __post_init__(self) -> None:
        if len(set(self.characters)) != len(self.characters) or len(self.characters) < 2:
            raise ValueError(
                "`characters` must hold two characters or more, each once; a character's place is "
                f"its id. Received: characters={self.characters!r}"
            )

    @classmethod
    def from_text(cls, text: str) -> "CharacterTokenizer":
        """Returns the tokenizer of all characters of a text, sorted by code point."""
        return cls("".join(sorted(set(text))))

    @property
    def vocabulary_size(self) -> int:
        """Number of different characters."""
        return len(self.characters)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {character: i for i, character in enumerate(self.characters)}

    def encode(self, text: str) -> np.ndarray:
        """Ids of the characters, (len(text),) int32.

        Raises:
            ValueError: if the vocabulary lacks a character; names all that are missing.
        """
        ids = self._ids
        missing = sorted(set(text) - ids.keys())
        if missing:
            names = " ".join(repr(character) for character in missing[:10])
            more = f" and {len(missing) - 10} more" if len(missing) > 10 else ""
            raise ValueError(
                f"`text` must consist of the {len(ids)} characters of the vocabulary; the model "
                f"has no vectors for others. Received: {names}{more}"
            )
        return np.fromiter((ids[character] for character in text), np.int32, len(text))

    def decode(self, ids: Iterable[int]) -> str:
        """Text of a sequence of ids."""
        return "".join(self.characters[i] for i in ids)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as values that fit into JSON."""
        return {"characters": self.characters}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "CharacterTokenizer":
        """Returns the tokenizer that `get_config` describes."""
        return cls(**config)
