import errno
import inspect
import pickle

import pytest

from keras_dl import errors
from keras_dl.errors import (
    Crashed,
    DiskFull,
    Diverged,
    Failure,
    Inaccessible,
    OutOfMemory,
    classify,
    describe,
)

TYPES = [t for _, t in inspect.getmembers(errors, inspect.isclass)]


class ResourceExhaustedError(Exception):
    """As TensorFlow names it."""


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (MemoryError(), OutOfMemory, "MemoryError: "),
        (ResourceExhaustedError("x"), OutOfMemory, "ResourceExhaustedError: x"),
        (RuntimeError("CUDA out of memory. Tried"), OutOfMemory, None),
        (RuntimeError("RESOURCE_EXHAUSTED: Out of memory"), OutOfMemory, None),
        (RuntimeError("std::bad_alloc"), OutOfMemory, None),
        (
            RuntimeError("Graph execution error:\n\nOOM when allocating tensor"),
            OutOfMemory,
            "RuntimeError: Graph execution error:",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), DiskFull, None),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), DiskFull, None),
        (OSError("Unable to write (errno = 28, 'No space left on device')"), DiskFull, None),
        (RuntimeError("database or disk is full"), DiskFull, None),
        (OSError(errno.ENOSPC, "No space left", "/a"), DiskFull, "No space left: /a"),
        (OSError(errno.ENOENT, "No such file"), Inaccessible, "No such file"),
        (OSError(errno.EROFS, "Read-only", "/a", None, "/b"), Inaccessible, "Read-only: /a → /b"),
        (ValueError("shapes differ"), Crashed, "ValueError: shapes differ"),
        (ValueError("first\nsecond"), Crashed, "ValueError: first"),
        (ValueError("x" * 9999), Crashed, "ValueError: " + "x" * 488),
    ],
)
def test_exception_becomes_the_failure_it_means(error, kind, text):
    failure = classify(error)
    assert type(failure) is kind
    assert text is None or str(failure).strip() == text.strip()


def test_description_of_a_system_error_is_one_short_line():
    assert describe(FileNotFoundError("no\n file")) == "no file"
    assert describe(OSError()) == "OSError"
    assert describe(OSError(36, "File name too long", "x" * 5000)).count("x") == 200


def test_failure_passes_through():
    failure = Diverged("loss is nan")
    assert classify(failure) is failure


def test_every_type_is_offered():
    assert {t.__name__ for t in TYPES} | {"classify", "describe"} == set(errors.__all__)


def test_reasons_tell_the_types_apart():
    reasons = [t.reason for t in TYPES if t is not Failure]
    assert len(set(reasons)) == len(reasons)
    assert all(r.replace("_", "").isalpha() and r.islower() for r in reasons)


@pytest.mark.parametrize("kind", TYPES)
def test_failure_travels_between_processes(kind):
    again = pickle.loads(pickle.dumps(kind("why")))
    assert (type(again), str(again)) == (kind, "why")
