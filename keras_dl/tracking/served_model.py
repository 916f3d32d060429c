"""The model of a run as MLflow serves it: class names and probabilities in place of logits.

MLflow copies this file into a registered model and runs it there; nothing is pickled.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel

__all__ = ["ServedModel"]


class ServedModel(PythonModel):
    """A `keras_dl` model behind MLflow's scoring server."""

    def load_context(self, context: Any) -> None:
        """Loads the model and the facts of its data."""
        from keras_dl import settings

        settings.load_backend()
        import keras_dl.layers  # noqa: F401  (registers them)
        from keras_dl.tasks.class_probabilities import as_probabilities
        from keras_dl.tracking.model_files import read_model

        self.as_probabilities = as_probabilities
        self.model = read_model(Path(context.artifacts["model"]))
        self.names = json.loads(Path(context.artifacts["spec"]).read_text("utf-8"))["class_names"]

    # MLflow would read type hints as a schema, and declares no result.
    def predict(self, context, model_input, params=None):  # type: ignore[override]
        """Computes the answers.

        Args:
            context: not used.
            model_input: raw examples, (n, …), as the model takes them.
            params: not used.

        Returns:
            A DataFrame with the columns `class`, `probability`, and one for each class; without
            classes the outputs of the model.
        """
        outputs = np.asarray(self.model.predict(np.asarray(model_input), verbose=0))
        chance = self.as_probabilities(self.model, outputs, len(self.names))
        if chance is None:
            return outputs
        best = [self.names[i] for i in chance.argmax(axis=1)]
        answers = {"class": best, "probability": chance.max(axis=1)}
        return pd.DataFrame(answers | {n: chance[:, i] for i, n in enumerate(self.names)})


set_model(ServedModel())
