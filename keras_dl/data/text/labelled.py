"""Labelled texts: as they are, and as rows of word numbers."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from keras_dl.data.core import Data, Split, digest
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.split import TEST_SHARE, VALIDATION_SHARE, cut
from keras_dl.data.targets import encode
from keras_dl.data.text.reading import mirrored, python_topics, read_text, tokenize
from keras_dl.data.text.vocabulary import vocabulary
from keras_dl.domains import did_you_mean

__all__ = ["LABELLED", "PADDING", "UNKNOWN", "Passages", "labelled", "passages"]

PADDING, UNKNOWN = 0, 1  # numbers of no word and of a word that train has not; words follow
# The chapters of Python's reference with the most passages of their own; least words of a passage.
CHAPTERS = ("compound", "debugger", "string-methods", "types", "typesmapping", "typesseq")
FEWEST = 6

Said = tuple[list[str], list[str]]  # texts and their labels


class Known(NamedTuple):
    """Entry of a labelled set: files in the mirror for train, validation and test, or ""."""

    files: tuple[str, str, str]
    classes: tuple[str, ...] | None
    size: str
    licence: str


SST2 = tuple(f"text/sst2/stsa.binary.{split}" for split in ("train", "dev", "test"))
OPINIONS = ("negative", "positive")
LABELLED = {
    "topics": Known(("", "", ""), None, "779 passages of Python's reference, 6 chapters", "PSF"),
    "sst2": Known(
        (SST2[0], SST2[1], SST2[2]),
        OPINIONS,
        "6,920 + 872 + 1,821 sentences of film reviews",
        "not stated (Socher et al. 2013)",
    ),
    "imdb": Known(
        ("text/imdb/imdb_train.tsv.bz2", "", "text/imdb/imdb_test.tsv.bz2"),
        OPINIONS,
        "25,000 + 25,000 film reviews",
        "not stated (Maas et al. 2011)",
    ),
    "trec": Known(
        ("text/trec/TREC.train", "", "text/trec/TREC.test"),
        None,
        "5,452 + 500 questions, 6 kinds of answers",
        "not stated (Li and Roth 2002)",
    ),
}


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
        dataset: name of one of `LABELLED`; path of a file with `label<tab>text` in each line; or
            (texts, labels). Without splits of its own, a fifth is cut off for test and a tenth of
            the rest for validation, from each class the same share and always the same texts.

    Raises:
        DatasetUnavailable: if the set is not at hand; says where to put which file.
        DatasetError: if it cannot be used.
    """
    name, source, parts, classes = _found(dataset)
    if any(not texts for texts, _ in parts.values()):
        raise DatasetError(
            f"`dataset` must hold texts in every split. Received: {name}, an empty one"
        )
    targets, class_names = encode([np.array(y) for _, y in parts.values()], "image", classes)
    if len(class_names) < 2:
        raise DatasetError(f"`dataset` must have two classes or more. Received: {class_names}")
    made: dict[str, tuple[list[str], np.ndarray]] = {}
    for (split, (texts, _)), y in zip(parts.items(), targets, strict=True):
        made[split] = texts, y
    for split, share in (("test", TEST_SHARE), ("validation", VALIDATION_SHARE)):
        if split not in made:
            texts, y = made["train"]
            rest, chosen = cut(y, share, stratified=True)
            made["train"] = [texts[i] for i in rest], y[rest]
            made[split] = [texts[i] for i in chosen], y[chosen]
    train, validation, test = (made[n] for n in ("train", "validation", "test"))
    texts, labels = (train[0], validation[0], test[0]), (train[1], validation[1], test[1])
    return Passages(name, source, texts, labels, class_names)


def labelled(
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
        y class numbers; `extras["vocabulary"]`.

    Raises:
        DatasetUnavailable: if the set is not at hand; says where to put which file.
        DatasetError: if it cannot be used.
    """
    for word, value in (("length", length), ("min_count", min_count), ("batch_size", batch_size)):
        if value < 1:
            raise DatasetError(f"`{word}` must be 1 or more. Received: {word}={value}")
    if isinstance(dataset, Data):
        if "vocabulary" not in dataset.extras or not dataset.num_classes:
            raise DatasetError(f"`dataset` must be labelled texts. Received: {dataset.name}")
        return replace(dataset, batch_size=batch_size)
    said = passages(dataset)
    tokens = [[tokenize(text) for text in texts] for texts in said.texts]
    running = (word for text in tokens[0] for word in text)
    known = vocabulary(running, min_count=min_count, most=most_words)
    splits = []
    for part, y in zip(tokens, said.labels, strict=True):
        x = np.full((len(part), length), PADDING, np.int32)
        for row, text in zip(x, part, strict=True):
            numbers = known.encode(text[:length]) + 2
            row[: len(numbers)] = np.maximum(numbers, UNKNOWN)
        splits.append(Split(x, y))
    arrays = [array for split in splits for array in split]
    return Data(
        said.name,
        *splits,
        class_names=said.class_names,
        source=said.source,
        digest=digest(*arrays, np.array(known.words)),
        batch_size=batch_size,
        kind="text",
        extras={"vocabulary": known},
    )


def _found(dataset: Any) -> tuple[str, str, dict[str, Said], tuple[str, ...] | None]:
    """Name, source, texts and labels by split, names of the classes where labels are numbers."""
    if isinstance(dataset, tuple) and len(dataset) == 2:
        texts, labels = list(dataset[0]), list(dataset[1])
        if len(texts) != len(labels) or not all(isinstance(text, str) for text in texts):
            raise DatasetError(
                "`dataset` must be (texts, labels), as many of one as of the other. "
                f"Received: {len(texts)} texts and {len(labels)} labels"
            )
        return "texts", "the caller's texts", {"train": (texts, labels)}, None
    if not isinstance(dataset, (str, os.PathLike)):
        raise DatasetError(
            "`dataset` must be the name of a set of texts, a file of lines `label<tab>text`, or "
            f"(texts, labels). Received: {type(dataset).__name__}"
        )
    name = str(dataset)
    if name == "topics":
        return name, "embedded in Python", {"train": _chapters()}, None
    if name in LABELLED:
        known = LABELLED[name]
        files = zip(("train", "validation", "test"), known.files, strict=True)
        places = {split: mirrored(name, file, ["topics"]) for split, file in files if file}
        parts = {split: _read(name, place) for split, place in places.items()}
        return name, str(places["train"].parent), parts, known.classes
    path = Path(name).expanduser()
    if not path.exists() and os.sep not in name and not path.suffix:
        hint = did_you_mean(name, LABELLED)
        raise DatasetUnavailable(
            f"`dataset` must be one of {', '.join(LABELLED)}, or a file of lines "
            f"`label<tab>text`.{hint} Received: dataset={name!r}"
        )
    return (
        path.name.partition(".")[0],
        str(path),
        {"train": _lines(read_text(path), "\t", path)},
        None,
    )


def _chapters() -> Said:
    said: dict[str, list[str]] = {}
    for chapter in CHAPTERS:
        for passage in python_topics()[chapter].split("\n\n"):
            if len(tokenize(passage)) >= FEWEST:
                said.setdefault(" ".join(passage.split()), []).append(chapter)
    # What a chapter says twice could be in train and in test; what two say belongs to none.
    kept = {text: chapters[0] for text, chapters in said.items() if len(set(chapters)) == 1}
    return list(kept), list(kept.values())


def _read(name: str, path: Path) -> tuple[list[str], list[Any]]:
    text = read_text(path, "latin-1" if name == "trec" else "utf-8")
    # Not splitlines(): reviews hold other signs that it takes for the end of a line.
    if name == "imdb":
        rows = [line.split("\t", 3) for line in text.split("\n") if line]
        return [row[-1].replace("<br />", " ") for row in rows], [int(row[0]) for row in rows]
    texts, labels = _lines(text, ":" if name == "trec" else " ", path)
    if name == "trec":
        return [text.partition(" ")[2] for text in texts], labels  # without the fine class
    return texts, [int(label) for label in labels]


def _lines(text: str, separator: str, path: Path) -> Said:
    rows = [line.partition(separator) for line in text.split("\n") if line.strip()]
    for number, (label, found, rest) in enumerate(rows, 1):
        if not (label and found and rest.strip()):
            raise DatasetError(
                f"`dataset` must hold a label, {separator!r} and a text in each line. "
                f"Received: {label + found + rest!r}, line {number} of {path}"
            )
    return [rest for _, _, rest in rows], [label for label, _, _ in rows]
