"""Figures: arrays in, `matplotlib.figure.Figure` out; the caller saves or logs them.

The functions load on first use: a trial of a search draws nothing and does without Matplotlib.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keras_dl.plots._functions import *  # noqa: F403


def __getattr__(name: str) -> object:
    functions = importlib.import_module("keras_dl.plots._functions")
    if name not in functions.__all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(functions, name)


def __dir__() -> list[str]:
    return importlib.import_module("keras_dl.plots._functions").__all__
