"""Runs exported models in their own runtimes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import tree

__all__ = ["RUNNERS"]


def _run_saved_model(path: Path, example: Any) -> list[np.ndarray]:
    layer = keras.layers.TFSMLayer(str(path), call_endpoint="serve")
    return [np.asarray(part) for part in tree.flatten(layer(example))]


def _run_onnx(path: Path, example: Any) -> list[np.ndarray]:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    inputs = [np.asarray(part) for part in tree.flatten(example)]
    names = [own.name for own in session.get_inputs()]
    return list(map(np.asarray, session.run(None, dict(zip(names, inputs, strict=True)))))


def _run_litert(path: Path, example: Any) -> list[np.ndarray]:
    import tensorflow as tf

    interpreter = tf.lite.Interpreter(str(path))
    parts = [np.asarray(part) for part in tree.flatten(example)]
    runner = interpreter.get_signature_runner()
    names = sorted(runner.get_input_details())
    results = runner(**dict(zip(names, parts, strict=True)))
    return [results[name] for name in sorted(results)]


def _run_torch(path: Path, example: Any) -> list[np.ndarray]:
    import torch

    program = torch.export.load(str(path)).module()
    with torch.no_grad():
        # The traced batch has one example.
        rows = [
            program(*[torch.as_tensor(part[i : i + 1]) for part in tree.flatten(example)])
            for i in range(len(tree.flatten(example)[0]))
        ]
    parts = zip(*(tree.flatten(row) for row in rows), strict=True)
    return [np.concatenate([p.numpy() for p in part]) for part in parts]


# By format: path and inputs → outputs, in the order of the model's.
RUNNERS: dict[str, Callable[[Path, Any], list[np.ndarray]]] = {
    "savedmodel": _run_saved_model,
    "onnx": _run_onnx,
    "litert": _run_litert,
    "torch": _run_torch,
}
