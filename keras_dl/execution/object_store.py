"""Files in the object store of a Ray cluster, which sends them once to each node."""

import threading
from pathlib import Path
from typing import Any

from keras_dl.execution.ray_connection import load_ray
from keras_dl.execution.remote_files import SharedFile
from keras_dl.execution.remote_job import Parcel, share_file

__all__ = ["ObjectStore"]


class ObjectStore:
    """Shared files of a connection with a cluster, each put once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shared: dict[str, tuple[tuple[int, int], SharedFile]] = {}  # with its stamp, by path
        self._references: dict[str, Any] = {}  # contents in Ray's object store, by digest

    def share(self, path: Path) -> SharedFile:
        """Puts a file or folder into the object store, unless it has not changed since."""
        with self._lock:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            earlier = self._shared.get(str(path))
            if earlier is None or earlier[0] != stamp:
                self._shared[str(path)] = (stamp, share_file(path, self._put))
            return self._shared[str(path)][1]

    def references(self, parcel: Parcel) -> dict[str, Any]:
        """Returns where the nodes find the shared files of a parcel, by digest."""
        return {file.digest: self._references[file.digest] for file in parcel.shared}

    def _put(self, digest: str, content: bytes) -> None:
        if digest not in self._references:
            self._references[digest] = load_ray().put(content)
