"""Failures of a training as exception types; each has a one-word reason, logged and counted."""

import errno
from concurrent import futures

__all__ = [
    "Crashed",
    "DiskFull",
    "Diverged",
    "Failure",
    "Inaccessible",
    "OtherData",
    "OutOfMemory",
    "Oversized",
    "SearchFailed",
    "TimedOut",
    "Unreachable",
    "WorkerDied",
    "WorkerNotStarted",
    "classify",
    "describe",
]

LONGEST = 200  # characters of a path in a message

# Messages of TensorFlow, JAX, torch and C++, in lower case.
MEMORY = (
    "resourceexhausted",
    "resource_exhausted",
    "oom when allocating",
    "out of memory",
    "bad_alloc",
)
# HDF5 and SQLite raise errors of their own, without an errno.
DISK = ("no space left on device", "disk quota exceeded", "database or disk is full")


class Failure(RuntimeError):
    """A training that ended without a result.

    Attributes:
        reason: one word, logged and counted.
        exit_code: of the command line; 2 where the training itself is not at fault.
    """

    reason = "crashed"
    exit_code = 1


class Diverged(Failure):
    """The loss became NaN, infinite or a hundred times what it started from."""

    reason = "diverged"


class Oversized(Failure):
    """The model has more parameters than `max_parameters` allows."""

    reason = "oversized"


class OutOfMemory(Failure):
    """The backend or the operating system had no memory left."""

    reason = "out_of_memory"


class TimedOut(Failure):
    """The training took longer than `timeout`."""

    reason = "timed_out"


class DiskFull(Failure):
    """A checkpoint or result could not be written."""

    reason = "disk_full"
    exit_code = 2


class Inaccessible(Failure):
    """The operating system refused a file, a folder or a connection."""

    reason = "inaccessible"
    exit_code = 2


class Unreachable(ConnectionError, Failure):
    """The tracking store did not answer, or refused to be read or written."""

    reason = "store_unreachable"
    exit_code = 2


class Crashed(Failure):
    """Any other exception in data, build, training or report."""

    reason = "crashed"


class WorkerDied(Failure):
    """The worker process ended without an answer, killed from outside or by a native fault."""

    reason = "worker_died"


class WorkerNotStarted(Failure):
    """A worker process could not be started, or ended before its first training."""

    reason = "worker_not_started"
    exit_code = 2


class OtherData(Failure):
    """A node of a cluster has other data under the same name."""

    reason = "other_data"
    exit_code = 2


class SearchFailed(RuntimeError):
    """Every trial of a search failed."""

    reason = "all_trials_failed"
    exit_code = 1


def classify(error: BaseException) -> Failure:
    """Returns the failure that an exception stands for; failures are returned as they are."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, OSError):
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        full = full or any(sign in str(error).lower() for sign in DISK)
        return DiskFull(describe(error)) if full else Inaccessible(describe(error))
    message = f"{type(error).__name__}: {str(error).strip()}"
    first_line = message.partition("\n")[0][:500]
    message = message.lower()  # all lines: Keras puts the cause below the first
    if isinstance(error, MemoryError) or any(sign in message for sign in MEMORY):
        return OutOfMemory(first_line)
    if isinstance(error, futures.BrokenExecutor):
        return WorkerDied(first_line)
    full = any(sign in message for sign in DISK)
    return DiskFull(first_line) if full else Crashed(first_line)


def describe(error: OSError) -> str:
    """Returns one line: the system's words, then the path, as in `Permission denied: /data`."""
    paths = [str(path) for path in (error.filename, error.filename2) if path is not None]
    words = error.strerror if isinstance(error.strerror, str) else str(error)
    words = " ".join(words.split())[:500] or type(error).__name__
    return f"{words}: {' → '.join(map(_shorten, paths))}" if paths else words


def _shorten(path: str) -> str:
    half = LONGEST // 2
    return path if len(path) <= LONGEST else f"{path[:half]} … {path[-half:]}"
