"""Labelled sets that are known by name, each in the form its authors chose."""

from pathlib import Path
from typing import Any

from keras_dl.data.text.files import lines
from keras_dl.data.text.labelled_texts import Said
from keras_dl.data.text.tokenize import mirrored, python_topics, read_text, tokenize

__all__ = ["LABELLED", "known_set"]

SPLITS = {"sst2": ("train", "validation", "test"), "imdb": ("train", "test"),
          "trec": ("train", "test")}  # fmt: skip
OPINIONS = ("negative", "positive")
LABELLED = ("topics", *SPLITS)
# The chapters of Python's reference with the most passages of their own; least words of a passage.
CHAPTERS = ("compound", "debugger", "string-methods", "types", "typesmapping", "typesseq")
FEWEST = 6


def known_set(name: str) -> tuple[str, dict[str, Said], tuple[str, ...] | None]:
    """Source, texts and labels by split, names of the classes where labels are numbers.

    Raises:
        DatasetUnavailable: if the set is not at hand; says where to put which file.
        DatasetError: if a file is not what it should be.
    """
    if name == "topics":
        return "embedded in Python", {"train": _chapters()}, None
    files = mirrored(name, LABELLED)
    parts = {split: _read(name, f) for split, f in zip(SPLITS[name], files, strict=True)}
    return str(files[0].parent), parts, None if name == "trec" else OPINIONS


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
    if name == "imdb":
        rows = [line.split("\t", 3) for line in text.split("\n") if line]
        return [row[-1].replace("<br />", " ") for row in rows], [int(row[0]) for row in rows]
    texts, labels = lines(text, ":" if name == "trec" else " ", path)
    if name == "trec":
        return [text.partition(" ")[2] for text in texts], labels  # without the fine class
    return texts, [int(label) for label in labels]
