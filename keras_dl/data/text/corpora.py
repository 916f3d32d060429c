"""Running text as rows of word numbers, for models that learn words from their neighbours."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from keras_dl.data.archives import ARCHIVES, members
from keras_dl.data.dataset import SPLITS, Data, Split
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.specs import NoTargets, Tokens
from keras_dl.data.text.labelled_texts import running
from keras_dl.data.text.tokenize import decoded, mirrored, python_topics, read_text, tokenize
from keras_dl.data.text.vocabulary import Vocabulary, vocabulary
from keras_dl.utils.matching import did_you_mean

__all__ = ["CORPORA", "HELD_OUT", "corpus"]

HELD_OUT = 0.05  # share of the text that validation has, and test; both at its end


CORPORA = ("topics", "enwiki_slice", "ptb", "tiny_shakespeare", "imdb")


def corpus(
    dataset: Any = "topics",
    *,
    min_count: int = 5,
    most_words: int | None = None,
    length: int = 1000,
    batch_size: int = 64,
) -> Data:
    """A text in rows of word numbers.

    Words that the vocabulary lacks are taken out before the rows are cut, so that the words on
    both sides of them become neighbours. Where the text has no splits of its own, its last
    twentieth is for test, the one before for validation.

    Args:
        dataset: name of one of `CORPORA`, path of a text file (.txt, also .gz or .bz2), of a
            folder or archive of .txt files, a list of texts, or `Data` that this function gave.
        min_count: words that are rarer in train are left out.
        most_words: size of the vocabulary at most; None sets no limit.
        length: words in a row.
        batch_size: rows per step; each split is filled up to whole batches by empty rows.

    Returns:
        x (rows, length) int32, numbers of words or -1 where there is none; y all 0;
        the preprocessor is the `Vocabulary`, counted in train.

    Raises:
        DatasetUnavailable: if the text is not at hand; says where to put which file.
        DatasetError: if it cannot be used.
    """
    for name, value in (("min_count", min_count), ("length", length), ("batch_size", batch_size)):
        if value < 1:
            raise DatasetError(f"`{name}` must be 1 or more. Received: {name}={value}")
    if isinstance(dataset, Data):
        if not isinstance(dataset.preprocessor, Vocabulary):
            raise DatasetError(f"`dataset` must be a text. Received: {dataset.name}")
        return replace(dataset, batch_size=batch_size)
    name, source, texts = _texts(dataset)
    tokens = _three([text if isinstance(text, list) else tokenize(text) for text in texts])
    known = vocabulary(tokens[0], min_count=min_count, most=most_words)
    splits = [_rows(known.encode(part), length, batch_size) for part in tokens]
    if (splits[0].x >= 0).sum() < 2:
        raise DatasetError(f"`dataset` must hold more than two words to train on. Received: {name}")
    return Data.from_splits(
        name,
        dict(zip(SPLITS, splits, strict=True)),
        inputs=Tokens(vocabulary_size=len(known)),
        targets=NoTargets(),
        source=source,
        digested=(np.array(known.words),),
        batch_size=batch_size,
        preprocessor=known,
    )


def _texts(dataset: Any) -> tuple[str, str, Sequence[str | list[str]]]:
    """Name, source and the texts of one split, or of three."""
    texts = running(dataset)
    if texts is not None:
        return "texts", "the caller's texts", ["\n".join(texts)]
    if not isinstance(dataset, (str, os.PathLike)):
        raise DatasetError(
            "`dataset` must be the name of a corpus, a text file, a folder of them or a list of "
            "texts. "
            f"Received: {type(dataset).__name__}"
        )
    name = str(dataset)
    if name == "topics":
        return name, "embedded in Python", ["\n".join(python_topics().values())]
    if name in CORPORA:
        files = mirrored(name, CORPORA)
        read: list[Any] = [read_text(file) for file in (files[:1] if name == "imdb" else files)]
        if name == "imdb":
            read = [_reviews(text) for text in read]
        # These are lower-case words and blanks already; splitting is six times as fast.
        if name in ("enwiki_slice", "ptb"):
            read = [text.replace("<unk>", " ").split() for text in read]
        return name, str(files[0].parent), read
    path = Path(name).expanduser()
    if not path.exists() and os.sep not in name and not path.suffix:
        hint = did_you_mean(name, CORPORA)
        raise DatasetUnavailable(
            f"`dataset` must be a text file, a folder of them or one of {', '.join(CORPORA)}."
            f"{hint} Received: dataset={name!r}"
        )
    return path.resolve().name.partition(".")[0], str(path), [_own(path)]


def _own(path: Path) -> str:
    """A text file, or all .txt files of a folder or an archive, one after the other."""
    if not path.is_dir() and not path.name.lower().endswith(ARCHIVES):
        return read_text(path)
    found = members(path, (".txt",))
    if not found:
        raise DatasetError(f"`dataset` must hold .txt files. Received: none in {path}")
    return "\n".join(decoded(member.read(), path / member.path) for member in found)


def _reviews(text: str) -> str:
    return "\n".join(line.split("\t", 3)[-1].replace("<br />", " ") for line in text.split("\n"))


def _three(parts: list[list[str]]) -> list[list[str]]:
    if len(parts) == 3:
        return parts
    tokens = parts[0]
    held = max(1, round(HELD_OUT * len(tokens)))
    if len(tokens) < 4:
        raise DatasetError(f"`dataset` must hold at least four words. Received: {len(tokens)}")
    return [tokens[: -2 * held], tokens[-2 * held : -held], tokens[-held:]]


def _rows(numbers: np.ndarray, length: int, batch_size: int) -> Split:
    numbers = numbers[numbers >= 0]
    count = max(1, -(-len(numbers) // length))
    count = -(-count // batch_size) * batch_size
    x = np.full(count * length, -1, np.int32)
    x[: len(numbers)] = numbers
    return Split(x.reshape(count, length), np.zeros(count, np.int32))
