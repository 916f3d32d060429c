"""Labelled texts: as they are, and as rows of word numbers."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from keras_dl.data.dataset import SPLITS, Data, Split
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.specs import Classes, Tokens
from keras_dl.data.splitting import TEST_SHARE, VALIDATION_SHARE, cut
from keras_dl.data.targets import encode
from keras_dl.data.text.files import own
from keras_dl.data.text.labelled_texts import Said, said
from keras_dl.data.text.registry import LABELLED, known_set
from keras_dl.data.text.tokenize import tokenize
from keras_dl.data.text.vectorizers import WordVectorizer
from keras_dl.data.text.vocabulary import vocabulary
from keras_dl.utils.matching import did_you_mean

__all__ = ["Passages", "passages", "token_sequences"]


class Passages(NamedTuple):
    """Texts with class numbers, cut into three splits.

    Attributes:
        name: short name of the set.
        source: where it came from, in words.
        texts: of train, validation and test.
        labels: class numbers of the same, (n,) int32.
        class_names: one name a class.
    """

    name: str
    source: str
    texts: tuple[list[str], list[str], list[str]]
    labels: tuple[np.ndarray, np.ndarray, np.ndarray]
    class_names: tuple[str, ...]


def passages(dataset: Any = "topics") -> Passages:
    """Labelled texts.

    Args:
        dataset: name of one of `LABELLED`; a path as `keras_dl.data.text.files` reads it: a folder
            of .txt files for each class, a CSV file with the columns text and label, or a file
            with `label<tab>text` in each line; or texts in memory, (texts, labels) and the other
            forms that `keras_dl.data.load` takes. Without splits of its own, a fifth is cut off
            for test and a tenth of the rest for validation, from each class the same share and
            always the same texts.

    Raises:
        DatasetUnavailable: if the set is not at hand; says where to put which file.
        DatasetError: if it cannot be used.
    """
    name, source, parts, classes = _found(dataset)
    if any(not texts for texts, _ in parts.values()):
        raise DatasetError(
            f"`dataset` must hold texts in every split. Received: {name}, an empty one"
        )
    targets, class_names = encode([np.array(y) for _, y in parts.values()], class_names=classes)
    if len(class_names) < 2:
        raise DatasetError(f"`dataset` must have two classes or more. Received: {class_names}")
    made: dict[str, tuple[list[str], np.ndarray]] = {}
    for (split, (texts, _)), y in zip(parts.items(), targets, strict=True):
        made[split] = texts, y
    for split, share in (("test", TEST_SHARE), ("validation", VALIDATION_SHARE)):
        if split not in made:
            texts, y = made["train"]
            if len(texts) < 2:
                raise DatasetError(f"`dataset` must hold more texts. Received: {name}, too few")
            rest, chosen = cut(y, share, stratified=True)
            made["train"] = [texts[i] for i in rest], y[rest]
            made[split] = [texts[i] for i in chosen], y[chosen]
    train, validation, test = (made[n] for n in ("train", "validation", "test"))
    texts, labels = (train[0], validation[0], test[0]), (train[1], validation[1], test[1])
    return Passages(name, source, texts, labels, class_names)


def token_sequences(
    dataset: Any = "topics",
    *,
    length: int = 60,
    min_count: int = 1,
    most_words: int | None = 20_000,
    batch_size: int = 64,
) -> Data:
    """Labelled texts as rows of word numbers.

    Args:
        dataset: as `passages` takes it, or `Data` that this function gave.
        length: words of a text that are looked at, its first ones.
        min_count: words that are rarer in train count as unknown.
        most_words: size of the vocabulary at most; None sets no limit.
        batch_size: texts per step.

    Returns:
        x (n, length) int32, words of the vocabulary numbered from 2, 1 for others, 0 after the end;
        y class numbers; the preprocessor, a `WordVectorizer`, numbers other texts in the same way.

    Raises:
        DatasetUnavailable: if the set is not at hand; says where to put which file.
        DatasetError: if it cannot be used.
    """
    for word, value in (("length", length), ("min_count", min_count), ("batch_size", batch_size)):
        if value < 1:
            raise DatasetError(f"`{word}` must be 1 or more. Received: {word}={value}")
    if isinstance(dataset, Data):
        if not isinstance(dataset.preprocessor, WordVectorizer) or not dataset.num_classes:
            raise DatasetError(f"`dataset` must be labelled texts. Received: {dataset.name}")
        return replace(dataset, batch_size=batch_size)
    found = passages(dataset)
    running = (word for text in found.texts[0] for word in tokenize(text))
    known = vocabulary(running, min_count=min_count, most=most_words)
    vectorizer = WordVectorizer(known, length)
    splits = [
        Split(vectorizer(texts), y) for texts, y in zip(found.texts, found.labels, strict=True)
    ]
    return Data.from_splits(
        found.name,
        dict(zip(SPLITS, splits, strict=True)),
        inputs=Tokens(vocabulary_size=len(known) + 2),
        targets=Classes(found.class_names),
        source=found.source,
        digested=(np.array(known.words),),
        batch_size=batch_size,
        preprocessor=vectorizer,
    )


def _found(dataset: Any) -> tuple[str, str, dict[str, Said], tuple[str, ...] | None]:
    """Name, source, texts and labels by split, names of the classes where labels are numbers."""
    if not isinstance(dataset, (str, os.PathLike)):
        return "texts", "the caller's texts", said(dataset), None
    name = str(dataset)
    if name in LABELLED:
        return name, *known_set(name)
    path = Path(name).expanduser()
    if not path.exists() and os.sep not in name and not path.suffix:
        hint = did_you_mean(name, LABELLED)
        raise DatasetUnavailable(
            f"`dataset` must be one of {', '.join(LABELLED)}, or the path of a folder with a "
            f"folder of texts for each class, of a CSV file with the columns text and label, or of "
            f"a file of lines `label<tab>text`.{hint} Received: dataset={name!r}"
        )
    return path.resolve().name.partition(".")[0], str(path), own(path), None
