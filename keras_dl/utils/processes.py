"""Python processes that do not search the current folder for modules.

Python does, before all other folders: a file `token.py` or `mlflow.py` there would be run.
"""

import os
import sys
from pathlib import Path

__all__ = ["SAFE", "module_command"]

ROOT = Path(__file__).parents[2]
# The package's own folder is last, for a copy that is not installed.
LAUNCH = (
    "import runpy, sys; sys.path.append(sys.argv.pop(1)); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)
# Environment for the processes that a process starts. uvicorn puts a folder in front of all others,
# by default the current one; Python's own changes nothing.
SAFE = {"PYTHONSAFEPATH": "1", "UVICORN_APP_DIR": str(Path(os.__file__).parent)}


def module_command(module: str, *words: str) -> list[str]:
    """Returns the command that runs a module of this package: `python -P -m MODULE WORDS`.

    Args:
        module: full name of the module.
        *words: its command line.
    """
    return [sys.executable, "-P", "-c", LAUNCH, str(ROOT), module, *words]
