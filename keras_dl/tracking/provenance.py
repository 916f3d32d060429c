"""Versions, git commit and source of the code that a run was made with."""

import contextlib
import importlib.metadata
import inspect
import linecache
import subprocess
from functools import cache
from pathlib import Path

from keras_dl.recipe import Recipe

__all__ = ["commit", "file_name", "requirements", "source", "versions"]

PACKAGE = Path(__file__).parents[1]


@cache
def versions() -> str:
    """Returns the versions of this package and of what it trains and tracks with."""
    names = ("keras_dl", "keras", "tensorflow", "jax", "torch", "keras-tuner", "mlflow", "numpy")
    installed = []
    for name in names:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            installed.append(f"{name} {importlib.metadata.version(name)}")
    return ", ".join(installed)


@cache
def requirements() -> str:
    """Returns all installed packages with their versions, as `pip freeze` does."""
    packages = {(d.name, d.version) for d in importlib.metadata.distributions() if d.name}
    return "".join(f"{n}=={v}\n" for n, v in sorted(packages, key=lambda p: p[0].lower()))


def file_name(recipe: Recipe) -> str:
    """Returns the file, or the cell of a notebook, that defines the recipe's `build`; "" if none.

    A model in memory has none: its `build` is of this package.
    """
    code = getattr(inspect.unwrap(recipe.build), "__code__", None)
    if code is None or Path(code.co_filename).is_relative_to(PACKAGE):
        return ""
    return code.co_filename


def source(recipe: Recipe) -> str:
    """Returns the text of the file or cell that defines the recipe's `build`; "" if none."""
    return "".join(linecache.getlines(file_name(recipe)))


def commit(recipe: Recipe) -> dict[str, str]:
    """Returns the git commit of the recipe's repository, marked if tracked files differ."""
    file = Path(file_name(recipe) or __file__)
    return _commit_of(file.parent) if file.is_file() else {}


@cache
def _commit_of(folder: Path) -> dict[str, str]:
    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=folder, capture_output=True, text=True, timeout=10
        )
        return done.stdout.strip() if done.returncode == 0 else ""

    try:
        head = git("rev-parse", "HEAD")
        changed = "-changed" if head and git("status", "--porcelain", "-uno") else ""
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return {}
    return {"git_commit": head + changed} if head else {}
