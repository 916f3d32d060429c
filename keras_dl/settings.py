"""Settings that cost nothing and must be made before the backend is imported."""

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
    """Returns the folder for files that can be computed again: compiled steps, timings, nets.

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
    "DO_NOT_TRACK": "true",
    "JAX_COMPILATION_CACHE_DIR": str(cache_folder() / "jax"),
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0.1",
}
EFFECTS = {
    "TF_ENABLE_ONEDNN_OPTS": "convolutions 1.4 to 4 times faster on processors without VNNI, where "
    "TensorFlow leaves it off",
    "TF_CPP_MIN_LOG_LEVEL": "warnings and errors only",
    "TF_FORCE_GPU_ALLOW_GROWTH": "a graphics card's memory is taken as needed, not whole",
    "MLFLOW_DISABLE_TELEMETRY": "nothing is sent anywhere",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "no three bars for a model that lies here",
    "DO_NOT_TRACK": "nothing is sent anywhere",
    "JAX_COMPILATION_CACHE_DIR": "what JAX has compiled once starts at once in the next process",
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "the same for small steps",
}


def prepare() -> None:
    """Sets the defaults in the environment; what the user has set stays."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)


BACKENDS = ("tensorflow", "jax", "torch")
# Keras imports these wherever they are installed, for its galleries, DataFrames as inputs,
# scikit-learn wrappers and exports: 1.7 s of processor time and 140 MB, with JAX 250.
OPTIONAL = ("matplotlib", "pandas", "sklearn", "jax")


def backend() -> str:
    """The backend that Keras takes, or has taken: by KERAS_BACKEND, or by its own settings."""
    config = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "keras.json"
    named = os.environ.get("KERAS_BACKEND")
    if named or not config.is_file():
        return named or "tensorflow"
    return str(json.loads(config.read_text()).get("backend", "tensorflow"))


def load_backend(*, lean: bool = False) -> None:
    """Imports Keras and its backend without the backend's messages about missing graphics cards.

    TensorFlow 2.21 writes them to the file descriptor before any of its settings can hold them
    back; they are shown after all when the import fails.

    Args:
        lean: whether Keras shall do without what it does not need to train. For processes of our
            own: in a notebook `model.fit` may be given a DataFrame.

    Raises:
        ValueError: if the backend that was asked for is unknown or not installed.
    """
    if "keras" in sys.modules:
        return
    prepare()
    wanted = backend()
    if wanted not in BACKENDS or importlib.util.find_spec(wanted) is None:
        raise ValueError(
            f"`KERAS_BACKEND` must name an installed backend: {', '.join(BACKENDS)}. "
            f"Received: KERAS_BACKEND={wanted}"
        )
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # else: advice on retracing, for one
    spare = [name for name in OPTIONAL if lean and name != wanted]
    with _quiet_descriptor(), _hidden(spare):
        keras = importlib.import_module("keras")
        if keras.backend.backend() == "tensorflow":
            tf = importlib.import_module("tensorflow")
            tf.config.list_physical_devices()  # its first call writes too
    gc.collect()
    gc.freeze()  # the imports' million objects need not be visited at every collection


@contextlib.contextmanager
def _hidden(names: Iterable[str]) -> Iterator[None]:
    """Lets libraries that are not yet imported seem not to be installed."""
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
    kept = os.dup(2)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        except BaseException:
            file.seek(0)
            os.write(kept, file.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)
