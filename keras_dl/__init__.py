"""Deep learning's core curriculum as Keras recipes: declare, run, tune, compare, ablate.

Importing this package loads neither Keras nor MLflow; the functions below load what they need.
"""

from typing import Any

from keras_dl import settings
from keras_dl.recipe import Objective, Recipe
from keras_dl.space import Choice, Range, Repeat, When

__all__ = [
    "Choice",
    "Objective",
    "Range",
    "Recipe",
    "Repeat",
    "When",
    "__version__",
    "ablate",
    "compare",
    "load",
    "reader",
]
__version__ = "0.1.0"

settings.prepare()  # before anyone imports a backend


def load(run_id: str) -> Any:
    """Gives back the trained Keras model of a run, custom layers included.

    The model takes raw examples (pixels 0..255) and gives logits. One of texts takes what
    `keras_dl.reader(run_id)` makes of them.

    Args:
        run_id: MLflow run id, as printed at the end of a run; eight leading characters suffice.

    Raises:
        ValueError: if no such run exists in the store, or it has no model.
    """
    settings.load_backend()
    from keras_dl.tracking.models import load as load_model

    return load_model(run_id)


def reader(run_id: str) -> Any:
    """Gives back what turns texts into the examples that a run's model takes.

    Args:
        run_id: MLflow run id; eight leading characters suffice.

    Returns:
        Called with a list of texts, it gives an array for the model's `predict`. For word vectors,
        whose model takes numbers of words, it is their vocabulary.

    Raises:
        ValueError: if no such run exists in the store, or its model takes no texts.
    """
    settings.load_backend()
    from keras_dl.predicting import reader as read

    return read(run_id)


def ablate(recipe: Any, **options: Any) -> Any:
    """Measures what hyperparameters do, alone and together; see `keras_dl.comparing.ablate`."""
    from keras_dl.comparing import ablate as ablate_recipe

    return ablate_recipe(recipe, **options)


def compare(recipes: list[Any], **options: Any) -> Any:
    """Trains several recipes on the same data and seeds; see `keras_dl.comparing.compare`."""
    from keras_dl.comparing import compare as compare_recipes

    return compare_recipes(recipes, **options)
