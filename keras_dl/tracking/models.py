"""Trained models into MLflow and back: `.keras` files with signature, loaded in safe mode."""

import importlib
import importlib.metadata
import json
import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from urllib.request import url2pathname

from mlflow.entities import LoggedModel, LoggedModelStatus, Run
from mlflow.exceptions import MlflowException

from keras_dl import catalog
from keras_dl.tracking import store
from keras_dl.tracking.model_files import read_model
from keras_dl.tracking.tracked_run import TrackedRun
from keras_dl.utils import scratch

__all__ = ["load", "log", "logged_models", "preprocessor", "requirements", "spec", "task_name"]

# What MLflow, `zipfile`, `h5py` and Keras raise for files that are missing, cut off or damaged.
UNREADABLE = (OSError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, MlflowException)
PREPROCESSOR, SPEC = "preprocessor.json", "data.json"


def log(tracked: TrackedRun, model: Any, example: Any, preprocessor: str = "") -> None:
    """Stores the model under the run, with the signature that `example` shows.

    Args:
        tracked: the run.
        model: a Keras model that takes `example`.
        example: a few inputs, (n, …), or such arrays by name.
        preprocessor: JSON of the preprocessor, stored as `preprocessor.json`; "" without one.
    """
    from mlflow.models import Model, infer_signature

    output = model.predict(example, verbose=0)
    tracked.flush()
    if preprocessor:
        tracked.text(preprocessor, PREPROCESSOR)
    if tracked.resumed:  # of a kill in the middle of this function, or of an interrupt
        _remove_earlier(tracked)
    # Made beforehand: left to itself, MLflow puts models into the experiment "Default".
    made = store.client().create_logged_model(
        tracked.run.info.experiment_id, name="model", source_run_id=tracked.id
    )
    store.patient(
        Model.log,
        artifact_path=None,
        model_id=made.model_id,
        flavor=importlib.import_module("mlflow.keras"),
        run_id=tracked.id,
        model=model,
        signature=infer_signature(example, output),
        pip_requirements=requirements(),
    )


def load(run_id: str) -> Any:
    """Gives back a run's Keras model.

    Raises:
        ValueError: if there is no such run, it has no model, the model's file is missing or
            damaged, or its custom layers are unknown here.
    """
    run = store.find_run(run_id)
    _import_custom_layers(run.data.tags.get("recipe", ""))
    logged = [m for m in logged_models(run) if m.status == LoggedModelStatus.READY]
    if not logged:
        raise ValueError(f"`run_id` must name a run that has a model. Received: {run.info.run_id}")
    with tempfile.TemporaryDirectory(dir=scratch.folder()) as folder:
        try:
            path = _download(logged[-1].model_id, Path(folder))
            return read_model(path)
        except (*UNREADABLE, ValueError) as error:
            reason = " ".join(str(error).split())[:300]
            raise ValueError(
                f"`run_id` must name a run whose model can be read; {run.info.run_id} has a "
                f"missing or damaged file: {reason}"
            ) from None


def requirements() -> list[str]:
    """Returns the packages that a stored model needs, with their versions.

    Named, because finding them out means importing everything in a further process: 12 s.
    """
    return [f"{n}=={importlib.metadata.version(n)}" for n in ("keras", "tensorflow", "numpy")]


def spec(run_id: str) -> dict[str, Any]:
    """What the run's model expects and what its outputs mean: the run's `data.json`.

    Raises:
        ValueError: if the run has none.
    """
    text = _text(run_id, SPEC)
    if not text:
        raise ValueError(f"`run_id` must name a finished training. Received: {run_id}")
    return json.loads(text)


def task_name(run_id: str) -> str:
    """Returns the name of the run's task.

    Raises:
        ValueError: if there is no such run, or it names no task.
    """
    run = store.find_run(run_id)
    if "task" not in run.data.tags:
        raise ValueError(f"`run_id` must name a training. Received: {run.info.run_id}")
    return run.data.tags["task"]


def preprocessor(run_id: str) -> str:
    """Returns the JSON of the run's preprocessor, its `preprocessor.json`; "" without one.

    Raises:
        ValueError: if there is no such run.
    """
    return _text(run_id, PREPROCESSOR)


def logged_models(run: Run) -> list[LoggedModel]:
    """Returns the models of a run in the order of their creation."""
    where = f"source_run_id = '{run.info.run_id}'"
    logged = store.client().search_logged_models([run.info.experiment_id], filter_string=where)
    return sorted(logged, key=lambda m: m.creation_timestamp)


def _remove_earlier(tracked: TrackedRun) -> None:
    """Deletes the models that earlier processes gave the run, and their files if they are here."""
    for model in logged_models(tracked.run):
        store.client().delete_logged_model(model.model_id)
        address = urlparse(model.artifact_location)
        if address.scheme in ("", "file"):
            shutil.rmtree(url2pathname(address.path), ignore_errors=True)


def _text(run_id: str, file: str) -> str:
    """A text file of a run, "" where it has none."""
    run = store.find_run(run_id)
    if file not in [f.path for f in store.client().list_artifacts(run.info.run_id)]:
        return ""
    with tempfile.TemporaryDirectory(dir=scratch.folder()) as folder:
        path = store.client().download_artifacts(run.info.run_id, file, folder)
        return Path(path).read_text(encoding="utf-8")


def _download(model_id: str, folder: Path) -> Path:
    import mlflow.artifacts

    path = store.patient(
        mlflow.artifacts.download_artifacts,
        artifact_uri=f"models:/{model_id}",
        dst_path=str(folder),
        tracking_uri=store.uri(),
    )
    for file in Path(path).rglob("*.keras"):
        if not zipfile.is_zipfile(file):  # Keras would say that there is no such file
            raise zipfile.BadZipFile(f"{file.name} is not a zip file or is cut off")
        return file
    raise FileNotFoundError("no .keras file")


def _import_custom_layers(recipe: str) -> None:
    """Registers our layers and a recipe's own; a name from the store imports nothing else."""
    importlib.import_module("keras_dl.layers")
    if recipe in catalog.names():
        importlib.import_module(f"recipes.{recipe}")
