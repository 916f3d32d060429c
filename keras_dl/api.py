"""The public API: recipes that run, tune, compare and ablate, and models of earlier runs."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from keras_dl import commands, recipe, settings
from keras_dl.commands import ablate, compare, tune
from keras_dl.explaining import explain
from keras_dl.options import READING
from keras_dl.recipe_argument import RecipeLike

if TYPE_CHECKING:
    import keras

    from keras_dl.training.run import Result

__all__ = [
    "Recipe",
    "ablate",
    "compare",
    "explain",
    "load_model",
    "load_preprocessor",
    "run",
    "tune",
]


@dataclass(frozen=True)
class Recipe(recipe.Recipe):
    """One technique on real data, ready to run, tune, compare and ablate.

    Attributes:
        As in `keras_dl.recipe.Recipe`.
    """

    run = commands.run
    tune = commands.tune
    compare = commands.compare
    ablate = commands.ablate

    @classmethod
    def from_model(
        cls,
        model: "keras.Model | Callable[..., keras.Model]",
        *,
        name: str | None = None,
        epochs: int = 10,
        task: str = "classification",
        scaling: bool | None = None,
    ) -> Self:
        """Returns a recipe for a Keras model, which takes any data that `keras_dl.data.load` takes.

        A compiled model has its own optimizer, loss and metrics; others are compiled with Adam
        and, by targets and last activation, cross-entropy and accuracy or squared error.

        Args:
            model: a function that returns a model, with or without the argument `data`, whose
                annotated keyword-only parameters are hyperparameters; or a model, of which each
                training gets a copy with its weights.
            name: name of the recipe; None: that of the model or function.
            epochs: passes over the training set at the full budget.
            task: "classification" or "regression".
            scaling: whether pixels are divided by 255 and features standardised before the model;
                None: unless it has a Rescaling or Normalization layer or its own train step.

        Raises:
            TypeError: if `model` is neither, or a model that cannot be copied.
        """
        settings.load_backend()
        from keras_dl.training import own_models

        label = name or getattr(model, "name", None) or getattr(model, "__name__", "model")
        return cls(
            name=str(label),
            data=own_models.load_data,
            build=own_models.wrap(model, scaling),
            epochs=epochs,
            objective=own_models.objective_of(model, task),
            task=task,
            regression=own_models.objective_of(model, "regression"),
        )

    def main(self) -> None:
        """Runs the command line in a script: `python lenet5.py [run|tune|ablate|show] --flag …`."""
        from keras_dl.cli import main

        words = sys.argv[1:]
        command = words.pop(0) if words and words[0] in ("run", "tune", "ablate", "show") else "run"
        sys.exit(main([command, str(sys.modules["__main__"].__file__), *words]))


def run(
    model: "keras.Model | Callable[..., keras.Model] | RecipeLike",
    data: Any = None,
    *,
    name: str | None = None,
    scaling: bool | None = None,
    **arguments: Any,
) -> "Result":
    """Trains a Keras model or a recipe and tracks it in MLflow; the model itself is not changed.

    Args:
        model: a model, compiled or not, or a function that returns one; see `Recipe.from_model`.
            Or a recipe, its module or its name.
        data: name, path, arrays or `Data`, as `keras_dl.data.load` takes them; a recipe has its
            own by default.
        name: name of the recipe in MLflow; None: that of the model or function.
        scaling: whether pixels are divided by 255 and features standardised before the model;
            None: unless it has a Rescaling or Normalization layer or its own train step.
        **arguments: options of `Recipe.run`, `batch_size`, `image_size`, options of reading, and
            hyperparameters of the function.

    Returns:
        The trained model, its history, metrics and figures, and where they are stored.

    Raises:
        ValueError, TypeError: if the model does not fit the data, or an argument is wrong.
    """
    if isinstance(model, RecipeLike):
        return commands.run(model, data=data, **arguments)
    if data is None:
        raise TypeError("`data` must be given with a model. Received: data=None")
    settings.load_backend()
    from keras_dl.data import Values, load
    from keras_dl.data.reading_options import reading_options
    from keras_dl.training.own_models import image_size_of

    size = arguments.pop("image_size", None) or image_size_of(model)
    reading = {option: arguments.pop(option) for option in READING if option in arguments}
    with reading_options(**reading):
        loaded = load(data, image_size=size)
    task = "regression" if isinstance(loaded.targets, Values) else "classification"
    own = Recipe.from_model(model, name=name, task=task, scaling=scaling)
    return own.run(data=loaded, **arguments)


def load_model(run_id: str) -> "keras.Model":
    """Returns the trained Keras model of a run, custom layers included.

    The model takes raw examples (pixels 0..255) and returns logits. A model of texts takes the
    arrays that `keras_dl.load_preprocessor(run_id)` returns for them.

    Args:
        run_id: MLflow run id, as printed at the end of a run; eight leading characters suffice.

    Raises:
        ValueError: if no such run exists in the store, or it has no model.
    """
    settings.load_backend()
    from keras_dl.tracking import models

    return models.load(run_id)


def load_preprocessor(run_id: str) -> Any:
    """Returns the preprocessor that turns texts into the examples that a run's model takes.

    Args:
        run_id: MLflow run id; eight leading characters suffice.

    Returns:
        A callable from a list of texts to an array for the model's `predict`. For word vectors,
        whose model takes word numbers, it is their vocabulary.

    Raises:
        ValueError: if no such run exists in the store, or its model takes no texts.
    """
    settings.load_backend()
    from keras_dl.tasks import predicting

    return predicting.load_preprocessor(run_id)
