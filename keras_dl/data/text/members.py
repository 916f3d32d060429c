"""Text files of a folder or archive: by suffix, or those without one."""

from collections.abc import Sequence
from pathlib import Path

from keras_dl.data.archives import Member, list_members
from keras_dl.data.errors import DatasetError
from keras_dl.data.reading import notice

__all__ = ["list_text_members", "split_tables"]

# Files about a set, which are none of its texts.
ABOUT = {"readme", "license", "licence", "copying", "notice", "changelog", "changes", "authors",
         "makefile", "manifest", "contents", "index", "cats", "categories"}  # fmt: skip
FEW = 0.1  # share of files of another kind that are left out; more are refused
TABLES = (".csv", ".tsv")
SPLITS = {"train": "train", "training": "train", "validation": "validation", "valid": "validation",
          "val": "validation", "dev": "validation", "test": "test", "testing": "test"}  # fmt: skip


def list_text_members(path: Path) -> list[Member]:
    """Returns the texts of a folder or archive: its .txt files, or files without suffix.

    The few files of the other kind and files about the set, such as README, are left out and
    recorded.

    Args:
        path: folder, or tar, tar.gz, tgz or zip file.

    Raises:
        DatasetError: if there are many files of both kinds, or the archive is damaged.
    """
    members = list_members(path, (".txt", ""))
    texts = [m for m in members if m.path.stem.lower() not in ABOUT] or members
    kinds = [[m for m in texts if bool(m.path.suffix) is has] for has in (True, False)]
    fewer, more = sorted(kinds, key=len)
    if len(fewer) > FEW * len(texts):
        raise DatasetError(
            "`dataset` must hold texts in .txt files or in files without suffix, not both. "
            f"Received: {len(kinds[0])} .txt files such as {kinds[0][0].path} and {len(kinds[1])} "
            f"without suffix such as {kinds[1][0].path} in {path}"
        )
    _notice_others(members, more)
    return more


def split_tables(path: Path) -> dict[str, Member]:
    """Returns the tables of a folder or archive that are named after splits, by split.

    Args:
        path: folder, or tar, tar.gz, tgz or zip file.

    Raises:
        DatasetError: if a split has two tables.
    """
    tables: dict[str, Member] = {}
    members = list_members(path, (*TABLES, ".txt", ""))
    for member in members:
        split = SPLITS.get(member.path.stem.lower())
        if split is None or member.path.suffix.lower() not in TABLES:
            continue
        if split in tables:
            raise DatasetError(
                "`dataset` must have one table per split. Received: "
                f"{tables[split].path} and {member.path} in {path}"
            )
        tables[split] = member
    if "train" not in tables:
        return {}
    if "validation" in tables and "test" not in tables:
        tables["test"] = tables.pop("validation")
    _notice_others(members, list(tables.values()))
    return tables


def _notice_others(members: Sequence[Member], read: Sequence[Member]) -> None:
    paths = {member.path for member in read}
    others = [str(member.path) for member in members if member.path not in paths]
    if others:
        first = ", ".join(others[:3]) + (", …" if len(others) > 3 else "")
        notice(f"{len(others)} of {len(members)} files are left out: {first}.")
