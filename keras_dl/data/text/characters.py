"""Running text as a stream of character ids, for character-level language models."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from keras_dl.data.dataset import SPLITS, Data, Split
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.files import user_path
from keras_dl.data.reading import fact, recorded
from keras_dl.data.samplers import Windows
from keras_dl.data.serialization import register_preprocessor
from keras_dl.data.specs import Tokens
from keras_dl.data.tables.frames import as_frame
from keras_dl.data.text.labelled_texts import running_text
from keras_dl.data.text.text_tables import TABLES, read_text_column
from keras_dl.data.text.tokenize import find_in_mirror, read_python_topics
from keras_dl.data.text_files import read_text
from keras_dl.utils.matching import did_you_mean

__all__ = ["STREAMS", "CharacterTokenizer", "characters"]

STREAMS = ("topics", "tiny_shakespeare", "enwiki_slice")
TRAIN, VALIDATION = 0.9, 0.95  # ends of train and of validation, as shares of the text


@recorded
def characters(
    dataset: str | os.PathLike[str] | Sequence[str] | Data = "tiny_shakespeare",
    *,
    context: int = 64,
    batch_size: int = 16,
) -> Data:
    """A text as a stream of character ids, with the next character as target.

    The first nine tenths of the text are for training, as in nanoGPT. Its last tenth, which is
    nanoGPT's validation split, is halved here: the first half validates, the second tests. The mean
    of both losses is the figure to compare with nanoGPT's validation loss.

    Args:
        dataset: name of one of `STREAMS`, path of a text file (.txt, also .gz or .bz2) or of a
            table with a column text, a list of texts, or `Data` of this function. "topics" is
            embedded in Python.
        context: characters of a window. Windows begin at random characters of train and tile
            validation and test.
        batch_size: windows per step.

    Returns:
        x and y of each split (characters − 1,) int32, y one character ahead. The preprocessor is
        the `CharacterTokenizer` of all characters of the text.

    Raises:
        DatasetUnavailable: if the text is not available; states where to put which file.
        DatasetError: if it is no text, or one of its splits is shorter than a window.
    """
    if isinstance(dataset, Data):
        if not isinstance(dataset.preprocessor, CharacterTokenizer):
            raise DatasetError(
                "`dataset` must be a stream of characters, see `characters`. "
                f"Received: {dataset.name}"
            )
        tokens = replace(dataset.inputs, shape=(context,))
        samplers = _windows(dataset.splits, context)
        return replace(
            dataset, inputs=tokens, targets=tokens, samplers=samplers, batch_size=batch_size
        )
    name, source, text = _read(dataset)
    tokenizer = CharacterTokenizer.from_text(text)
    ids = tokenizer.encode(text)
    ends = f"{TRAIN * 100:g} % of the characters, test those after {VALIDATION * 100:g} %"
    fact("split", f"train is the first {ends}")
    cuts = [0, int(TRAIN * len(ids)), int(VALIDATION * len(ids)), len(ids)]
    parts = [ids[start:end] for start, end in pairwise(cuts)]
    splits = {key: Split(part[:-1], part[1:]) for key, part in zip(SPLITS, parts, strict=True)}
    tokens = Tokens(tokenizer.vocabulary_size, shape=(context,))
    return Data.from_splits(
        name,
        splits,
        inputs=tokens,
        targets=tokens,
        source=source,
        samplers=_windows(splits, context),
        preprocessor=tokenizer,
        batch_size=batch_size,
    )


def _windows(splits: dict[str, Split], context: int) -> dict[str, Windows]:
    shortest = min(split.num_examples for split in splits.values())
    if not 1 <= context <= shortest:
        raise DatasetError(
            f"`context` must lie in 1 … {shortest}, the length of the shortest split; a window has "
            f"so many characters. Received: context={context}"
        )
    return {
        name: Windows(split.num_examples, context, shuffle=name == "train")
        for name, split in splits.items()
    }


def _read(dataset: str | os.PathLike[str] | Sequence[str]) -> tuple[str, str, str]:
    """Name, source and text."""
    if (frame := as_frame(dataset)) is not None:
        rows = read_text_column(frame.table().path, table=frame.table())
        return "frame", "the caller's DataFrame", "\n".join(text for _, text in rows)
    if not isinstance(dataset, str | os.PathLike):
        texts = running_text(dataset)
        if texts is None:
            raise DatasetError(
                "`dataset` must be the name of a text, a text file or a list of texts. "
                f"Received: {type(dataset).__name__}"
            )
        return "texts", "the caller's texts", "\n".join(texts)
    name = str(dataset)
    if name == "topics":
        return name, "embedded in Python", "\n".join(read_python_topics().values())
    if name in STREAMS:
        file = find_in_mirror(name, STREAMS)[0]
        return name, str(file.parent), read_text(file, "utf-8")
    path = user_path(name)
    if not path.exists() and os.sep not in name and not path.suffix:
        raise DatasetUnavailable(
            f"`dataset` must be a text file or one of {', '.join(STREAMS)}."
            f"{did_you_mean(name, STREAMS)} Received: dataset={name!r}"
        )
    table = path.name.lower().endswith(TABLES)
    text = "\n".join(t for _, t in read_text_column(path)) if table else read_text(path)
    return path.resolve().name.partition(".")[0], str(path), text


@register_preprocessor("characters")
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
    separator: ClassVar[str] = ""  # between a text and its continuation

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

    def __call__(self, inputs: Sequence[str]) -> np.ndarray:
        """Ids of each text, (texts, length of the longest) int32, padded with 0 on the right."""
        rows = [self.encode(text) for text in inputs]
        ids = np.zeros((len(rows), max(map(len, rows), default=0)), np.int32)
        for row, encoded in zip(ids, rows, strict=True):
            row[: len(encoded)] = encoded
        return ids

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
