"""The sides of a comparison: one process each for the whole run, of which one computes at a time.

This is the parent's end. So imports, compilation and placing of data are paid once, and the sides
take turns, epoch by epoch, on a machine that treats all of them alike.
"""

import json
import os
import subprocess
import sys
import tempfile
from typing import Any

__all__ = ["Side", "forget_settings", "untouched"]


def untouched() -> dict[str, str]:
    """The environment without the settings that `import keras_dl` has made in this process."""
    from keras_dl.settings import DEFAULTS

    here = os.path.abspath(os.path.join(os.path.dirname(__file__), os.pardir, os.pardir))
    path = os.pathsep.join([here, os.environ.get("PYTHONPATH", "")])
    kept = {k: v for k, v in os.environ.items() if k not in DEFAULTS and k != "KERAS_BACKEND"}
    return {**kept, "PYTHONPATH": path.rstrip(os.pathsep)}


def forget_settings(given: set[str]) -> None:
    """Undoes those settings in a process that imports our nets but shall not have them.

    Args:
        given: names that stood in the environment before `keras_dl` was imported.
    """
    from keras_dl.settings import DEFAULTS

    for name in set(DEFAULTS) - given:
        os.environ.pop(name, None)


class Side:
    """A process that trains what it is told to, an epoch at a time.

    Args:
        name: one that `benchmarks.sides.__main__` knows.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 closed with the process
        environment = untouched()  # ours makes its settings by itself
        if name == "stock_without_onednn":
            environment["TF_ENABLE_ONEDNN_OPTS"] = "0"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.sides", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment,
            text=True,
        )

    def ask(self, what: str, **more: Any) -> dict[str, Any]:
        """Says something and waits for the answer.

        Args:
            what: "begin" a work; "epoch"; "end" the work.
            **more: what to begin.

        Raises:
            RuntimeError: if the process died; shows the end of what it wrote.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            print(json.dumps({"what": what, **more}), file=self._process.stdin, flush=True)
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            self._errors.seek(0)
            raise RuntimeError(f"{self.name}: {self._errors.read()[-3000:].decode()}")
        return json.loads(answer)

    def close(self) -> None:
        """Lets the process end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._errors.close()
