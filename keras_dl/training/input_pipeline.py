"""The input pipeline of `fit` and `evaluate`: data in device memory, or batches from the host.

Data sets that fit in device memory are uploaded once in their original dtype; each step gathers its
rows and casts them. Models train to the same numbers either way, and are left unchanged.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import keras

from keras_dl.backend.batches import Batches, EpochOrder
from keras_dl.backend.compiled_loop import CompiledLoop
from keras_dl.backend.data_parallel import distributed
from keras_dl.backend.device_memory import fits
from keras_dl.data import Data

__all__ = ["InputPipeline", "training_setup"]


def training_setup(model: keras.Model) -> tuple[Any, ...]:
    """Returns what traced steps depend on: loss, metrics and optimizer, and what is frozen."""
    compiled = (model.optimizer, model._compile_loss, model._compile_metrics)
    layers = [layer.trainable for layer in model._flatten_layers()]
    return (*compiled, layers, [v.trainable for v in model.variables])


class InputPipeline:
    """Input pipeline of one model.

    Args:
        model: compiled and built.
        batch_size: examples per step.
        devices: devices that share each step.
    """

    def __init__(self, model: keras.Model, batch_size: int, devices: int = 1) -> None:
        self._model, self._size, self._devices = model, batch_size, devices
        # One trace serves all trainings of the model, another its validations and tests.
        self._loops: dict[bool, CompiledLoop] = {}
        self._setup: tuple[Any, ...] = ()  # of the traces

    @property
    def batch_size(self) -> int:
        """Examples per step."""
        return self._size

    @contextlib.contextmanager
    def fit(
        self,
        data: Data,
        seed: int,
        steps: int | None,
        epoch: int,
        callbacks: Sequence[keras.callbacks.Callback] = (),
        total_steps: int | None = None,
    ) -> Iterator[tuple[Any, Any, list[keras.callbacks.Callback]]]:
        """Prepares one `fit` with ``shuffle=False``.

        Args:
            data: train and validation are used, by their samplers.
            seed: of the samplers.
            steps: steps per epoch at most; None for all.
            epoch: number of the first epoch.
            callbacks: callbacks of the same `fit`; those that see each step get single steps.
            total_steps: steps from epoch 0 on after which a callback stops `fit`; None: none does.

        Yields:
            (x, validation_data, callbacks to put before the others).
        """
        train, validation = data.sampler("train"), data.sampler("validation")
        self._forget_outdated()
        mode = self._mode(data, "train", "validation")
        if mode == "compiled_loop":
            loops = self._loop(training=True), self._loop(training=False)
            with self._functions_replaced(*loops):
                x = loops[0].attach(
                    data.train,
                    train,
                    seed=seed,
                    steps=steps,
                    single_steps=any(map(_sees_steps, callbacks)),
                    total_steps=total_steps,
                )
                held_out = loops[1].attach(data.validation, validation)
                yield x, held_out, [*loops]
        else:
            resident = mode == "resident"
            options: dict[str, Any] = {"steps": steps, "epoch": epoch, "on_device": resident}
            x = Batches(data.train, self._size, seed=seed, sampler=train, **options)
            held_out = self._batches(data, "validation", None, resident)
            with distributed(self._model, self._devices):
                yield x, held_out, [EpochOrder(x)]

    @contextlib.contextmanager
    def evaluate(
        self, data: Data, split: str, steps: int | None = None
    ) -> Iterator[tuple[Any, list[keras.callbacks.Callback]]]:
        """Prepares one `evaluate`.

        Args:
            data: its split is used, by its sampler.
            split: "validation" or "test".
            steps: batches at most; None for all.

        Yields:
            (x, callbacks).
        """
        self._forget_outdated()
        mode = self._mode(data, split)
        if mode == "compiled_loop":
            loop = self._loop(training=False)
            with self._functions_replaced(None, loop):
                x = loop.attach(getattr(data, split), data.sampler(split), steps=steps)
                yield x, [loop]
        else:
            with distributed(self._model, self._devices):
                yield self._batches(data, split, steps, mode == "resident"), []

    def uses_compiled_loops(self, data: Data) -> bool:
        """Returns whether training and validation run in compiled loops."""
        return self._mode(data, "train", "validation") == "compiled_loop"

    def graphs(self, data: Data) -> list[Any]:
        """Returns TensorFlow's graphs of training and validation, once metrics have variables.

        Args:
            data: shapes and types of the arrays.
        """
        graphs = []
        for split in ("train", "validation"):
            loop = self._loop(training=split == "train")
            loop.attach(getattr(data, split), data.sampler(split))
            graphs.append(loop.traced(self._model.jit_compile).graph)
            loop.release()
        return graphs

    def _forget_outdated(self) -> None:
        """Drops traces, Keras' own too, if a stage has frozen layers or compiled the model."""
        if (setup := training_setup(self._model)) != self._setup:
            self._loops, self._setup = {}, setup
            self._model.train_function = self._model.test_function = None

    def _batches(self, data: Data, split: str, steps: int | None, resident: bool) -> Batches:
        return Batches(
            getattr(data, split),
            self._size,
            seed=None,
            sampler=data.sampler(split),
            steps=steps,
            on_device=resident,
        )

    def _loop(self, *, training: bool) -> CompiledLoop:
        if training not in self._loops:
            loop = CompiledLoop(self._model, training=training, batch_size=self._size)
            self._loops[training] = loop
        return self._loops[training]

    @contextlib.contextmanager
    def _functions_replaced(
        self, training: CompiledLoop | None, testing: CompiledLoop
    ) -> Iterator[None]:
        model = self._model
        model.train_function, model.test_function = training, testing  # type: ignore[attr-defined]
        try:
            yield
        finally:
            # A later `fit` or `evaluate` on batches gets Keras' own functions.
            model.train_function = model.test_function = None
            for loop in (training, testing):
                if loop is not None:
                    loop.release()

    def _mode(self, data: Data, *splits: str) -> str:
        """Returns "compiled_loop" on TensorFlow, "resident" on JAX, else "streamed"."""
        arrays = [array for split in splits for array in getattr(data, split).arrays()]
        if (
            self._model.run_eagerly
            or self._model.steps_per_execution != 1  # the model's own way to save calls
            or _is_distributed(self._model)
            or not fits(*arrays)
        ):
            return "streamed"
        modes = {"tensorflow": "compiled_loop", "jax": "resident"}
        return modes.get(keras.backend.backend(), "streamed")


def _sees_steps(callback: keras.callbacks.Callback) -> bool:
    names = ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end")
    silent = keras.callbacks.Callback
    methods = (getattr(callback, name) for name in names)  # LambdaCallback has them by instance
    return any(
        getattr(method, "__func__", method) is not getattr(silent, name)
        for name, method in zip(names, methods, strict=True)
    )


def _is_distributed(model: keras.Model) -> bool:
    if keras.backend.backend() == "tensorflow":
        return model.distribute_strategy.num_replicas_in_sync > 1
    return keras.distribution.distribution() is not None
