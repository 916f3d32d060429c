"""Failures of a training as exception types; each has a one-word reason, logged and counted."""

import errno

__all__ = [
    "Crashed",
    "DiskFull",
    "Diverged",
    "Failure",
    "OutOfMemory",
    "Oversized",
    "SearchFailed",
    "TimedOut",
    "WorkerDied",
    "classify",
]

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
    """A training that ended without a result."""

    reason = "crashed"


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


class Crashed(Failure):
    """Any other exception in data, build, training or report."""

    reason = "crashed"


class WorkerDied(Failure):
    """The worker process ended without an answer, killed from outside or by a native fault."""

    reason = "worker_died"


class SearchFailed(RuntimeError):
    """Every trial of a search failed."""

    reason = "all_trials_failed"


def classify(error: BaseException) -> Failure:
    """Returns the failure that an exception stands for; failures are returned as they are."""
    if isinstance(error, Failure):
        return error
    message = f"{type(error).__name__}: {str(error).strip()}"
    first_line = message.partition("\n")[0][:500]
    message = message.lower()  # all lines: Keras puts the cause below the first
    if isinstance(error, MemoryError) or any(sign in message for sign in MEMORY):
        return OutOfMemory(first_line)
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    full = full or any(sign in message for sign in DISK)
    return DiskFull(first_line) if full else Crashed(first_line)
