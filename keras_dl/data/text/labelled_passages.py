"""Labelled texts in three splits, as strings and as rows of word numbers."""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from keras_dl.data.dataset import SPLITS, Data, Split
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.files import user_path
from keras_dl.data.loading import DatasetLike, check_task
from keras_dl.data.overlap import notice_overlap
from keras_dl.data.reading import fact, recorded
from keras_dl.data.reading_options import option, reading_options
from keras_dl.data.specs import Classes, Tokens
from keras_dl.data.splitting import TEST_SHARE, VALIDATION_SHARE, record_cut, split_indices
from keras_dl.data.tables.frames import as_frame
from keras_dl.data.tables.labels import drop_missing
from keras_dl.data.targets import encode
from keras_dl.data.text.files import read_labelled_files
from keras_dl.data.text.labelled_texts import LabelledTexts, labelled_texts
from keras_dl.data.text.registry import LABELLED, read_labelled_set
from keras_dl.data.text.text_tables import read_labelled_table
from keras_dl.data.text.tokenize import tokenize
from keras_dl.data.text.vectorizers import PADDING, UNKNOWN, WordVectorizer, notice_unknown_texts
from keras_dl.data.text.vocabulary import build_vocabulary
from keras_dl.utils.matching import did_you_mean

__all__ = ["Passages", "passages", "token_sequences"]


class Passages(NamedTuple):
    """Texts with class numbers in three splits.

    Attributes:
        name: short name of the set.
        source: origin of the texts, in words.
        texts: of train, validation and test.
        labels: class numbers of the texts, (n,) int32.
        class_names: one name per class.
    """

    name: str
    source: str
    texts: tuple[list[str], list[str], list[str]]
    labels: tuple[np.ndarray, np.ndarray, np.ndarray]
    class_names: tuple[str, ...]


def passages(
    dataset: DatasetLike = "topics",
    *,
    target: str | int | None = None,
    text: str | int | Sequence[str | int] = (),
    header: bool | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
) -> Passages:
    """Reads labelled texts.

    A missing test split is 20 % of the texts, a missing validation split 10 % of train; both are
    stratified by class and the same in every run.

    Args:
        dataset: name of one of `LABELLED`; a path as `read_labelled_files` takes it: a folder of
            .txt files for each class, a CSV file with the columns text and label, or a file with
            `label<tab>text` in each line; or texts in memory, (texts, labels) and the other forms
            that `keras_dl.data.load` takes, such as a DataFrame with these columns.
        target: column of the label in a CSV file or DataFrame, by name or, without a header, by
            number from 0; None: the column label, class or target.
        text: columns of a CSV file that hold the text, joined by a blank; empty: the column text,
            sentence or review.
        header: whether the first line of a CSV file holds names; None: by its content.
        delimiter: character between the columns of a CSV file; None: by its content.
        encoding: encoding of the file or files; None: UTF-8.

    Raises:
        DatasetUnavailable: if the set is not available; the message names the file to provide.
        DatasetError: if the texts cannot be used, or an option does not apply to them.

    Example:
        >>> passages("ag_news/train.csv", header=False, target=0, text=(1, 2))  # doctest: +SKIP
    """
    columns = text.split(",") if isinstance(text, str) and text else text
    columns = (str(columns),) if isinstance(columns, int) else tuple(map(str, columns))
    with reading_options(
        target=target, text=columns, header=header, delimiter=delimiter, encoding=encoding
    ):
        return _passages(dataset)


def _passages(dataset: DatasetLike) -> Passages:
    name, source, parts, classes = _read(dataset)
    parts = {split: parts[split] for split in SPLITS if split in parts}  # train declares classes
    if any(not texts for texts, _ in parts.values()):
        raise DatasetError(
            f"`dataset` must hold texts in every split. Received: {name}, an empty one"
        )
    targets, class_names = encode(
        [np.array(y) for _, y in parts.values()],
        texts=True,
        class_names=classes,
        task=option("task"),
    )
    if len(class_names) < 2:
        raise DatasetError(f"`dataset` must have two classes or more. Received: {class_names}")
    splits: dict[str, tuple[list[str], np.ndarray]] = {}
    for (split, (texts, _)), y in zip(parts.items(), targets, strict=True):
        splits[split] = texts, y
    shares = {"test": TEST_SHARE, "validation": VALIDATION_SHARE}
    shares = {split: share for split, share in shares.items() if split not in splits}
    record_cut(shares, stratified=True, unit="texts")
    for split, share in shares.items():
        texts, y = splits["train"]
        if len(texts) < 2:
            raise DatasetError(f"`dataset` must hold more texts. Received: {name}, too few")
        for part, rows in zip(
            ("train", split), split_indices(y, share, stratified=True), strict=True
        ):
            splits[part] = [texts[i] for i in rows], y[rows]
    notice_overlap(splits["train"][0], splits["test"][0], "text")
    train, validation, test = (splits[split] for split in SPLITS)
    texts, labels = (train[0], validation[0], test[0]), (train[1], validation[1], test[1])
    return Passages(name, source, texts, labels, class_names)


@recorded
def token_sequences(
    dataset: DatasetLike = "topics",
    *,
    length: int = 60,
    min_count: int = 1,
    most_words: int | None = 20_000,
    batch_size: int = 64,
) -> Data:
    """Returns labelled texts as rows of word numbers.

    Args:
        dataset: as in `passages`, or a return value of this function.
        length: number of words of a text, its first ones.
        min_count: minimum frequency in train of the words of the vocabulary; others are unknown.
        most_words: maximum size of the vocabulary; None sets no limit.
        batch_size: texts per step.

    Returns:
        x (n, length) int32, words of the vocabulary numbered from 2, 1 for unknown words, 0 for
        padding; y class numbers. The preprocessor is the `WordVectorizer`.

    Raises:
        DatasetUnavailable: if the set is not available; the message names the file to provide.
        DatasetError: if the texts cannot be used.
    """
    for word, value in (("length", length), ("min_count", min_count), ("batch_size", batch_size)):
        if value < 1:
            raise DatasetError(f"`{word}` must be 1 or more. Received: {word}={value}")
    if isinstance(dataset, Data):
        if not isinstance(dataset.preprocessor, WordVectorizer) or not dataset.num_classes:
            raise DatasetError(f"`dataset` must be labelled texts. Received: {dataset.name}")
        check_task(dataset)
        return replace(dataset, batch_size=batch_size)
    texts = passages(dataset)
    tokens = (word for text in texts.texts[0] for word in tokenize(text))
    vocabulary = build_vocabulary(tokens, min_count=min_count, most=most_words)
    vectorizer = WordVectorizer(vocabulary, length)
    splits = [Split(vectorizer(x), y) for x, y in zip(texts.texts, texts.labels, strict=True)]
    for name, part, split in zip(SPLITS, texts.texts, splits, strict=True):
        notice_unknown_texts(name, part, (split.x <= UNKNOWN).all(axis=1))
    full = sum(int((split.x[:, -1] != PADDING).sum()) for split in splits)
    count = sum(split.num_examples for split in splits)
    fact("words", f"the first {length} of each text; {full:,} of {count:,} texts reach them")
    return Data.from_splits(
        texts.name,
        dict(zip(SPLITS, splits, strict=True)),
        inputs=Tokens(vocabulary_size=len(vocabulary) + 2),
        targets=Classes(texts.class_names),
        source=texts.source,
        digested=(np.array(vocabulary.words),),
        batch_size=batch_size,
        preprocessor=vectorizer,
    )


def _drop_missing(splits: dict[str, LabelledTexts]) -> dict[str, LabelledTexts]:
    """Leaves out texts without a label."""
    present = {}
    for split, (texts, labels) in splits.items():
        rows = drop_missing(labels, (), "y", f"the {split} texts")
        present[split] = [texts[i] for i in rows], [labels[i] for i in rows]
    return present


def _read(
    dataset: DatasetLike,
) -> tuple[str, str, dict[str, LabelledTexts], tuple[str, ...] | None]:
    """Returns name, source, labelled texts by split, and class names if labels are numbers."""
    if (frame := as_frame(dataset)) is not None:
        labelled = read_labelled_table(frame.table(), list(frame.columns))
        return "frame", "the caller's DataFrame", {"train": labelled}, None
    if not isinstance(dataset, (str, os.PathLike)):
        splits = labelled_texts(dataset)
        return "texts", "the caller's texts", _drop_missing(splits), None
    name = str(dataset)
    if name in LABELLED:
        return name, *read_labelled_set(name)
    path = user_path(name)
    if not path.exists() and os.sep not in name and not path.suffix:
        hint = did_you_mean(name, LABELLED)
        raise DatasetUnavailable(
            f"`dataset` must be one of {', '.join(LABELLED)}, or the path of a folder with a "
            f"folder of texts for each class, of a CSV file with the columns text and label, or of "
            f"a file of lines `label<tab>text`.{hint} Received: dataset={name!r}"
        )
    return path.resolve().name.partition(".")[0], str(path), read_labelled_files(path), None
