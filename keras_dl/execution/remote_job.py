"""Calls for workers without the folder of their search: jobs travel with the files they read."""

import dataclasses
import functools
import sys
import sysconfig
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import cloudpickle

from keras_dl.execution.remote_files import ChangeTracker, Part, SharedFile, read_shared
from keras_dl.utils.processes import ROOT

__all__ = ["Parcel", "data_key", "folder_of", "pack", "run_parcel", "share_file"]

LARGEST = 2 * 2**30  # bytes of data that are sent to a node
CHECKPOINTS = "checkpoint*.npz"


@dataclasses.dataclass(frozen=True)
class Parcel:
    """A call and the files that it reads.

    Attributes:
        call: pickle of (function, arguments, keyword arguments); shared files stand for paths.
        folder: files of the job's folder, of which an earlier attempt may have left some.
        warm_start: checkpoints that the job continues; None: it begins anew.
        shared: files that other jobs read too.
        origins: their paths by digest.
        expected: digest of the data that other nodes have read for such a job; "": not known.
    """

    call: bytes
    folder: tuple[Part, ...] = ()
    warm_start: tuple[Part, ...] | None = None
    shared: tuple[SharedFile, ...] = ()
    origins: Mapping[str, str] = dataclasses.field(default_factory=dict)
    expected: str = ""


def pack(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    share: Callable[[Path], SharedFile],
) -> Parcel:
    """Returns a call as a parcel.

    Args:
        function: runs on the node, on the job alone if there is one.
        args: a `Job`, or any values.
        kwargs: any values.
        share: describes a file or folder that is to be sent once to each node.
    """
    from keras_dl.training.job import Job

    if not args or not isinstance(args[0], Job):
        return Parcel(cloudpickle.dumps((function, args, dict(kwargs))))
    job: Any = args[0]
    for own in (job.recipe.data, job.recipe.build, job.recipe.train, job.callbacks):
        _pickle_by_value(getattr(own, "__module__", None) or "")
    shared: list[SharedFile] = []
    origins: dict[str, str] = {}

    def replaced(value: Any) -> Any:
        path = _path_of(value)
        if path is None:
            return value
        shared.append(share(path))
        origins[shared[-1].digest] = str(getattr(value, "path", value))
        if isinstance(value, str | Path):
            return shared[-1]
        return dataclasses.replace(value, path=shared[-1])  # spooled arrays

    values = {n: replaced(v) if n == "dataset" else v for n, v in job.values.items()}
    sent = dataclasses.replace(
        job, data=replaced(job.data), init_from=replaced(job.init_from), values=values
    )
    warm_start = job.warm_start and tuple(ChangeTracker(job.warm_start).changes([CHECKPOINTS]))
    folder = tuple(ChangeTracker(job.folder).changes())
    call = cloudpickle.dumps((function, (sent, *args[1:]), dict(kwargs)))
    return Parcel(call, folder, warm_start, tuple(shared), origins)


def folder_of(args: tuple[Any, ...]) -> Path | None:
    """Returns the folder of the job among the arguments of a call, or None."""
    return getattr(args[0], "folder", None) if args else None


def data_key(args: tuple[Any, ...]) -> str:
    """Returns what the data of a call's job depend on; "" without a job."""
    if folder_of(args) is None:
        return ""
    from keras_dl.training.job import arguments

    job: Any = args[0]
    values = arguments(job.recipe.data, job.values)
    fold = f"{job.fold} {job.seed if job.fold else ''}"
    return f"{job.recipe.name} {values} {job.epochs} {job.steps_per_epoch} {fold}"


def _path_of(value: Any) -> Path | None:
    """Returns the file or folder of this machine that a job names; None: it names none."""
    value = getattr(value, "path", value)
    if not isinstance(value, str | Path):
        return None
    path = Path(value).expanduser().absolute()
    return path if path.exists() else None


@functools.cache  # the search for neighbouring files takes 60 ms
def _pickle_by_value(name: str) -> None:
    """Sends the user's own modules with their functions: another machine cannot import them."""
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None)
    if module is None or file is None or _is_installed(Path(file)):
        return
    for other in list(sys.modules.values()):  # a recipe may import neighbouring files
        own = getattr(other, "__file__", None)
        if own is not None and Path(own).is_relative_to(Path(file).parent):
            _register(other)


def _register(module: ModuleType) -> None:
    if module.__name__ != "__main__":  # always sent by value
        cloudpickle.register_pickle_by_value(module)


def _is_installed(file: Path) -> bool:
    libraries = [sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")]
    own = [ROOT / "keras_dl", ROOT / "recipes"]
    return any(file.is_relative_to(folder) for folder in (*libraries, *own))


def run_parcel(
    call: bytes,
    folder: Path,
    warm_start: Path | None,
    shared: Mapping[str, Path],
    origins: Mapping[str, str],
    expected: str,
) -> tuple[Any, str]:
    """Runs a call of another machine in a worker process of this one.

    Args:
        call: as in `Parcel`.
        folder: stands for the job's folder.
        warm_start: folder of the checkpoints that the job continues, or None.
        shared: paths of the shared files by digest.
        origins: their paths on the machine of the search by digest.
        expected: as in `Parcel`.

    Returns:
        The result, and the digest of the job's data, "" without a job.

    Raises:
        OtherData: if this machine has other data under the same name.
        BaseException: the exception of the call.
    """
    from keras_dl.errors import OtherData
    from keras_dl.execution.run_job import data_digest
    from keras_dl.training.job import Job

    function, args, kwargs = cloudpickle.loads(call)
    if not args or not isinstance(args[0], Job):
        return function(*args, **kwargs), ""

    def local(value: Any) -> Any:
        if isinstance(value, SharedFile):
            return shared[value.digest]
        if isinstance(getattr(value, "path", None), SharedFile):
            return dataclasses.replace(value, path=shared[value.path.digest])
        return value

    job = args[0]
    values = {name: local(value) for name, value in job.values.items()}
    values |= {n: str(v) for n, v in values.items() if isinstance(v, Path)}
    job = dataclasses.replace(
        job,
        folder=folder,
        warm_start=warm_start,
        data=local(job.data),
        init_from=local(job.init_from),
        values=values,
    )
    digest = data_digest(job)
    if expected and digest != expected:
        raise OtherData(
            f"`dataset` must be the same on all nodes. Received: digest {digest[:12]}, where "
            f"others read {expected[:12]}"
        )
    origins = {str(shared[digest]): text for digest, text in origins.items()}
    return _with_origins(function(job, *args[1:], **kwargs), origins), digest


def _with_origins(result: Any, origins: Mapping[str, str]) -> Any:
    """Returns facts of the data that name the user's files, not their copies here."""
    source = getattr(result, "facts", {}).get("source")
    if source is None:
        return result
    for path, text in origins.items():
        source = source.replace(path, text)
    return dataclasses.replace(result, facts=result.facts | {"source": source})


def share_file(path: Path, put: Callable[[str, bytes], None]) -> SharedFile:
    """Describes a file or folder, and hands its contents on.

    Args:
        path: the file or folder.
        put: stores contents under a digest for all nodes.

    Raises:
        ValueError: if it is too large to be sent.
    """
    size = sum(p.stat().st_size for p in [path, *path.rglob("*")] if p.is_file())
    if size > LARGEST:
        raise ValueError(
            f"`data` must be at most {LARGEST >> 30} GiB to be sent to the nodes of a cluster; "
            "give it a name in a folder that KERAS_DL_DATA names on each node. "
            f"Received: {path} of {size / 2**30:.1f} GiB"
        )
    shared, content = read_shared(path)
    put(shared.digest, content)
    return shared
