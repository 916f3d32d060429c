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
from functools import partial
from typing import Any

import keras
import numpy as np
from keras.layers import BatchNormalization

__all__ = ["Step", "available", "check", "shared"]


def available() -> int:
    """Devices among which a training can be shared out: accelerators, or processors without."""
    if keras.backend.backend() == "jax":
        return len(keras.distribution.list_devices())
    return len(_on_tensorflow()) if keras.backend.backend() == "tensorflow" else 1


def check(devices: int, model: Any, batch_size: int, jit: bool | None = None) -> None:
    """Accept a number of devices that can train the model together.

    Args:
        devices: how many.
        model: compiled.
        batch_size: examples per step.
        jit: what the user asks of XLA, or None.

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
        _check_replicas(devices, model, jit)


def _check_replicas(devices: int, model: Any, jit: bool | None) -> None:
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
    if jit:
        raise ValueError(
            "`jit` must not be given with several devices on TensorFlow, which then steps without "
            f"XLA. Received: jit={jit}, devices={devices}"
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
    on = _shared_on_jax if keras.backend.backend() == "jax" else _shared_on_tensorflow
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
            with contextlib.suppress(RuntimeError, TypeError):
                variable.assign(np.asarray(variable.value))


@contextlib.contextmanager
def _shared_on_tensorflow(model: Any, devices: int) -> Iterator[None]:
    tf = importlib.import_module("tensorflow")

    def function(training: bool) -> Callable[[Any], Any]:
        step = Step(model, training=training, devices=devices)

        def once(batches: Any) -> Any:
            step(*batches.get_next())
            return model.get_metrics_result()

        compiled = tf.function(once, autograph=False, reduce_retracing=True)

        def call(batches: Any) -> Any:
            step.prepare(*(tf.zeros((1, *a.shape[1:]), a.dtype) for a in batches.element_spec))
            return compiled(batches)

        return call

    model.train_function, model.test_function = function(True), function(False)
    yield


class Step:
    """A step on TensorFlow, to be compiled.

    The devices are lent the weights and give gradients. The model's variables, its optimizer's and
    its metrics' live on one device and are moved there, so that all else finds them as ever.

    Args:
        model: compiled and built.
        training: whether the step learns.
        devices: how many share the batch.
    """

    def __init__(self, model: Any, *, training: bool, devices: int) -> None:
        tf = importlib.import_module("tensorflow")
        self._model, self._training, self._devices = model, training, devices
        self._strategy = tf.distribute.MirroredStrategy(_on_tensorflow()[:devices])
        self._prepared = False

    def prepare(self, x: Any, y: Any) -> None:
        """Makes variables that Keras makes late; before the first step.

        Args:
            x: an example, (1, …).
            y: its target, (1, …).
        """
        if self._prepared:
            return
        model = self._model
        with keras.StatelessScope():
            outputs = model(x, training=False)
        model.compute_loss(x=x, y=y, y_pred=outputs, training=False)
        model.compute_metrics(x, y, outputs)
        model.reset_metrics()
        model.optimizer.build(model.trainable_variables)
        self._prepared = True

    def __call__(self, x: Any, y: Any) -> None:
        """Steps, and counts in the model's metrics.

        Args:
            x: examples, (batch, …).
            y: targets, (batch, …).
        """
        tf = importlib.import_module("tensorflow")
        model, reduced = self._model, partial(self._strategy.reduce, "SUM", axis=None)
        values = [tf.convert_to_tensor(v.value) for v in model.variables]
        one = tf.ones(())
        scale = model.optimizer.scale_loss(one) if self._training else one
        with _synchronized(model):
            given = self._strategy.run(self._replica, (values, scale, x, y))
        gradients, moved, counted = given
        for i, value in moved.items():
            first = self._strategy.experimental_local_results(value)[0]
            model.variables[i].assign(first)
        for variable, value in zip(model.metrics_variables, counted, strict=True):
            variable.assign_add(reduced(value))
        if self._training:
            whole = {i: reduced(g) for i, g in gradients.items()}
            trainable = model.trainable_variables
            model.optimizer.apply(list(whole.values()), [trainable[i] for i in whole])

    def _replica(self, values: list[Any], scale: Any, x: Any, y: Any) -> Any:
        """What one device finds: gradients, variables moved on, what it adds to the metrics."""
        tf = importlib.import_module("tensorflow")
        model, metrics = self._model, self._model.metrics_variables
        rank = tf.distribute.get_replica_context().replica_id_in_sync_group
        x, y, share = self._part(rank, x, y)
        values = self._drawing_apart(rank, values)
        zeros = [tf.zeros(v.shape, v.dtype) for v in metrics]
        state = zip([*model.variables, *metrics], [*values, *zeros], strict=True)
        gradients: list[Any] = []
        with keras.StatelessScope(list(state), collect_losses=True) as scope:
            before = [scope.get_current_value(v) for v in model.variables]
            if self._training:
                gradients = self._learn(scope, scale * share, x, y)
            else:
                model.test_step((x, y))
            after = [scope.get_current_value(v) for v in model.variables]
            counted = [scope.get_current_value(v) for v in metrics]
        known = {i: g for i, g in enumerate(gradients) if g is not None}
        moved = {i: b for i, (a, b) in enumerate(zip(before, after, strict=True)) if a is not b}
        return known, moved, [tf.where(share > 0, a, tf.zeros_like(a)) for a in counted]

    def _drawing_apart(self, rank: Any, values: list[Any]) -> list[Any]:
        """Gives each device random numbers of its own, and the first one those of a single one."""
        tf = importlib.import_module("tensorflow")
        known = {id(weight) for weight in self._model.weights}  # the other variables are seeds
        return [
            value if id(variable) in known else value + tf.cast(rank, value.dtype)
            for variable, value in zip(self._model.variables, values, strict=True)
        ]

    def _part(self, rank: Any, x: Any, y: Any) -> tuple[Any, Any, Any]:
        """A device's rows and their weight; with a rest, all rows, which count for the first."""
        tf = importlib.import_module("tensorflow")
        count = tf.shape(x)[0]
        even = tf.equal(count % self._devices, 0)
        size = tf.where(even, count // self._devices, count)
        first = tf.where(even, rank * size, 0)
        # What Keras makes of an embedding's gradient depends on how often a row is named in it:
        # halves of two equal ones would not do.
        share = tf.where(even, 1.0, self._devices * tf.cast(tf.equal(rank, 0), "float32"))
        return x[first : first + size], y[first : first + size], share

    def _learn(self, scope: Any, scale: Any, x: Any, y: Any) -> list[Any]:
        """A device's share of the gradient, None where there is none."""
        tf = importlib.import_module("tensorflow")
        model = self._model
        weights = [scope.get_current_value(v) for v in model.trainable_variables]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(weights)
            outputs = model(x, training=True)
            loss = model.compute_loss(x=x, y=y, y_pred=outputs, training=True)
            scaled = loss * tf.cast(scale, loss.dtype)
        # Keras has divided the loss by the number of devices, for their gradients to be added up.
        model.metrics[0].update_state(loss * self._devices, sample_weight=tf.shape(x)[0])
        model.compute_metrics(x, y, outputs)
        return tape.gradient(scaled, weights)


@contextlib.contextmanager
def _synchronized(model: Any) -> Iterator[None]:
    """Lets batch normalization see the whole batch, in what is traced meanwhile."""
    layers = [part for part in model._flatten_layers() if isinstance(part, BatchNormalization)]
    before = [layer.synchronized for layer in layers]
    for layer in layers:
        layer.synchronized = True
    try:
        yield
    finally:
        for layer, old in zip(layers, before, strict=True):
            layer.synchronized = old


def _on_tensorflow() -> list[str]:
    tf = importlib.import_module("tensorflow")
    found = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return [device.name for device in found]
