"""Tables of labelled texts: columns of text and the column of the label."""

from collections.abc import Sequence
from pathlib import Path

from keras_dl.data.errors import DatasetError
from keras_dl.data.reading import fact, notice
from keras_dl.data.reading_options import option
from keras_dl.data.tables.columns import (
    TARGETS,
    column_name,
    find_column,
    find_named,
    plain,
)
from keras_dl.data.tables.header import find_header
from keras_dl.data.tables.labels import check_labels, drop_missing, whole_numbers
from keras_dl.data.tables.rows import Row, Table, first_of, open_table
from keras_dl.data.text.labelled_texts import LabelledTexts
from keras_dl.utils.text import plural

__all__ = [
    "TABLES",
    "TEXTS",
    "is_labelled_table",
    "read_labelled_table",
    "read_text_column",
]

TABLES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")  # endings of tables
MOST_EMPTY = 1 / 3  # share of rows without a text that are left out
TEXTS = ("text", "sentence", "review")  # names of the text column


def is_labelled_table(table: Table) -> bool:
    """Returns True if the user states columns, or the first line names text and label."""
    stated = [option(name) for name in ("target", "text", "header", "delimiter")]
    names = {plain(cell) for cell in table.first}
    return any(value is not None for value in stated) or bool(
        names & set(TEXTS) and names & set(TARGETS)
    )


def read_labelled_table(table: Table, header: list[str] | None = None) -> LabelledTexts:
    """Reads texts and labels of a table by the options `target`, `text` and `header`.

    By default the label is in the column label, class or target, the text in the column text,
    sentence or review. Several columns of text are joined by a blank. Rows without a label or
    without a text are left out and recorded.

    Args:
        table: with the names of the columns in its first line.
        header: the names; None: by the content of the first line, which may hold none.

    Raises:
        DatasetError: if a column is missing, several columns could be meant, or more than a third
            of the rows have no text.
    """
    if header is None:
        table.record()
        header = find_header(table, _names(), numeric=False)
    target, texts = _find_columns(table, header)
    title = column_name(target, header)
    fact("target", f"column {title}")
    fact("text", f"column {', '.join(column_name(i, header) for i in texts)}")
    unused = [column_name(i, header) for i in range(len(table.first)) if i not in (target, *texts)]
    if unused:
        fact("unused columns", ", ".join(unused)[:200])
    rows = list(table.rows())[1 if header else 0 :]
    for row in rows:
        table.check_width(row)
    labels = [cells[target].strip('" \t' if table.by_line else None) for _, cells in rows]
    present = drop_missing(labels, [line for line, _ in rows], title, table.path)
    joined = [_join(rows[i], texts) for i in present]
    filled = _drop_empty(joined, [rows[i][0] for i in present], table)
    labels = [labels[present[i]] for i in filled]
    check_labels(labels, title, table.path)
    whole = whole_numbers(labels)
    return [joined[i] for i in filled], labels if whole is None else whole.tolist()


def read_text_column(
    path: Path, argument: str = "dataset", table: Table | None = None
) -> list[tuple[int, str]]:
    """Reads the texts of a table, without labels, by the options `text` and `header`.

    Args:
        path: of the table.
        argument: name of the caller's argument, for messages.
        table: one in memory, with the names of its columns in the first line, whose rows without
            text are left out; None: that of `path`.

    Returns:
        Line number and text of each row.

    Raises:
        DatasetError: if no column is stated and none has a usual name, or a row has no text.
    """
    in_memory = table is not None
    table = table or open_table(path)
    header: list[str] | None = table.first
    if not in_memory:
        table.record()
        header = find_header(table, _names(), numeric=False)
    columns = _find_texts(table, header)
    columns = [0] if columns is None and in_memory and len(table.first) == 1 else columns
    if columns is None:
        raise DatasetError(
            f"`{argument}` must have a column {' or '.join(TEXTS)}. Received: "
            f"{', '.join(table.first)[:80]} in {path}. The option `text` states others."
        )
    fact("text", f"column {', '.join(column_name(i, header) for i in columns)}")
    rows = list(table.rows())[1 if header else 0 :]
    for row in rows:
        table.check_width(row)
    if in_memory:
        texts = [_join(row, columns) for row in rows]
        return [(rows[i][0], texts[i]) for i in _drop_empty(texts, [r[0] for r in rows], table)]
    return [(row[0], _row_text(row, columns, table)) for row in rows]


def _find_texts(table: Table, header: Sequence[str] | None) -> list[int] | None:
    """Returns the columns of text that the user states or that have a usual name, or None.

    Args:
        table: table with at least one row.
        header: names of the columns, or None.

    Raises:
        DatasetError: if a stated column is missing, or several have a usual name.
    """
    stated = option("text")
    if isinstance(stated, tuple | list):
        width = len(table.first)
        return [find_column("text", name, header, width, table.path) for name in stated]
    named = find_named("text", TEXTS, header, table.path)
    return None if named is None else [named]


def _names() -> frozenset[str]:
    """Returns the names that show a header: the usual ones and those that the user states."""
    stated = option("text")
    columns = [option("target"), *(stated if isinstance(stated, tuple | list) else ())]
    names = {plain(str(name)) for name in columns if name is not None}
    return frozenset({*TEXTS, *TARGETS, *(name for name in names if not name.isdecimal())})


def _find_columns(table: Table, header: list[str] | None) -> tuple[int, list[int]]:
    """Returns the columns of label and text; of two columns the other one is the other."""
    stated, width = option("target"), len(table.first)
    if stated is not None:
        target = find_column("target", stated, header, width, table.path)
    else:
        target = find_named("target", TARGETS, header, table.path)
    texts = _find_texts(table, header)
    if width == 2 and target is None and texts is not None:
        target = 1 - texts[0]
    if width == 2 and texts is None and target is not None:
        texts = [1 - target]
    if target is None or texts is None or target in texts:
        columns = ", ".join(header or table.first)[:80]
        raise DatasetError(
            f"`dataset` must have a header with a column {_either(TEXTS)} and a column "
            f"{_either(TARGETS)}; --text and --target state others, by name or, with --no-header, "
            f"by number from 0. Received: {columns} in {table.path}"
        )
    return target, texts


def _row_text(row: Row, columns: Sequence[int], table: Table) -> str:
    """Returns the text of a row.

    Args:
        row: line number and cells.
        columns: columns of text, joined by a blank.
        table: table of the row, for messages.

    Raises:
        DatasetError: if the text is empty.
    """
    text = _join(row, columns)
    if not text.strip():
        raise DatasetError(
            f"`dataset` must have a text in every row. Received: an empty one in line {row[0]} of "
            f"{table.path}"
        )
    return text


def _join(row: Row, columns: Sequence[int]) -> str:
    parts = [row[1][i] for i in columns]
    if len(parts) > 1:
        parts = [part.strip() for part in parts if part.strip()]
    return " ".join(parts)


def _drop_empty(texts: Sequence[str], lines: Sequence[int], table: Table) -> list[int]:
    """Returns the rows that have a text, and records how many have none."""
    filled = [i for i, text in enumerate(texts) if text.strip()]
    empty = [line for line, text in zip(lines, texts, strict=True) if not text.strip()]
    if len(empty) > MOST_EMPTY * len(texts):
        raise DatasetError(
            f"`dataset` must have a text in every row. Received: {len(empty)} of {len(texts)} "
            f"empty ones, {first_of(empty)} of {table.path}"
        )
    if empty:
        words = plural(len(empty), f"of {len(texts)} rows has", f"of {len(texts)} rows have")
        notice(f"{words} no text and is left out: {first_of(empty)}." if len(empty) == 1 else
               f"{words} no text and are left out: {first_of(empty)}.")  # fmt: skip
    return filled


def _either(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
