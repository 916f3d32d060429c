"""What `fit` and `evaluate` are fed: numbers of steps where the data fit on the device, or batches.

Data that fit are put there once as they are; each step picks its rows and makes floats of them. A
model learns the same from both, and is afterwards as if it had never been so fed.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import keras

from keras_dl.backend.batches import Batches, EpochOrder
from keras_dl.backend.compiled_loop import CompiledLoop
from keras_dl.backend.data_parallel import shared
from keras_dl.backend.device_memory import fits
from keras_dl.backend.xla_autotuner import XLAAutotuner
from keras_dl.data import Data, Split

__all__ = ["InputPipeline"]


class InputPipeline:
    """Feeds one model.

    Args:
        model: compiled and built.
        batch_size: examples per step.
        devices: how many share each step.
    """

    def __init__(self, model: Any, batch_size: int, devices: int = 1) -> None:
        self._model, self._size, self._devices = model, batch_size, devices
        # One trace serves all trainings of the model, another its validations and tests.
        self._loops: dict[bool, CompiledLoop] = {}

    @contextlib.contextmanager
    def fit(
        self,
        data: Data,
        seed: int,
        steps: int | None,
        epoch: int,
        watching: Sequence[Any] = (),
        epochs: int | None = None,
    ) -> Iterator[tuple[Any, Any, list[Any]]]:
        """For one `fit` with ``shuffle=False``.

        Args:
            data: train and validation are used.
            seed: of the order, as `Batches` has it.
            steps: in an epoch at most; None for all.
            epoch: number of the first epoch.
            watching: callbacks that may look at each step.
            epochs: where XLA is to be tried, on TensorFlow: epochs still to come.

        Yields:
            (x, validation_data, callbacks to go in front of the others).
        """
        train, held_out, size = data.train, data.validation, self._size
        how = self._how(train, held_out)
        if how == "loops":
            singly = any(map(_looks_at_steps, watching))
            loops = self._loop(training=True), self._loop(training=False)
            choosing = [] if epochs is None else [XLAAutotuner(self._model, loops[0], epochs)]
            with self._in_place(*loops):
                x = loops[0].over(train, seed=seed, steps=steps, singly=singly)
                yield x, loops[1].over(held_out), [*loops, *choosing]
        else:
            placed = how == "placed"
            x = Batches(train, size, seed=seed, steps=steps, epoch=epoch, on_device=placed)
            with shared(self._model, self._devices):
                yield x, Batches(held_out, size, seed=None, on_device=placed), [EpochOrder(x)]

    @contextlib.contextmanager
    def evaluate(self, split: Split, steps: int | None = None) -> Iterator[tuple[Any, list[Any]]]:
        """For one `evaluate`, on so many batches at most; yields (x, callbacks)."""
        how = self._how(split)
        if how == "loops":
            loop = self._loop(training=False)
            with self._in_place(None, loop):
                yield loop.over(split, steps=steps), [loop]
        else:
            placed = how == "placed"
            with shared(self._model, self._devices):
                yield Batches(split, self._size, seed=None, steps=steps, on_device=placed), []

    def in_loops(self, data: Data) -> bool:
        """Whether both splits are fed as numbers of steps."""
        return self._how(data.train, data.validation) == "loops"

    def graphs(self, data: Data) -> list[Any]:
        """TensorFlow's graphs of training and testing in loops, once metrics have variables."""
        found = []
        for training, split in ((True, data.train), (False, data.validation)):
            loop = self._loop(training=training)
            loop.over(split)
            loop.on_epoch_begin(0)
            found.append(loop.traced(self._model.jit_compile).graph)
            loop.leave()
        return found

    def _loop(self, *, training: bool) -> CompiledLoop:
        if training not in self._loops:
            size, devices = self._size, self._devices
            made = CompiledLoop(self._model, training=training, batch_size=size, devices=devices)
            self._loops[training] = made
        return self._loops[training]

    @contextlib.contextmanager
    def _in_place(self, training: CompiledLoop | None, testing: CompiledLoop) -> Iterator[None]:
        model = self._model
        model.train_function, model.test_function = training, testing
        try:
            yield
        finally:
            # Whoever calls `fit` or `evaluate` next with batches gets functions of Keras' own.
            model.train_function = model.test_function = None
            for loop in (training, testing):
                if loop is not None:
                    loop.leave()

    def _how(self, *splits: Split) -> str:
        """The way to feed: "loops" on TensorFlow, "placed" on JAX, else "streamed"."""
        arrays = [array for split in splits for array in split]
        backend = keras.backend.backend()
        if (
            self._model.run_eagerly
            or self._model.steps_per_execution != 1  # the model's own way to save calls
            or _many_devices(self._model)
            or not fits(*arrays)
        ):
            return "streamed"
        return {"tensorflow": "loops", "jax": "placed"}.get(backend, "streamed")


def _looks_at_steps(callback: Any) -> bool:
    names = ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end")
    silent = keras.callbacks.Callback
    return any(getattr(type(callback), name) is not getattr(silent, name) for name in names)


def _many_devices(model: Any) -> bool:
    if keras.backend.backend() == "tensorflow":
        return model.distribute_strategy.num_replicas_in_sync > 1
    return keras.distribution.distribution() is not None
