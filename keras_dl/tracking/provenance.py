"""Versions, git commit and source of the code that a run was made with."""

import contextlib
import importlib.metadata
import inspect
import linecache
import subprocess
from functools import cache
from pathlib import Path

from keras_dl.recipe import Recipe

__all__ = ["commit", "requirements", "source", "versions"]


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


def source(recipe: Recipe) -> str:
    """Returns the file or the cell of a notebook that defines the recipe's `build`; "" if none."""
    build = inspect.unwrap(recipe.build)
    code = getattr(build, "__code__", None)
    return "" if code is None else "".join(linecache.getlines(code.co_filename))


def commit(recipe: Recipe) -> dict[str, str]:
    """Returns the git commit of the recipe's repository, marked if tracked files differ."""
    file = Path(getattr(recipe.build, "__code__", commit.__code__).co_filename)
    if not file.is_file():
        return {}
    return _commit_of(file.parent)


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
