"""Models of runs in the formats of other runtimes, each compared with the original."""

import contextlib
import io
import os
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import tree

from keras_dl.backend.exported_models import RUNNERS
from keras_dl.tracking import models

__all__ = ["FORMATS", "Exported", "export"]

FORMATS = ("savedmodel", "onnx", "litert", "torch")
SUFFIXES = {"savedmodel": "", "onnx": ".onnx", "litert": ".tflite", "torch": ".pt2"}
KERAS = {"savedmodel": "tf_saved_model", "onnx": "onnx", "litert": "litert", "torch": "torch"}
EXAMPLES = 2
TOLERANCE = 1e-3  # of the outputs, relative to the largest; other runtimes sum in another order


@dataclass(frozen=True)
class Exported:
    """An exported model.

    Attributes:
        path: file, or folder of a SavedModel.
        difference: largest difference from the original's outputs, relative to the largest.
    """

    path: Path
    difference: float


def export(run_id: str, *, to: str, out: str | os.PathLike[str] | None = None) -> Exported:
    """Writes a run's model in another format, loads it there and compares the outputs.

    Args:
        run_id: id of the run, or its first characters.
        to: "savedmodel" (TensorFlow), "onnx", "litert" (TensorFlow Lite) or "torch" (PyTorch's
            ExportedProgram, with the torch backend).
        out: file, or folder of a SavedModel; None: the recipe's name and the id, in this folder.

    Raises:
        ValueError: if there is no such run or format, the path exists, a package is missing, the
            model cannot be exported, or its outputs differ.
    """
    if to not in FORMATS:
        raise ValueError(f"`to` must be one of {', '.join(FORMATS)}. Received: to={to!r}")
    if to == "torch" and keras.backend.backend() != "torch":
        raise ValueError(
            "`to` must not be torch with the backend "
            f"{keras.backend.backend()}; set KERAS_BACKEND=torch. Received: to='torch'"
        )
    model, spec = models.load(run_id), models.spec(run_id)
    path = Path(out) if out is not None else Path(f"{model.name}-{run_id[:8]}{SUFFIXES[to]}")
    if SUFFIXES[to] and path.suffix != SUFFIXES[to]:
        raise ValueError(f"`out` must end in {SUFFIXES[to]} for {to}. Received: out={out}")
    if path.exists():
        raise ValueError(f"`out` must not exist yet. Received: out={path}")
    example = _example(model, spec)
    expected = tree.map_structure(np.asarray, model.predict(example, verbose=0))
    try:
        # The exporters print their graphs, and warn of each other's versions.
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.export(str(path), format=KERAS[to], verbose=False)
            results = RUNNERS[to](path, example)
    except ImportError as error:
        raise ValueError(
            f"`to` must be a format whose packages are installed; {error}. Received: to={to!r}"
        ) from None
    except Exception as error:  # of any kind: exporters fail where an operation is unknown to them
        path.unlink(missing_ok=True) if SUFFIXES[to] else shutil.rmtree(path, ignore_errors=True)
        raise ValueError(
            f"`to` must be a format that has the operations of {model.name}; "
            f"{str(error).strip().partition(chr(10))[0]}. Received: to={to!r}"
        ) from error
    difference = _difference(tree.flatten(expected), results)
    if not difference <= TOLERANCE:
        raise ValueError(
            f"`to` must keep the model's outputs; those of {path} differ by {difference:.1e} of "
            f"the largest. Received: to={to!r}"
        )
    return Exported(path, difference)


def _example(model: keras.Model, spec: dict[str, Any]) -> Any:
    """Returns inputs of the model's shapes within the ranges of its data."""
    random = np.random.default_rng(0)
    ranges = spec.get("ranges", {}).get("x", {})

    def draw(tensor: keras.KerasTensor, name: str) -> np.ndarray:
        kind, low, high = ranges.get(name, ranges.get("", ("float32", 0, 1)))
        shape = (EXAMPLES, *(16 if size is None else size for size in tensor.shape[1:]))
        if np.dtype(kind).kind in "iu":
            return random.integers(low, high, shape, endpoint=True).astype(tensor.dtype)
        return random.uniform(low, high, shape).astype(tensor.dtype)

    inputs: Any = model.input
    if isinstance(inputs, dict):
        return {name: draw(tensor, name) for name, tensor in inputs.items()}
    return draw(inputs, "")


def _difference(expected: list[np.ndarray], results: list[np.ndarray]) -> float:
    if [e.shape for e in expected] != [r.shape for r in results]:
        return float("inf")
    scale = max(float(np.abs(e).max()) for e in expected) or 1.0
    return max(float(np.abs(e - r).max()) for e, r in zip(expected, results, strict=True)) / scale
