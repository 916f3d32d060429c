"""Why a training fails, as types: each has a one-word reason that is logged, counted and shown."""

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
    text = str(error).strip().splitlines()[0] if str(error).strip() else ""
    text = f"{type(error).__name__}: {text}"[:500]
    memory = ("ResourceExhausted", "OOM when allocating", "out of memory", "bad_alloc")
    if isinstance(error, MemoryError) or any(m.lower() in text.lower() for m in memory):
        return OutOfMemory(text)
    if isinstance(error, OSError) and error.errno in (28, 122):  # ENOSPC, EDQUOT
        return DiskFull(text)
    return Crashed(text)
