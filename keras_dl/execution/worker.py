"""Worker process: runs calls from a pipe until it closes. `python -m …worker FD`."""

import contextlib
import importlib
import os
import sys
import threading
from multiprocessing.connection import Connection
from typing import Any

import cloudpickle

from keras_dl import settings
from keras_dl.errors import classify
from keras_dl.execution.executors import READY

__all__ = ["main"]


def main(descriptor: int) -> None:
    """Runs the calls that arrive through a pipe from the parent process.

    Args:
        descriptor: file descriptor of the pipe.
    """
    pipe = Connection(descriptor)
    sys.path[:] = _safe_path(*cloudpickle.loads(pipe.recv_bytes()))
    threading.Thread(target=_follow_parent, args=(os.getppid(),), daemon=True).start()
    settings.load_backend(lean=True)
    importlib.import_module("keras_dl.training.fit")
    with contextlib.suppress(EOFError, OSError):
        pipe.send_bytes(READY)
        while True:
            pipe.send_bytes(_run(pipe.recv_bytes()))


def _safe_path(path: list[str], current: str) -> list[str]:
    """Returns the parent's search path with the current folder last, unless PYTHONPATH names it.

    Functions of a script in that folder are found, and its files hide no module of Python.
    """
    trusted = sys.path[:-1]  # the last one is the package's own folder
    entries = [entry or current for entry in path]
    unsafe = [e for e in entries if e not in trusted and os.path.realpath(e) == current]
    return [entry for entry in entries if entry not in unsafe] + unsafe[:1]


def _run(payload: bytes) -> bytes:
    try:
        function, args, kwargs = cloudpickle.loads(payload)
        return cloudpickle.dumps((True, function(*args, **kwargs)))
    except BaseException as error:
        _print_traceback(error)
        return cloudpickle.dumps((False, _portable(error)))


def _portable(error: BaseException) -> BaseException:
    """Returns the error if the parent can unpickle it, else its `Failure`."""
    with contextlib.suppress(Exception):
        cloudpickle.loads(cloudpickle.dumps(error))
        if type(error).__module__.startswith(("builtins", "keras_dl")):
            return error
    return classify(error)


def _print_traceback(error: BaseException) -> None:
    import traceback

    traceback.print_exception(error)
    sys.stderr.flush()


def _follow_parent(parent: int) -> None:
    """Ends this process when its parent has died, even in the middle of a training."""
    wait: Any = threading.Event().wait
    while os.getppid() == parent:
        wait(1.0)
    os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
