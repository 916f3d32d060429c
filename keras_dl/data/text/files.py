"""Files of labelled texts: class folders, a table with a header, or lines with a label."""

from pathlib import Path

from keras_dl.data.archives import ARCHIVES
from keras_dl.data.class_folders import list_labelled_members
from keras_dl.data.errors import DatasetError
from keras_dl.data.tables.labels import check_labels, drop_missing, whole_numbers
from keras_dl.data.tables.rows import open_table
from keras_dl.data.text.labelled_texts import LabelledTexts
from keras_dl.data.text.members import scan_texts, split_tables
from keras_dl.data.text.text_tables import is_labelled_table, read_labelled_table
from keras_dl.data.text_files import decode_text

__all__ = ["parse_lines", "read_labelled_files"]

BEFORE = "before the separator"  # place of the label in a line


def read_labelled_files(path: Path) -> dict[str, LabelledTexts]:
    """Reads texts and labels by split.

    The options `target`, `text`, `header`, `delimiter` and `encoding` apply to tables, `encoding`
    to all files.

    Args:
        path: folder or archive with a folder of .txt files or of files without suffix for each
            class, optionally under train/ and test/; folder or archive with the tables train.csv
            and test.csv; a table whose header has a column text (or sentence, review) and a column
            label (or class, target), or whose columns the options state; or a file with
            `label<tab>text` in each line.

    Raises:
        DatasetUnavailable: if the path does not exist.
        DatasetError: for other contents; the message names the file and the line.
    """
    if path.is_dir() or path.name.lower().endswith(ARCHIVES):
        return _read_folder(path)
    table = open_table(path)
    csv_file = path.name.lower().removesuffix(".gz").endswith(".csv")
    if csv_file or is_labelled_table(table):
        return {"train": read_labelled_table(table)}
    texts, labels, lines = _parse(table.content, "\t", path)
    present = drop_missing(labels, lines, BEFORE, path)
    labels = [labels[i] for i in present]
    check_labels(labels, BEFORE, path)
    whole = whole_numbers(labels)
    return {"train": ([texts[i] for i in present], labels if whole is None else whole.tolist())}


def _read_folder(path: Path) -> dict[str, LabelledTexts]:
    tables = split_tables(path)
    if tables:
        splits = {}
        for split, member in tables.items():
            file = path / member.path
            table = open_table(file, decode_text(member.read(), file))
            splits[split] = read_labelled_table(table)
        return splits
    labelled = list_labelled_members(path, (".txt",), "texts", scan_texts(path))
    return {
        split: (
            [decode_text(member.read(), path / member.path) for member, _ in members],
            [label for _, label in members],
        )
        for split, members in labelled.items()
    }


def parse_lines(content: str, separator: str, path: Path) -> LabelledTexts:
    """Parses lines that start with a label to texts and labels.

    Args:
        content: of the file.
        separator: of label and text.
        path: of the file, for messages.

    Raises:
        DatasetError: for a line without label, separator or text.
    """
    return _parse(content, separator, path)[:2]


def _parse(content: str, separator: str, path: Path) -> tuple[list[str], list[str], list[int]]:
    """Returns texts, labels and line numbers."""
    texts, labels, lines = [], [], []
    # Not splitlines(): texts contain other characters that it treats as line ends.
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        label, mark, rest = line.rstrip("\r").partition(separator)
        if not (label and mark and rest.strip()):
            raise DatasetError(
                f"`dataset` must hold a label, {separator!r} and a text in each line. "
                f"Received: {line[:80]!r}, line {number} of {path}"
            )
        texts.append(rest)
        labels.append(label.strip())
        lines.append(number)
    return texts, labels, lines
