"""Models whose weights other models start from: those of runs, and files.

A source is read once, in the process of the command, and kept as arrays under the digest of its
weights; trainings in other processes read the arrays alone.
"""

import hashlib
import importlib
import json
import os
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np

from keras_dl.init_from import check_init_from
from keras_dl.tracking import models, store
from keras_dl.tracking.model_files import read_model
from keras_dl.training.initial_weights import INDEX, trained_layers

__all__ = ["Source", "find_source"]


class Source(NamedTuple):
    """A model whose weights other models start from.

    Attributes:
        origin: what it is, for people: "run 1a2b…, autoencoder" or the name of a file.
        digest: sha256 of its weights, 64 hex digits.
        path: file of the arrays.
    """

    origin: str
    digest: str
    path: Path


def find_source(stated: str) -> Source:
    """Reads the model of a run or of a `.keras` file and keeps its weights as arrays.

    Args:
        stated: id of a run, or its beginning, or path of a file.

    Raises:
        ValueError: if it is neither, or the file cannot be read safely.
    """
    try:
        return _find(stated)
    except ValueError as error:  # which names the argument of the function that reads
        words = str(error).replace("`path`", "`init_from`", 1).replace("run_id", "init_from")
        raise ValueError(words) from None


def _find(stated: str) -> Source:
    check_init_from(stated)
    path = Path(stated).expanduser()
    if path.is_file() and path.suffix == ".keras":
        importlib.import_module("keras_dl.layers")  # registers them
        return _keep(read_model(path), path.name)
    run = store.find_run(stated)
    recipe = run.data.tags.get("recipe", "another program")
    return _keep(models.load(run.info.run_id), f"run {run.info.run_id}, {recipe}")


def _keep(model: keras.Model, origin: str) -> Source:
    members: dict[str, Any] = {}
    layers = []
    for number, layer in enumerate(trained_layers(model)):
        values = [keras.ops.convert_to_numpy(weight.value) for weight in layer.weights]
        members |= {f"{number}.{i}": value for i, value in enumerate(values)}
        layers.append([layer.name, len(values)])
    members[INDEX] = np.array(json.dumps(layers))
    digest = hashlib.sha256()
    for value in members.values():
        digest.update(np.ascontiguousarray(value).tobytes())
    path = store.root() / "initial_weights" / f"{digest.hexdigest()}.npz"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        with temporary.open("wb") as file:
            np.savez(file, **members)
        temporary.replace(path)
    return Source(origin, digest.hexdigest(), path)
