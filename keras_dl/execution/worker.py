"""A worker process: takes calls from a pipe until the pipe closes. `python -m …worker FD`."""

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

__all__ = ["main"]


def main(descriptor: int) -> None:
    """Serves calls that come through the pipe with this file descriptor.

    The pipe leads to the process that started this one, and to no one else.
    """
    pipe = Connection(descriptor)
    sys.path[:] = cloudpickle.loads(pipe.recv_bytes())
    threading.Thread(target=_follow_parent, args=(os.getppid(),), daemon=True).start()
    settings.load_backend(lean=True)
    importlib.import_module("keras_dl.training.fit")
    with contextlib.suppress(EOFError, OSError):
        while True:
            pipe.send_bytes(_answer(pipe.recv_bytes()))


def _answer(payload: bytes) -> bytes:
    try:
        function, args, kwargs = cloudpickle.loads(payload)
        return cloudpickle.dumps((True, function(*args, **kwargs)))
    except BaseException as error:
        _print_traceback(error)
        return cloudpickle.dumps((False, _portable(error)))


def _portable(error: BaseException) -> BaseException:
    """The error itself where it survives the way, else what it means."""
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
    """Ends this process when its parent is gone, even in the middle of a training."""
    wait: Any = threading.Event().wait
    while os.getppid() == parent:
        wait(1.0)
    os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
