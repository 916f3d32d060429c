"""Deep learning's core curriculum as Keras recipes: declare, run, tune, compare, ablate.

Importing this package loads neither Keras nor MLflow; its functions load what they need.
"""

from keras_dl import _search_path, settings  # noqa: F401  (the search path comes first)
from keras_dl._version import __version__
from keras_dl.api import (
    Recipe,
    ablate,
    compare,
    explain,
    load_model,
    load_preprocessor,
    run,
    tune,
)
from keras_dl.recipe import Objective, Score
from keras_dl.space import AtLeast, Choice, Range, Repeat, When

__all__ = [
    "AtLeast",
    "Choice",
    "Objective",
    "Range",
    "Recipe",
    "Repeat",
    "Score",
    "When",
    "__version__",
    "ablate",
    "compare",
    "explain",
    "load_model",
    "load_preprocessor",
    "run",
    "tune",
]

settings.prepare()  # before anyone imports a backend
