"""The public API: recipes that run, tune, compare and ablate, and models of earlier runs."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from keras_dl import commands, recipe, settings
from keras_dl.commands import ablate, compare

if TYPE_CHECKING:
    import keras

__all__ = ["Recipe", "ablate", "compare", "load_model", "load_preprocessor"]


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

    def main(self) -> None:
        """Runs the command line in a script: `python lenet5.py [run|tune|ablate|show] --flag …`."""
        from keras_dl.cli import main

        words = sys.argv[1:]
        command = words.pop(0) if words and words[0] in ("run", "tune", "ablate", "show") else "run"
        sys.exit(main([command, str(sys.modules["__main__"].__file__), *words]))


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
