"""Why a training fails, as types: each has a one-word reason that is logged, counted and shown."""

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

# As TensorFlow, JAX, torch and C++ say it, in lower case.
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
    """Turns an exception into the failure it means; failures pass through."""
    if isinstance(error, Failure):
        return error
    said = f"{type(error).__name__}: {str(error).strip()}"
    text = said.partition("\n")[0][:500]
    said = said.lower()  # all of it: Keras puts the cause below a first line
    if isinstance(error, MemoryError) or any(sign in said for sign in MEMORY):
        return OutOfMemory(text)
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return DiskFull(text) if full or any(sign in said for sign in DISK) else Crashed(text)
