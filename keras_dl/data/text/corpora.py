"""Running text as rows of word numbers, for word vectors."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from keras_dl.data.archives import ARCHIVES
from keras_dl.data.dataset import SPLITS, Data, Split
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.files import user_path
from keras_dl.data.reading import fact, recorded
from keras_dl.data.specs import NoTargets, Tokens
from keras_dl.data.tables.frames import as_frame
from keras_dl.data.text.labelled_texts import running_text
from keras_dl.data.text.members import list_text_members
from keras_dl.data.text.text_tables import TABLES, read_text_column
from keras_dl.data.text.tokenize import find_in_mirror, read_python_topics, tokenize
from keras_dl.data.text.vocabulary import Vocabulary, build_vocabulary
from keras_dl.data.text_files import decode_text, read_text
from keras_dl.utils.matching import did_you_mean

__all__ = ["CORPORA", "HELD_OUT", "CorpusLike", "corpus", "corpus_tokens", "read_corpus"]

HELD_OUT = 0.05  # share of the text for validation, and for test; both at its end
CORPORA = ("topics", "enwiki_slice", "ptb", "tiny_shakespeare", "imdb")
# A name, a path, texts, or a return value of `corpus`.
CorpusLike: TypeAlias = str | os.PathLike[str] | Sequence[str] | Data


@recorded
def corpus(
    dataset: CorpusLike = "topics",
    *,
    min_count: int = 5,
    most_words: int | None = None,
    length: int = 1000,
    batch_size: int = 64,
) -> Data:
    """Returns a running text in rows of word numbers.

    Words that are not in the vocabulary are removed before the text is divided into rows, so their
    neighbours become adjacent. A text without splits is divided into 90 % for train, 5 % for
    validation and the last 5 % for test.

    Args:
        dataset: name of one of `CORPORA`, path of a text file (.txt, also .gz or .bz2), of a
            folder or archive of .txt files or of files without suffix, or of a table with a
            column text, a DataFrame with one, a list of texts or a column of a DataFrame, or a
            return value of this function.
        min_count: minimum frequency in train of the words of the vocabulary.
        most_words: maximum size of the vocabulary; None sets no limit.
        length: words per row.
        batch_size: rows per step; each split is padded with empty rows to whole batches.

    Returns:
        x (rows, length) int32, word numbers or -1 for padding; y all 0. The preprocessor is the
        `Vocabulary` of train.

    Raises:
        DatasetUnavailable: if the text is not available; the message names the file to provide.
        DatasetError: if the text cannot be used.
    """
    for name, value in (("min_count", min_count), ("length", length), ("batch_size", batch_size)):
        if value < 1:
            raise DatasetError(f"`{name}` must be 1 or more. Received: {name}={value}")
    if isinstance(dataset, Data):
        if not isinstance(dataset.preprocessor, Vocabulary):
            raise DatasetError(f"`dataset` must be a text. Received: {dataset.name}")
        return replace(dataset, batch_size=batch_size)
    name, source, tokens = corpus_tokens(dataset)
    words = build_vocabulary(tokens[0], min_count=min_count, most=most_words)
    splits = [_rows(words.encode(part), length, batch_size) for part in tokens]
    if (splits[0].x >= 0).sum() < 2:
        raise DatasetError(f"`dataset` must hold more than two words to train on. Received: {name}")
    return Data.from_splits(
        name,
        dict(zip(SPLITS, splits, strict=True)),
        inputs=Tokens(vocabulary_size=len(words)),
        targets=NoTargets(),
        source=source,
        digested=(np.array(words.words),),
        batch_size=batch_size,
        preprocessor=words,
    )


def corpus_tokens(dataset: CorpusLike) -> tuple[str, str, list[list[str]]]:
    """Returns name, source, and the words of train, validation and test.

    Args:
        dataset: as in `corpus`, but no return value of it.

    Raises:
        DatasetUnavailable: if the text is not available; the message names the file to provide.
        DatasetError: if the text cannot be used.
    """
    name, source, texts = read_corpus(dataset)
    parts = [text if isinstance(text, list) else tokenize(text) for text in texts]
    return name, source, _split(parts)


def read_corpus(dataset: object) -> tuple[str, str, Sequence[str | list[str]]]:
    """Reads a running text.

    Args:
        dataset: as `corpus` takes it, but for `Data`.

    Returns:
        Name, source, and the texts of one split or of three; lists of words where they are given.

    Raises:
        DatasetUnavailable: if the text is not available; the message names the file to provide.
        DatasetError: if the text cannot be used.
    """
    if (frame := as_frame(dataset)) is not None:
        table = frame.table()
        rows = read_text_column(table.path, table=table)
        return "frame", "the caller's DataFrame", ["\n".join(text for _, text in rows)]
    texts = running_text(dataset)
    if texts is not None:
        return "texts", "the caller's texts", ["\n".join(texts)]
    if not isinstance(dataset, (str, os.PathLike)):
        raise DatasetError(
            "`dataset` must be the name of a corpus, a text file, a folder of them, a list of "
            "texts or a DataFrame. "
            f"Received: {type(dataset).__name__}"
        )
    name = str(dataset)
    if name == "topics":
        return name, "embedded in Python", ["\n".join(read_python_topics().values())]
    if name in CORPORA:
        files = find_in_mirror(name, CORPORA)
        source = str(files[0].parent)
        parts = [read_text(file, "utf-8") for file in (files[:1] if name == "imdb" else files)]
        if name == "imdb":
            return name, source, [_reviews(text) for text in parts]
        # Already lower-case words and blanks; splitting is six times as fast as tokenizing.
        if name in ("enwiki_slice", "ptb"):
            return name, source, [text.replace("<unk>", " ").split() for text in parts]
        return name, source, parts
    path = user_path(name)
    if not path.exists() and os.sep not in name and not path.suffix:
        hint = did_you_mean(name, CORPORA)
        raise DatasetUnavailable(
            f"`dataset` must be a text file, a folder of them or one of {', '.join(CORPORA)}."
            f"{hint} Received: dataset={name!r}"
        )
    return path.resolve().name.partition(".")[0], str(path), [_read_files(path)]


def _read_files(path: Path) -> str:
    """Reads a text file, or joins the texts of a table, a folder or an archive."""
    if path.name.lower().endswith(TABLES):
        return "\n".join(text for _, text in read_text_column(path))
    if not path.is_dir() and not path.name.lower().endswith(ARCHIVES):
        return read_text(path)
    files = list_text_members(path)
    if not files:
        raise DatasetError(f"`dataset` must hold .txt files. Received: none in {path}")
    return "\n".join(decode_text(member.read(), path / member.path) for member in files)


def _reviews(text: str) -> str:
    return "\n".join(line.split("\t", 3)[-1].replace("<br />", " ") for line in text.split("\n"))


def _split(parts: list[list[str]]) -> list[list[str]]:
    if len(parts) == 3:
        return parts
    fact("split", f"validation and test are the last words, {HELD_OUT * 100:g} % each")
    tokens = parts[0]
    size = max(1, round(HELD_OUT * len(tokens)))
    if len(tokens) < 4:
        raise DatasetError(f"`dataset` must hold at least four words. Received: {len(tokens)}")
    return [tokens[: -2 * size], tokens[-2 * size : -size], tokens[-size:]]


def _rows(numbers: np.ndarray, length: int, batch_size: int) -> Split:
    numbers = numbers[numbers >= 0]
    count = max(1, -(-len(numbers) // length))
    count = -(-count // batch_size) * batch_size
    x = np.full(count * length, -1, np.int32)
    x[: len(numbers)] = numbers
    return Split(x.reshape(count, length), np.zeros(count, np.int32))
