"""What the machine can do at most, and how much arithmetic a step of training is."""

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

__all__ = ["KNOWN", "Ceiling", "known", "measured", "training_flops"]

KNOWN = "BENCHMARKS_CEILING"  # in the environment: what the whole run is measured against
SIZE, SECONDS = 1024, 1.5


class Ceiling(NamedTuple):
    """The best of many tries.

    Attributes:
        numpy: GFLOP/s of products of two 1024×1024 float32 matrices by NumPy.
        tensorflow: the same by TensorFlow.
        copy: GB/s, read and written together, of a copy that no cache holds.
    """

    numpy: float
    tensorflow: float
    copy: float

    def share(self, flops: float) -> str:
        """Operations a second, and how much of the faster product that is."""
        most = max(self.numpy, self.tensorflow)
        return f"{flops / 1e9:.1f} of {most:.0f} GFLOP/s, {flops / most / 1e7:.1f} %"

    def words(self) -> str:
        """A line for the head of the table."""
        return (
            f"Ceiling: products of 1024×1024 float32 matrices {self.numpy:.0f} GFLOP/s by NumPy, "
            f"{self.tensorflow:.0f} by TensorFlow; copying {self.copy:.0f} GB/s."
        )

    def text(self) -> str:
        """For the environment of a process."""
        return json.dumps(self)


def known() -> Ceiling:
    """As measured at the start of the whole run, or now."""
    told = os.environ.get(KNOWN)
    return Ceiling(*json.loads(told)) if told else measured()


def measured() -> Ceiling:
    """Measures; TensorFlow in a process of its own, as each side has one."""
    code = "from benchmarks import ceiling; print(ceiling.by_tensorflow())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    a, b = (np.random.default_rng(0).random((SIZE, SIZE), dtype="float32") for _ in range(2))
    out = np.empty_like(a)
    product = 2 * SIZE**3 / _best(lambda: np.matmul(a, b, out=out)) / 1e9
    source = np.ones(2**28 // 4, "float32")
    target = np.empty_like(source)
    copied = 2 * source.nbytes / _best(lambda: np.copyto(target, source)) / 1e9
    return Ceiling(product, float(done.stdout.split()[-1]), copied)


def by_tensorflow() -> float:
    """GFLOP/s of TensorFlow's product."""
    import importlib

    tf = importlib.import_module("tensorflow")
    a = tf.random.uniform((SIZE, SIZE))
    return 2 * SIZE**3 / _best(lambda: tf.matmul(a, a).numpy()) / 1e9


def _best(work: Callable[[], Any]) -> float:
    work()
    ends, best = time.perf_counter() + SECONDS, math.inf
    while time.perf_counter() < ends:
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def training_flops(model: Any) -> int:
    """Floating point operations of one step, for one example.

    Forward two a multiplication; backward as many for the inputs' gradient and as many for the
    weights'. The first layer's inputs are data and need none. Only products count: activations,
    normalisation, pooling and the optimizer are left out.

    Args:
        model: a functional Keras model of dense, convolutional, recurrent and attention layers.
    """
    products, first = forward(model), _first(model)
    return 2 * (3 * products - first)


def forward(model: Any) -> int:
    """Multiplications for one example."""
    return sum(_products(layer) for layer in _layers(model))


def _first(model: Any) -> int:
    """Of the layer whose inputs are data; 0 if that is an embedding, which multiplies nothing."""
    for layer in _layers(model):
        if type(layer).__name__ == "Embedding":
            return 0
        if _products(layer):
            return _products(layer)
    return 0


def _layers(model: Any) -> list[Any]:
    found = []
    for layer in model.layers:
        found += _layers(layer) if hasattr(layer, "layers") else [layer]
    return found


def _products(layer: Any) -> int:
    """By the kinds of Keras' layers."""
    kind = type(layer).__name__
    if kind == "Conv2D":
        return math.prod(layer.output.shape[1:3]) * math.prod(layer.kernel.shape)
    if kind == "Conv2DTranspose":
        return math.prod(layer.input.shape[1:3]) * math.prod(layer.kernel.shape)
    if kind == "Dense":
        return math.prod(layer.input.shape[1:-1]) * math.prod(layer.kernel.shape)
    if kind == "LSTM":
        steps, width = layer.input.shape[1:]
        return steps * (width + layer.units) * 4 * layer.units
    if kind == "MultiHeadAttention":
        length, width = layer.output.shape[1:]
        inner = layer.num_heads * layer.key_dim
        return 4 * length * width * inner + 2 * length * length * inner
    return 0
