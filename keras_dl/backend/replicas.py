"""A step that several devices of TensorFlow take together; `parallel` says what is equal.

The devices are lent the weights and give gradients. The model's variables, its optimizer's and its
metrics' live on one device and are moved there, so that all else finds them as ever.
"""

import contextlib
import importlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import keras
from keras.layers import BatchNormalization

__all__ = ["Step", "found", "shared"]


@contextlib.contextmanager
def shared(model: Any, devices: int) -> Iterator[None]:
    """Puts such steps in the place of the model's own."""
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

    Args:
        model: compiled and built.
        training: whether the step learns.
        devices: how many share the batch.
    """

    def __init__(self, model: Any, *, training: bool, devices: int) -> None:
        tf = importlib.import_module("tensorflow")
        self._model, self._training, self._devices = model, training, devices
        self._strategy = tf.distribute.MirroredStrategy(found()[:devices])
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


def found() -> list[str]:
    """Names of the devices among which a step can be shared out."""
    tf = importlib.import_module("tensorflow")
    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return [device.name for device in devices]
