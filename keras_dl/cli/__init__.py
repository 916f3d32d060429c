"""The command `keras-dl`: lists, runs, tunes and compares recipes, and serves their results.

`list`, `show` and each `--help` load neither Keras nor MLflow.
"""

import io
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

from keras_dl.cli.parser import parse
from keras_dl.errors import Failure, SearchFailed, describe
from keras_dl.utils import scratch
from keras_dl.utils.printing import LAYOUT, printable

__all__ = ["main"]

LONGEST = 2000  # characters of a message


def main(words: Sequence[str] | None = None) -> int:
    """Carries out a command line.

    Args:
        words: the command line without the program's name; None takes the process's own.

    Returns:
        0 for success, 1 for a failed training or search, 2 for bad input, 130 for Ctrl-C.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without … does not end a training
    before = signal.signal(signal.SIGTERM, _interrupt)  # closes runs as Ctrl-C does
    try:
        code = _execute(sys.argv[1:] if words is None else words)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # The reader, such as `head`, has closed the pipe; Python's last flush would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    finally:
        signal.signal(signal.SIGTERM, before)


def _execute(words: Sequence[str]) -> int:
    try:
        with scratch.redirected():
            return parse(words)() or 0
    except SystemExit as end:  # argparse's, after --help or a wrong flag
        return end.code if isinstance(end.code, int) else 1
    except BrokenPipeError:  # a ConnectionError too
        raise
    except OSError as error:
        return _report(f"error: {describe(error)}", 2)
    except (ValueError, TypeError) as error:
        return _report(f"error: {error}", 2)
    except (Failure, SearchFailed) as error:
        if error.reason == "crashed" and error.__cause__ is not None:
            lines = "".join(traceback.format_exception(error.__cause__))
            print(printable(lines, keep=LAYOUT), end="", file=sys.stderr)
        return _report(f"failed: {error}", error.exit_code)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if not _is_of_the_store(error):
            raise
        return _report(f"error: {str(error).strip().partition(chr(10))[0]}", 2)


def _is_of_the_store(error: Exception) -> bool:
    """Returns whether MLflow refused something; its package is not imported to find out."""
    mlflow = sys.modules.get("mlflow.exceptions")
    return mlflow is not None and isinstance(error, mlflow.MlflowException)


def _report(text: str, code: int) -> int:
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]} …"
    print(f"keras-dl: {printable(shown, keep=LAYOUT)}", file=sys.stderr)
    return code


def _interrupt(*_: Any) -> NoReturn:
    raise KeyboardInterrupt
