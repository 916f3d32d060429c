"""Registered models of MLflow, which serve class names and probabilities."""

import json
import tempfile
import warnings
from pathlib import Path
from typing import Any

import keras
import mlflow
import numpy as np
from mlflow.models import ModelSignature
from mlflow.types import Schema, TensorSpec

from keras_dl.tracking import models, store
from keras_dl.utils import scratch

__all__ = ["register"]

FOLDER = "served_model"  # among the run's artifacts


def register(run_id: str, name: str) -> str:
    """Registers a run's model as the next version of a name.

    The registered model takes raw examples, as the run's model does, and answers with the columns
    `class`, `probability` and one for each class: `mlflow models serve -m models:/NAME/1
    --env-manager local`. It holds no pickle, and needs this package where it is served.

    Args:
        run_id: id of the run, or its first characters.
        name: of the registered model, created if missing.

    Returns:
        Its address, "models:/NAME/VERSION".

    Raises:
        ValueError: if there is no such run, it has no model, or the name is empty.
    """
    if not name.strip() or set(name) & set("/:"):
        raise ValueError(f"`name` must be a word without / and :. Received: name={name!r}")
    run, client = store.find_run(run_id), store.client()
    model, spec = models.load(run_id), models.spec(run_id)
    code = Path(__file__).with_name("served_model.py")  # which MLflow runs, with warnings
    with tempfile.TemporaryDirectory(dir=scratch.folder()) as folder:
        here = Path(folder)
        model.save(here / "model.keras")
        (here / "data.json").write_text(json.dumps(spec), encoding="utf-8")
        with warnings.catch_warnings():  # asks for type hints, from which it would guess a schema
            warnings.simplefilter("ignore")
            mlflow.pyfunc.save_model(
                str(here / FOLDER),
                python_model=str(code),
                artifacts={"model": str(here / "model.keras"), "spec": str(here / "data.json")},
                signature=_signature(model),
                pip_requirements=["keras-dl", *models.requirements()],
            )
        client.log_artifacts(run.info.run_id, str(here / FOLDER), FOLDER)
    if not client.search_registered_models(f"name = '{name.replace(chr(39), '')}'"):
        client.create_registered_model(name)
    source = f"{run.info.artifact_uri}/{FOLDER}"
    version = client.create_model_version(name, source, run.info.run_id)
    return f"models:/{name}/{version.version}"


def _signature(model: keras.Model) -> Any:
    """Returns the types and shapes of a single input; MLflow cannot infer those of answers."""
    if isinstance(model.input, (dict, list)):
        return None
    kind = np.dtype(keras.backend.standardize_dtype(model.input.dtype))
    shape = (-1, *(-1 if size is None else size for size in model.input.shape[1:]))
    return ModelSignature(inputs=Schema([TensorSpec(kind, shape)]))
