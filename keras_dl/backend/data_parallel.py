"""Data-parallel training on JAX: each step's batch is divided among several devices.

A step sees the whole batch at once, as on one device: one gradient, one step of the optimizer, one
count of the metrics; results differ by the order of sums alone. A batch that cannot be divided
evenly, as the last one of a split, is computed whole on each device and counts once.
"""

import contextlib
import importlib
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

__all__ = ["available", "check", "distributed"]


def available() -> int:
    """Returns the number of devices that a training can use."""
    return len(keras.distribution.list_devices()) if keras.backend.backend() == "jax" else 1


def check(devices: int, batch_size: int) -> None:
    """Checks a number of devices.

    Args:
        devices: devices that share each step.
        batch_size: examples per step.

    Raises:
        ValueError: if the backend is not JAX, there are fewer devices, or they do not divide the
            batch size.
    """
    if devices == 1:
        return
    backend = keras.backend.backend()
    if backend != "jax":
        raise ValueError(
            f"`devices` must be 1 on the backend {backend}; KERAS_BACKEND=jax trains on several. "
            f"Received: devices={devices}"
        )
    if devices > available():
        raise ValueError(
            "`devices` must not exceed the devices of this machine, of which jax finds "
            f"{available()}. Received: devices={devices}"
        )
    if batch_size % devices:
        raise ValueError(
            "`devices` must divide the batch size, or no step could be divided among them. "
            f"Received: devices={devices}, batch_size={batch_size}"
        )


@contextlib.contextmanager
def distributed(model: keras.Model, devices: int) -> Iterator[None]:
    """Divides the batches of `fit` and `evaluate` among several devices.

    Args:
        model: compiled and built; afterwards it is on one device again.
        devices: number of devices; with 1, nothing is changed.
    """
    if devices == 1:
        yield
        return
    steps, model.steps_per_execution = model.steps_per_execution, 1  # only saves calls
    try:
        with _replicated(model, devices):
            yield
    finally:
        # A later `fit` or `evaluate` gets Keras' own functions.
        model.train_function = model.test_function = None
        model.steps_per_execution = steps


@contextlib.contextmanager
def _replicated(model: keras.Model, devices: int) -> Iterator[None]:
    # Not Keras' global distribution: that lays out all batches of an epoch as the first one, and
    # the last one may be smaller.
    jax = importlib.import_module("jax")
    layout = keras.distribution.DataParallel(devices=keras.distribution.list_devices()[:devices])
    whole = keras.distribution.TensorLayout([], layout.device_mesh).backend_layout

    def place(array: Any) -> Any:
        even = len(array) % devices == 0
        return jax.device_put(
            array, layout.get_data_layout(array.shape).backend_layout if even else whole
        )

    def function(model_step: Callable[..., Any]) -> Callable[..., Any]:
        step = model_step
        if model.jit_compile and not model.run_eagerly:
            step = jax.jit(model_step, donate_argnums=0, out_shardings=(None, whole))

        def once(state: Any, batches: Any) -> Any:
            result = step(state, keras.tree.map_structure(place, next(batches)))
            # Simulated devices share threads: those of one step could wait for those of the next.
            return jax.block_until_ready(result) if jax.default_backend() == "cpu" else result

        return once

    def state() -> list[Any]:
        return [*model.variables, *model.optimizer.variables, *model.metrics_variables]

    for variable in state():
        variable.assign(jax.device_put(variable.value, whole))
    model.train_function, model.test_function = map(function, (model.train_step, model.test_step))  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for variable in state():
            # Arrays of a step that was interrupted are gone; a checkpoint has those before it.
            if not variable.value.is_deleted():
                variable.assign(np.asarray(variable.value))
