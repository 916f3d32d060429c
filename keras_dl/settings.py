"""Settings of the environment that must precede the import of the backend."""

import contextlib
import gc
import importlib
import importlib.util
import json
import logging
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["DEFAULTS", "EFFECTS", "backend", "cache_folder", "load_backend", "prepare"]


def cache_folder() -> Path:
    """Returns the folder for files that can be computed again: compiled steps, feature extractors.

    `KERAS_DL_CACHE`, else `keras_dl` in `XDG_CACHE_HOME`, else `~/.cache/keras_dl`. An empty
    variable counts as unset. A relative `KERAS_DL_CACHE` starts at the current folder; a relative
    `XDG_CACHE_HOME` is ignored, as its specification asks.
    """
    own = os.environ.get("KERAS_DL_CACHE", "").strip()
    if own:
        return Path(own).expanduser().absolute()
    shared = Path(os.environ.get("XDG_CACHE_HOME", "").strip()).expanduser()
    return (shared if shared.is_absolute() else Path.home() / ".cache") / "keras_dl"


DEFAULTS = {
    "TF_ENABLE_ONEDNN_OPTS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "DO_NOT_TRACK": "true",
    "JAX_COMPILATION_CACHE_DIR": str(cache_folder() / "jax"),
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0.1",
}
EFFECTS = {
    "TF_ENABLE_ONEDNN_OPTS": "convolutions 1.4 to 4 times faster on processors without VNNI, where "
    "TensorFlow leaves it off",
    "TF_CPP_MIN_LOG_LEVEL": "warnings and errors only",
    "TF_FORCE_GPU_ALLOW_GROWTH": "memory of a GPU is allocated as needed, not at once",
    "MLFLOW_DISABLE_TELEMETRY": "nothing is sent anywhere",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "no progress bars for local models",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "requests to a tracking server are repeated by this package",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "seconds that one request to a tracking server may take",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "the address of a run is printed once",
    "DO_NOT_TRACK": "nothing is sent anywhere",
    "JAX_COMPILATION_CACHE_DIR": "steps that JAX compiled are loaded by the next process",
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "applies to small steps too",
}


def prepare() -> None:
    """Sets the defaults in the environment; variables that the user has set stay."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)


BACKENDS = ("tensorflow", "jax", "torch")
# Keras imports these wherever they are installed, for its galleries, DataFrames as inputs,
# scikit-learn wrappers and exports: 1.7 s of processor time and 140 MB, with JAX 250.
OPTIONAL = ("matplotlib", "pandas", "sklearn", "jax")


def backend() -> str:
    """Returns the backend of Keras, by KERAS_BACKEND or by Keras' own settings."""
    config = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "keras.json"
    named = os.environ.get("KERAS_BACKEND")
    if named or not config.is_file():
        return named or "tensorflow"
    return str(json.loads(config.read_text()).get("backend", "tensorflow"))


def load_backend(*, lean: bool = False) -> None:
    """Imports Keras and its backend without the backend's messages about missing GPUs.

    TensorFlow 2.21 writes them to the file descriptor before its settings can suppress them; they
    are printed if the import fails.

    Args:
        lean: hide optional libraries from Keras that training does not need. For processes of this
            package only: in a notebook, `model.fit` may receive a DataFrame.

    Raises:
        ValueError: if the backend is unknown or not installed.
    """
    if "keras" in sys.modules:
        return
    prepare()
    name = backend()
    if name not in BACKENDS or importlib.util.find_spec(name) is None:
        raise ValueError(
            f"`KERAS_BACKEND` must name an installed backend: {', '.join(BACKENDS)}. "
            f"Received: KERAS_BACKEND={name}"
        )
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # hides its advice on retracing
    hidden = [library for library in OPTIONAL if lean and library != name]
    with _quiet_descriptor(), _hidden(hidden):
        keras = importlib.import_module("keras")
        if keras.backend.backend() == "tensorflow":
            tf = importlib.import_module("tensorflow")
            tf.config.list_physical_devices()  # its first call writes messages too
    gc.collect()
    gc.freeze()  # collections skip the imports' million objects


@contextlib.contextmanager
def _hidden(names: Iterable[str]) -> Iterator[None]:
    """Makes libraries that are not imported yet look as if they were not installed."""
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


@contextlib.contextmanager
def _quiet_descriptor() -> Iterator[None]:
    sys.stderr.flush()
    original = os.dup(2)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        except BaseException:
            file.seek(0)
            os.write(original, file.read())
            raise
        finally:
            os.dup2(original, 2)
            os.close(original)
