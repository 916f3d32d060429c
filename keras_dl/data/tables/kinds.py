"""Kinds of the columns of a mixed table: stated by the user, or inferred from the cells."""

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from keras_dl.data.errors import DatasetError
from keras_dl.data.reading import fact, notice
from keras_dl.data.reading_options import option
from keras_dl.data.tables.columns import column_name, find_column, is_number
from keras_dl.data.tables.encoding import KINDS, Column
from keras_dl.data.targets import is_missing

__all__ = ["SKIP", "find_kinds", "stated_columns"]

SKIP = "skip"
MOST_NOMINAL = 50  # different texts of a column that is nominal by itself
MOST_GAPS = 0.5  # share of missing cells of a feature
GARBLED = re.compile(r"[+-]?\d[\d.,_' ]*")  # a number that Python does not read
RULE = (
    "NAME=numerical, NAME=nominal, NAME=circular:PERIOD, NAME=LOW<MIDDLE<HIGH or NAME=skip, with "
    "commas between"
)


def stated_columns(header: Sequence[str] | None, width: int, path: Path) -> dict[int, str]:
    """Returns the kinds that the option `columns` states, by column.

    Args:
        header: names of the columns, or None.
        width: number of columns.
        path: of the file, for messages.

    Raises:
        DatasetError: if a column or kind does not exist.
    """
    stated = option("columns") or ()
    parts = (stated,) if isinstance(stated, str) else tuple(stated)  # type: ignore[arg-type]
    kinds = {}
    for part in parts:
        name, sign, kind = str(part).rpartition("=")
        if not sign or not kind:
            raise DatasetError(f"`columns` must be {RULE}. Received: {part!r}")
        kinds[find_column("columns", name.strip(), header, width, path)] = kind.strip()
    return kinds


def find_kinds(
    rows: Sequence[Sequence[str]],
    lines: Sequence[int],
    numbers: Sequence[int],
    header: Sequence[str] | None,
    stated: Mapping[int, str],
) -> list[Column]:
    """Returns the columns that become features, and records kinds and what is left out.

    Columns of numbers are numerical; texts are nominal if they repeat and are at most 50, else
    left out, as are columns of which more than half is missing.

    Args:
        rows: cells of the features.
        lines: line of each row in the file, for messages.
        numbers: place of each feature in the file.
        header: names of the columns, or None.
        stated: kinds by place, as the user states them.

    Raises:
        DatasetError: if a stated kind is wrong, or a column holds numbers and texts.
    """
    columns = []
    for index, number in enumerate(numbers):
        title = column_name(number, header)
        name = header[number] if header and header[number] else str(number)
        cells = [row[index] for row in rows]
        if number in stated:
            kind = stated[number]
            columns += [] if kind == SKIP else [_stated(name, number, kind)]
        elif (inferred := _infer(title, cells, lines)) is not None:
            columns.append(Column(name, number, inferred))
    if not columns:
        raise DatasetError(
            "`dataset` must have feature columns of numbers or of texts that repeat. Received: none"
        )
    named = {kind: [c.name for c in columns if c.kind == kind] for kind in KINDS}
    counted = [f"{len(names)} {kind}" for kind, names in named.items() if names]
    fact("columns", ", ".join(counted))
    return columns


def _stated(name: str, number: int, kind: str) -> Column:
    if kind in ("numerical", "nominal"):
        return Column(name, number, kind)
    word, _, text = kind.partition(":")
    if word == "circular" and is_number(text) and 0 < float(text) < math.inf:
        return Column(name, number, "circular", period=float(text))
    ranks = tuple(value.strip() for value in kind.split("<"))
    if len(ranks) > 1 and len(set(ranks)) == len(ranks) and all(ranks):
        return Column(name, number, "ordinal", ranks)
    raise DatasetError(f"`columns` must be {RULE}. Received: {name}={kind}")


def _infer(title: str, cells: Sequence[str], lines: Sequence[int]) -> str | None:
    """Returns the kind of a column, or None if it is left out."""
    present = [cell for cell in cells if not is_missing(cell)]
    if len(present) < (1 - MOST_GAPS) * len(cells):
        notice(f"Column {title} is left out; {len(cells) - len(present)} of {len(cells)} cells are "
               "missing.")  # fmt: skip
        return None
    count = sum(map(is_number, present))
    if count == len(present):
        return "numerical"
    different = len(set(present))
    repeated = different <= MOST_NOMINAL and different * 2 <= len(present)
    garbled = any(GARBLED.fullmatch(cell) and not is_number(cell) for cell in present)
    if garbled or count * 2 >= len(present) or (count and repeated):
        row = next(i for i, c in enumerate(cells) if not is_number(c) and not is_missing(c))
        raise DatasetError(
            "`dataset` must hold a number in every feature, or the kind of its column be stated: "
            f"--columns {title}=nominal. "
            f"Received: {cells[row][:40]!r} in column {title}, line {lines[row]}"
        )
    if repeated:
        return "nominal"
    notice(
        f"Column {title} is left out; it holds {different} different texts. "
        f"columns='{title}=nominal' makes each a feature."
    )
    return None
