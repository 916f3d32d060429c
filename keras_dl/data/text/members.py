"""Text files of a folder or archive: by suffix, or those without one."""

from pathlib import Path

from keras_dl.data.archives import Listing, Member, is_hidden, notice_left_out, scan
from keras_dl.data.errors import DatasetError
from keras_dl.data.split_names import split_in_name

__all__ = ["list_text_members", "scan_texts", "split_tables"]

# Files about a set, which are none of its texts.
ABOUT = {"readme", "license", "licence", "copying", "notice", "changelog", "changes", "authors",
         "makefile", "manifest", "contents", "index", "cats", "categories"}  # fmt: skip
MOST_UNREAD = 4  # files of other endings for each text
FEW = 0.1  # share of files of another kind that are left out; more are refused
TABLES = (".csv", ".tsv")


def list_text_members(path: Path) -> list[Member]:
    """Returns the texts of a folder or archive, see `scan_texts`; the others are recorded."""
    listing = scan_texts(path)
    notice_left_out(listing, "texts")
    return listing.members


def scan_texts(path: Path) -> Listing:
    """Lists the texts of a folder or archive: its .txt files, or files without suffix.

    The few files of the other kind and files about the set, such as README, are left out.

    Args:
        path: folder, or tar, tar.gz, tgz or zip file.

    Raises:
        DatasetError: if there are many files of both kinds or of other endings, or the archive is
            damaged.
    """
    listing = scan(path, (".txt", ""))
    members = listing.members
    unread = [p for p in listing.left_out if not is_hidden(p)]
    if members and len(unread) > MOST_UNREAD * len(members):
        raise DatasetError(
            "`dataset` must hold its texts in .txt files or in files without suffix. Received: "
            f"{len(members)} of those, such as {members[0].path}, and {len(unread)} others, such "
            f"as {unread[0]}, in {path}"
        )
    texts = [m for m in members if m.path.stem.lower() not in ABOUT] or members
    kinds = [[m for m in texts if bool(m.path.suffix) is has] for has in (True, False)]
    fewer, more = sorted(kinds, key=len)
    if len(fewer) > FEW * len(texts):
        raise DatasetError(
            "`dataset` must hold texts in .txt files or in files without suffix, not both. "
            f"Received: {len(kinds[0])} .txt files such as {kinds[0][0].path} and {len(kinds[1])} "
            f"without suffix such as {kinds[1][0].path} in {path}"
        )
    paths = {member.path for member in more}
    others = [member.path for member in members if member.path not in paths]
    return Listing(more, sorted(listing.left_out + others), listing.folders)


def split_tables(path: Path) -> dict[str, Member]:
    """Returns the tables of a folder or archive that are named after splits, by split.

    Args:
        path: folder, or tar, tar.gz, tgz or zip file.

    Raises:
        DatasetError: if a split has two tables.
    """
    tables: dict[str, Member] = {}
    listing = scan(path, (*TABLES, ".txt", ""))
    for member in listing.members:
        split = split_in_name(member.path.stem)
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
    paths = {member.path for member in tables.values()}
    others = [member.path for member in listing.members if member.path not in paths]
    members = list(tables.values())
    notice_left_out(Listing(members, sorted(listing.left_out + others), []), "tables")
    return tables
