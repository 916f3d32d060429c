"""Data-parallel training: each step's batch is shared out over several devices of this machine.

A step sees the whole batch at once, as on one device: one gradient, one step of the optimizer, one
count of the metrics. A batch that cannot be shared out evenly, as the last one of a split, is
computed whole on each device, and counts once.

On JAX all is equal to one device but for the order of sums. On TensorFlow that holds where
examples do not depend on one another, and for `keras.layers.BatchNormalization`, which is
synchronized; other layers that look at a whole batch see a device's part of it. Dropout draws other
masks, as each device draws those of its part. Steps are taken without XLA there.
"""

import contextlib
import importlib
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from keras_dl.backend import replicas

__all__ = ["available", "check", "shared"]


def available() -> int:
    """Devices among which a training can be shared out: accelerators, or processors without."""
    if keras.backend.backend() == "jax":
        return len(keras.distribution.list_devices())
    return len(replicas.found()) if keras.backend.backend() == "tensorflow" else 1


def check(devices: int, model: Any, batch_size: int, jit_compile: bool | None = None) -> None:
    """Accept a number of devices that can train the model together.

    Args:
        devices: how many.
        model: compiled.
        batch_size: examples per step.
        jit_compile: what the user asks of XLA, or None.

    Raises:
        ValueError: if the backend cannot, there are fewer devices, or the batch cannot be shared
            out; on TensorFlow also for losses that are not means over examples, and for XLA.
    """
    if devices == 1:
        return
    backend = keras.backend.backend()
    if backend not in ("jax", "tensorflow"):
        raise ValueError(
            f"`devices` must be 1 on the backend {backend}; jax and tensorflow train on several. "
            f"Received: devices={devices}"
        )
    if devices > available():
        raise ValueError(
            f"`devices` must not exceed the devices of this machine, of which {backend} finds "
            f"{available()}. Received: devices={devices}"
        )
    if batch_size % devices:
        raise ValueError(
            "`devices` must divide the batch size, or no step could be shared out. "
            f"Received: devices={devices}, batch_size={batch_size}"
        )
    if backend == "tensorflow":
        _check_replicas(devices, model, jit_compile)


def _check_replicas(devices: int, model: Any, jit_compile: bool | None) -> None:
    for name in ("compute_loss", "train_step", "test_step"):
        if getattr(type(model), name) is not getattr(keras.Model, name):
            raise ValueError(
                f"`devices` must be 1 on TensorFlow for {type(model).__name__}: its {name} would "
                "see each device's part of the batch by itself; the jax backend shows it the whole "
                f"one. Received: devices={devices}"
            )
    losses = keras.tree.flatten(model.loss)
    if any(getattr(loss, "reduction", "") == "sum" for loss in losses):
        raise ValueError(
            "`devices` must be 1 on TensorFlow for a loss that is a sum over examples, not a mean. "
            f"Received: devices={devices}"
        )
    if jit_compile:
        raise ValueError(
            "`jit_compile` must not be given with several devices on TensorFlow, which then steps without "
            f"XLA. Received: jit_compile={jit_compile}, devices={devices}"
        )


@contextlib.contextmanager
def shared(model: Any, devices: int) -> Iterator[None]:
    """Lets `fit` and `evaluate` share out the batches they are given.

    Args:
        model: compiled and built; afterwards it is on one device again.
        devices: how many; with 1, nothing is changed.
    """
    if devices == 1:
        yield
        return
    on = _shared_on_jax if keras.backend.backend() == "jax" else replicas.shared
    steps, model.steps_per_execution = model.steps_per_execution, 1  # only saves calls
    try:
        with on(model, devices):
            yield
    finally:
        # Whoever calls `fit` or `evaluate` next gets functions of Keras' own.
        model.train_function = model.test_function = None
        model.steps_per_execution = steps


@contextlib.contextmanager
def _shared_on_jax(model: Any, devices: int) -> Iterator[None]:
    # Not as Keras' global distribution: that lays out all batches of an epoch as the first one,
    # and the last one may be smaller.
    jax = importlib.import_module("jax")
    found = keras.distribution.list_devices()[:devices]
    plan = keras.distribution.DataParallel(devices=found)
    whole = keras.distribution.TensorLayout([], plan.device_mesh).backend_layout

    def placed(batch: Any) -> Any:
        even = len(batch[0]) % devices == 0
        layouts = [plan.get_data_layout(a.shape).backend_layout if even else whole for a in batch]
        return tuple(map(jax.device_put, batch, layouts))

    def function(given: Callable[..., Any]) -> Callable[..., Any]:
        step = given
        if model.jit_compile and not model.run_eagerly:
            step = jax.jit(given, donate_argnums=0, out_shardings=(None, whole))

        def once(state: Any, batches: Any) -> Any:
            found = step(state, placed(next(batches)))
            # Simulated devices share threads: those of one step could wait for those of the next.
            return jax.block_until_ready(found) if jax.default_backend() == "cpu" else found

        return once

    def state() -> list[Any]:
        return [*model.variables, *model.optimizer.variables, *model.metrics_variables]

    for variable in state():
        variable.assign(jax.device_put(variable.value, whole))
    model.train_function, model.test_function = map(function, (model.train_step, model.test_step))
    try:
        yield
    finally:
        for variable in state():
            # Arrays of a step that was interrupted are gone; a checkpoint has those before it.
            if not variable.value.is_deleted():
                variable.assign(np.asarray(variable.value))
