"""Files below a folder, through symbolic links and without loops."""

import os
from collections import Counter
from pathlib import Path
from typing import NamedTuple

__all__ = ["Tree", "walk"]

# Links in circles reach a folder on many paths; more than this many are left out.
MOST_VISITS = 8


class Tree(NamedTuple):
    """Contents of a folder.

    Attributes:
        files: regular files, links to files among them.
        folders: all folders below it, links to folders among them.
        lost: links that lead nowhere, in a circle or to a device, and devices.
    """

    files: list[Path]
    folders: list[Path]
    lost: list[Path]


def walk(folder: Path) -> Tree:
    """Lists a folder recursively and follows links, except those to a folder that contains them.

    Args:
        folder: must exist.

    Raises:
        PermissionError: if a subfolder may not be read; it would be missing in silence.
    """
    tree, visits = Tree([], [], []), Counter[tuple[int, int]]()
    _descend(folder, (), visits, tree)
    return tree


def _descend(
    folder: Path,
    above: tuple[tuple[int, int], ...],
    visits: Counter[tuple[int, int]],
    tree: Tree,
) -> None:
    own = _identity(folder)
    visits[own] += 1
    for entry in sorted(folder.iterdir()):
        if entry.is_dir():
            identity = _identity(entry)
            if identity in (*above, own) or visits[identity] >= MOST_VISITS:
                tree.lost.append(entry)
            else:
                tree.folders.append(entry)
                _descend(entry, (*above, own), visits, tree)
        elif entry.is_file():
            tree.files.append(entry)
        else:
            tree.lost.append(entry)


def _identity(folder: Path) -> tuple[int, int]:
    status = os.stat(folder)
    return status.st_dev, status.st_ino
