"""Images whose targets stand in a table beside them: a CSV file with a column of file names."""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from keras_dl.data.archives import IMAGES, Listing, Member, notice_left_out, scan
from keras_dl.data.dataset import Raw
from keras_dl.data.errors import DatasetError
from keras_dl.data.images.checks import record_sizes
from keras_dl.data.images.image_files import decode_images, read_sizes, stack_images
from keras_dl.data.images.resizing import common_size
from keras_dl.data.reading import fact
from keras_dl.data.reading_options import option
from keras_dl.data.tables.columns import TARGETS, column_name, find_column, find_named, is_number
from keras_dl.data.tables.header import find_header
from keras_dl.data.tables.labels import drop_missing, whole_numbers
from keras_dl.data.tables.rows import Table, open_table
from keras_dl.data.targets import MOST_CLASSES
from keras_dl.utils.text import list_first

__all__ = ["find_list", "read_listed"]

TABLES = (".csv", ".tsv")


def find_list(path: Path) -> Path | None:
    """Returns the only table in a folder whose images are not sorted into several folders.

    Args:
        path: a folder.
    """
    tables = [f for f in sorted(path.iterdir()) if f.suffix.lower() in TABLES and f.is_file()]
    if len(tables) != 1:
        return None
    parents = {member.path.parent for member in scan(path, IMAGES).members}
    return tables[0] if len(parents) == 1 else None


def read_listed(path: Path, table: Path, image_size: int | None, at_least: int | None) -> Raw:
    """Reads images and the targets that a table has for their names.

    The target is the column that the option `target` states, one named label, class or target, or
    the only one beside that of the names. Names are relative to the folder, or to that of the
    images; their ending may be missing. Numbers are regression targets where a table's would be.

    Args:
        path: folder of the images.
        table: its CSV or TSV file.
        image_size: side of the square that images are resized to, in pixels; None keeps the size
            of images that are all equal.
        at_least: minimum length of the shorter side in pixels if `image_size` is None, or None.

    Raises:
        DatasetError: if no column has names of images, an image is missing, or several columns
            could be the target.
    """
    listing, rows = scan(path, IMAGES), open_table(table)
    members = _by_name(listing.members)
    header = find_header(rows, numeric=False)
    body = [cells for _, cells in rows.rows()][header is not None :]
    names = _column_of_names(body, members, table)
    target = _target(rows, names, header)
    fact("target", f"column {column_name(target, header)} of {table.name}, one row per image")
    lines = list(range(1 + (header is not None), len(body) + 1 + (header is not None)))
    complete = drop_missing([c[target] for c in body], lines, column_name(target, header), table)
    labels = [body[i][target].strip() for i in complete]
    listed = [_member(body[i][names], members, table) for i in complete]
    left = [*listing.left_out, *(m.path for m in listing.members if m not in listed)]
    rest = [name for name in left if name.name != table.name]
    notice_left_out(Listing(listed, rest, []), "images")
    size = common_size(read_sizes(listed) if image_size is None else (), image_size, at_least)
    decoded = decode_images(listed, size)
    record_sizes(decoded.sizes, size, asked=image_size is not None)
    y, task = _encode(labels)
    images = stack_images(decoded.images)
    return Raw(path.resolve().name, str(path), (images, y), task=task, white=decoded.white)


def _by_name(members: Sequence[Member]) -> dict[str, Member]:
    """Returns the images by path, by file name and by both without their ending."""
    names: dict[str, Member] = {}
    for member in members:
        for name in (member.path, PurePosixPath(member.path.name)):
            names |= {str(name): member, str(name.with_suffix("")): member}
    return names


def _column_of_names(
    body: Sequence[Sequence[str]], members: Mapping[str, Member], table: Path
) -> int:
    width = min((len(cells) for cells in body), default=0)
    shares = [np.mean([cells[i].strip() in members for cells in body]) for i in range(width)]
    if not shares or max(shares) < 0.5:
        raise DatasetError(
            "`dataset` must have a table with a column of the images' file names, or sort its "
            f"images into one folder per class. Received: none in {table}"
        )
    return int(np.argmax(shares))


def _target(rows: Table, names: int, header: Sequence[str] | None) -> int:
    width, stated = len(rows.first), option("target")
    if stated is not None:
        return find_column("target", str(stated), header, width, rows.path)
    named = find_named("target", TARGETS, header, rows.path)
    others = [i for i in range(width) if i != names]
    if named is None and len(others) != 1:
        titles = list_first([column_name(i, header) for i in others], 10)
        raise DatasetError(
            f"`target` must be stated where several columns could be it, or the table has only "
            f"names. Received: columns {titles or 'none'} beside the names in {rows.path}"
        )
    return others[0] if named is None else named


def _member(cell: str, members: Mapping[str, Member], table: Path) -> Member:
    if cell.strip() not in members:
        raise DatasetError(
            f"`dataset` must have an image for each row of {table.name}. Received: no {cell!r}"
        )
    return members[cell.strip()]


def _encode(labels: Sequence[str]) -> tuple[np.ndarray, str | None]:
    """Returns labels as numbers or texts, and the task that they imply or None."""
    if not all(map(is_number, labels)):
        return np.array(labels), None
    whole = whole_numbers(labels)
    if whole is not None and len(np.unique(whole)) <= MOST_CLASSES:
        return whole, None
    return np.array([float(label) for label in labels]), "regression"
