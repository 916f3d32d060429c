"""XLA or not: decided by timing a few steps of both, once for each kind of model and machine.

What XLA wins depends on the model and on the processor, and each compilation costs seconds: so
short trainings are never tried, and what was found is kept for the next.
"""

import hashlib
import json
import math
import os
import platform
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np

from keras_dl import settings
from keras_dl.backend.compiled_loop import CompiledLoop
from keras_dl.utils.files import write_atomically
from keras_dl.utils.layers import leaf_layers

__all__ = ["Timing", "XLAAutotuner", "memory"]

WORTH = 60.0  # seconds of steps from which on trying is worth its time
LOOKS, LOOK = 3, 0.3  # measurements of each, and seconds that one takes
CLEAR = 0.95  # of the time without XLA; two measurements of one thing differ by some hundredths
COMPILATIONS = 3  # of whole and of smaller last batches, and of the validation


class Timing(NamedTuple):
    """What was measured.

    Attributes:
        plain: seconds of a step without XLA.
        compiled: with it.
        compilation: seconds that compiling one step took.
    """

    plain: float
    compiled: float
    compilation: float

    def jit(self, steps: int) -> bool:
        """Whether XLA pays within so many steps, and is faster beyond doubt."""
        saved = steps * (self.plain - self.compiled)
        return self.compiled < CLEAR * self.plain and saved > COMPILATIONS * self.compilation


class XLAAutotuner(keras.callbacks.Callback):
    """Sets the model's `jit_compile` before its first step, and leaves all else as it was.

    Args:
        model: compiled.
        loop: of its training steps.
        epochs: still to come.
    """

    def __init__(self, model: Any, loop: CompiledLoop, epochs: int) -> None:
        super().__init__()
        self._learner, self._loop, self._epochs = model, loop, epochs
        self._done = False

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """By now `fit` has made all variables and the loop has the epoch's order."""
        if self._done:
            return
        self._done = True
        steps = self._epochs * self._loop.full_steps
        key = signature(self._learner, self._loop)
        timing = remembered(key) or self._measured(steps)
        if timing is not None:
            remember(key, timing)
            self._learner.jit_compile = timing.jit(steps)

    def _measured(self, steps: int) -> Timing | None:
        """None where the training is too short to try."""
        import tensorflow as tf

        loop = self._loop
        if not loop.full_steps or 0 < steps * loop.pace < WORTH:
            return None
        variables = loop.traced(False).variables
        before = [v.numpy() for v in variables]
        try:
            loop.timed(False, 1)
            step = loop.timed(False, 1)
            if steps * step < WORTH:
                return None
            count = int(np.clip(LOOK / step, 1, loop.full_steps))
            try:
                compilation = loop.timed(True, 1)
            except tf.errors.OpError:  # XLA knows fewer operations
                return Timing(step, math.inf, 0.0)
            pairs = [
                [loop.timed(jit, count) / count for jit in (False, True)] for _ in range(LOOKS)
            ]
            plain, compiled = np.min(pairs, axis=0).tolist()
            return Timing(plain, compiled, max(0.0, compilation - compiled))
        finally:
            for variable, value in zip(variables, before, strict=True):
                variable.assign(value)


def signature(model: Any, loop: CompiledLoop) -> str:
    """What the speed of a step depends on: layers, shapes, batch size, optimizer, machine."""
    import tensorflow as tf

    facts = [
        [
            f"{type(layer).__name__} {layer.dtype_policy.name}"
            for layer in [model, *leaf_layers(model)]
        ],
        [[list(v.shape), v.dtype] for v in model.variables],
        [*loop.shapes, type(model.optimizer).__name__, type(model.loss).__name__],
        [platform.machine(), _processor(), os.cpu_count(), tf.__version__],
        [os.environ.get(n) for n in ("TF_ENABLE_ONEDNN_OPTS", "TF_NUM_INTRAOP_THREADS")],
        [str(device.device_type) for device in tf.config.list_physical_devices()],
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def memory() -> Path:
    """The file of what was found on this machine."""
    return settings.cache_folder() / "jit.json"


def remembered(key: str) -> Timing | None:
    """What was measured before."""
    found = _all().get(key)
    return None if found is None else Timing(*found)


def remember(key: str, timing: Timing) -> None:
    """Keeps a measurement; where the folder cannot be written, it is made anew next time."""
    known = _all()
    if known.get(key) == list(timing):
        return
    try:
        write_atomically(memory(), json.dumps({**known, key: timing}))
    except OSError as error:
        print(f"What XLA is worth here is not kept: {error}")


def _all() -> dict[str, list[float]]:
    try:
        return dict(json.loads(memory().read_text()))
    except (OSError, TypeError, ValueError):  # none yet, or not ours
        return {}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith("model name")), platform.processor())
