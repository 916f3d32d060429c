"""Checks of downloads: reachable hosts and checksums of local copies."""

import gzip
import hashlib
import threading
import urllib.error
import urllib.parse
import urllib.request
import zlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from keras_dl.data import locations
from keras_dl.data.errors import DatasetError

__all__ = ["check_content", "check_listed", "find_unreachable"]

# Sha256 of the unpacked files. Copies of these two sets are often recompressed, which changes the
# digest of the .gz file, but not of its content.
UNPACKED = {
    "mnist": {
        "train-images-idx3-ubyte.gz":
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "train-labels-idx1-ubyte.gz":
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "t10k-images-idx3-ubyte.gz":
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "t10k-labels-idx1-ubyte.gz":
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
    "fashion_mnist": {
        "train-images-idx3-ubyte.gz":
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "train-labels-idx1-ubyte.gz":
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "t10k-images-idx3-ubyte.gz":
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "t10k-labels-idx1-ubyte.gz":
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
}  # fmt: skip
TIMEOUT = 2.0  # seconds


def check_content(file: Path, name: str, checksum: str) -> None:
    """Checks that a local copy is the official file.

    Args:
        file: the copy, named as the official file.
        name: the data set; of some the checksums of the unpacked files are listed.
        checksum: sha256 of the official file, 64 hex digits.

    Raises:
        DatasetError: if the content differs, or the gzip stream is damaged.
    """
    actual = _sha256(file)
    if actual == checksum:
        return
    expected = UNPACKED.get(name, {}).get(file.name)
    try:
        if expected:
            with gzip.open(file, "rb") as stream:
                actual = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetError(
            f"`{file.name}` must be a whole gzip file; copy or download it again. "
            f"Received: {file} ({error})"
        ) from None
    if actual != expected:
        raise DatasetError(
            f"`{file.name}` must be the official file of {name}; its content is another. "
            f"Received: {file} with sha256 {actual[:12]}…, not {(expected or checksum)[:12]}…"
        )


@cache
def check_listed(file: Path) -> None:
    """Checks a file of the mirror against the SHA256SUMS there, once per process.

    Files that are not listed pass, also if there is no list.

    Raises:
        DatasetError: if the content differs.
    """
    folder = locations.mirror_folder()
    listed = folder / "SHA256SUMS" if folder else None
    if folder is None or listed is None or not (listed.is_file() and file.is_relative_to(folder)):
        return
    name = file.relative_to(folder).as_posix()
    rows = (line.split(maxsplit=1) for line in listed.read_text(encoding="utf-8").splitlines())
    expected = next((row[0] for row in rows if row[1:] and row[1].lstrip("*./") == name), None)
    if expected is None:
        return
    actual = _sha256(file)
    if actual != expected:
        raise DatasetError(
            f"`{name}` must be the file that {listed} lists; copy it again. "
            f"Received: sha256 {actual[:12]}…, not {expected[:12]}…"
        )


def find_unreachable(urls: Iterable[str]) -> list[str]:
    """Returns the hosts of the URLs that do not answer within two seconds; uses proxies."""
    hosts = {urllib.parse.urlparse(url).netloc: url for url in urls}
    answered: set[str] = set()
    threads = [
        # Daemons: name resolution has no timeout and may block longer than the request.
        threading.Thread(target=_probe, args=(host, url, answered), daemon=True)
        for host, url in hosts.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT + 0.5)
    return sorted(set(hosts) - answered)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _probe(host: str, url: str, answered: set[str]) -> None:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=TIMEOUT):
            answered.add(host)
    except urllib.error.HTTPError:  # also an answer, such as "method not allowed"
        answered.add(host)
    except (OSError, ValueError):
        return
