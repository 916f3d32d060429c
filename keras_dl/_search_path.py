"""Search path of `python -m keras_dl`, cleared of the current folder before anything is imported.

`python -m` searches the current folder first: a file `token.py` or `mlflow.py` there would be run.
"""

import sys

__all__: list[str] = []

if (
    sys.argv[:1] == ["-m"]  # while the package of `python -m` is imported
    and sys.orig_argv[-len(sys.argv)] == "keras_dl"
    and not sys.flags.safe_path
):
    del sys.path[0]
    # A copy that is not installed is found by its own folder, after all others.
    sys.path.append(__file__.rpartition("keras_dl")[0].rstrip("/\\"))
