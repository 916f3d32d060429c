"""Registered sets of labelled texts, each in the file format of its authors."""

from pathlib import Path
from typing import Any

from keras_dl.data.text.files import parse_lines
from keras_dl.data.text.labelled_texts import LabelledTexts
from keras_dl.data.text.tokenize import find_in_mirror, read_python_topics, tokenize
from keras_dl.data.text_files import read_text

__all__ = ["LABELLED", "read_labelled_set"]

SPLITS = {"sst2": ("train", "validation", "test"), "imdb": ("train", "test"),
          "trec": ("train", "test")}  # fmt: skip
OPINIONS = ("negative", "positive")
LABELLED = ("topics", *SPLITS)
# The chapters of Python's reference with the most unique passages.
CHAPTERS = ("compound", "debugger", "string-methods", "types", "typesmapping", "typesseq")
MIN_WORDS = 6  # of a passage


def read_labelled_set(name: str) -> tuple[str, dict[str, LabelledTexts], tuple[str, ...] | None]:
    """Reads source, labelled texts by split, and class names if labels are numbers.

    Args:
        name: one of `LABELLED`.

    Raises:
        DatasetUnavailable: if the set is not available; the message names the file to provide.
        DatasetError: if the content of a file differs from the expected one.
    """
    if name == "topics":
        return "embedded in Python", {"train": _chapters()}, None
    files = find_in_mirror(name, LABELLED)
    parts = {split: _read(name, f) for split, f in zip(SPLITS[name], files, strict=True)}
    return str(files[0].parent), parts, None if name == "trec" else OPINIONS


def _chapters() -> LabelledTexts:
    chapters_of: dict[str, list[str]] = {}
    for chapter in CHAPTERS:
        for passage in read_python_topics()[chapter].split("\n\n"):
            if len(tokenize(passage)) >= MIN_WORDS:
                chapters_of.setdefault(" ".join(passage.split()), []).append(chapter)
    # A passage that occurs twice could be in train and in test; one in two chapters has no label.
    labels = {t: chapters[0] for t, chapters in chapters_of.items() if len(set(chapters)) == 1}
    return list(labels), list(labels.values())


def _read(name: str, path: Path) -> tuple[list[str], list[Any]]:
    text = read_text(path, "latin-1" if name == "trec" else "utf-8")
    if name == "imdb":
        rows = [line.split("\t", 3) for line in text.split("\n") if line]
        return [row[-1].replace("<br />", " ") for row in rows], [int(row[0]) for row in rows]
    texts, labels = parse_lines(text, ":" if name == "trec" else " ", path)
    if name == "trec":
        return [text.partition(" ")[2] for text in texts], labels  # without the fine class
    return texts, [int(label) for label in labels]
