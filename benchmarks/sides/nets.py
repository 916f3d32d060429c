"""Keras' nets of the works, from scaled examples to logits; ours and plain Keras train the same."""

from time import perf_counter
from typing import Any

import keras

from benchmarks.ceiling import forward, training_flops
from keras_dl import models
from keras_dl.models.gan import dcgan_discriminator, dcgan_generator

__all__ = ["clock", "compiled", "flops", "net", "players"]

VOCABULARY = {"lstm": 20_002, "gpt": 128}
LOSS, RATE = keras.losses.SparseCategoricalCrossentropy, 2e-4


def net(work: str, shape: tuple[int, ...]) -> Any:
    """The net of a work for examples of this shape."""
    keras.utils.set_random_seed(0)  # the same weights on both sides
    if work in ("lenet5", "mlp", "resnet20"):
        return getattr(models, work)(shape, 10)
    ids = keras.Input(shape, dtype="int32")
    x = keras.layers.Embedding(VOCABULARY[work], 128)(ids)
    if work == "lstm":
        return keras.Model(ids, keras.layers.Dense(2)(keras.layers.LSTM(128)(x)))
    x = Places()(x)
    for _ in range(6):
        x = _block(x, heads=4)
    x = keras.layers.LayerNormalization()(x)
    return keras.Model(ids, keras.layers.Dense(VOCABULARY[work])(x))


def _block(x: Any, heads: int) -> Any:
    width = x.shape[-1]
    before = keras.layers.LayerNormalization()(x)
    seen = keras.layers.MultiHeadAttention(heads, width // heads)
    x = keras.layers.Add()([x, seen(before, before, use_causal_mask=True)])
    before = keras.layers.LayerNormalization()(x)
    hidden = keras.layers.Dense(4 * width, "gelu")(before)
    return keras.layers.Add()([x, keras.layers.Dense(width)(hidden)])


class Places(keras.layers.Layer):
    """Adds a learnt vector for each place."""

    def build(self, input_shape: Any) -> None:
        self.table = self.add_weight(shape=input_shape[1:], initializer="uniform", name="table")

    def call(self, x: Any) -> Any:
        return x + self.table


def players(shape: tuple[int, ...]) -> tuple[Any, Any]:
    """DCGAN's generator and discriminator, as the recipe has them."""
    keras.utils.set_random_seed(0)
    return dcgan_generator(shape, filters=32), dcgan_discriminator(shape, filters=32)


def compiled(model: Any, work: str) -> Any:
    """As Keras' examples compile."""
    metrics = [] if work == "gpt" else ["accuracy"]
    model.compile("adam", LOSS(from_logits=True), metrics=metrics)
    return model


def flops(work: str, shape: tuple[int, ...]) -> int:
    """Operations of a step of training, for one example."""
    if work != "dcgan":
        return training_flops(net(work, shape))
    # The generator learns; the discriminator learns from two images, and once only hands back.
    generator, discriminator = map(forward, players(shape))
    return 2 * (3 * generator + (3 + 3 + 2) * discriminator)


def clock(turns: Any, score: str) -> Any:
    """A callback that waits for the turn before each epoch, and tells its time and score.

    The time is that of the steps; what judges afterwards, on the held-out examples, is not in it.
    The first turn begins with the training, so that what is tried beforehand is tried in quiet.
    """

    class Clock(keras.callbacks.Callback):
        def on_train_begin(self, logs: Any = None) -> None:
            turns.wait()
            self._waited = True

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if not self._waited:
                turns.wait()
            self._waited = False
            self._start, self._seconds = perf_counter(), 0.0

        def on_test_begin(self, logs: Any = None) -> None:
            self._seconds = perf_counter() - self._start

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            seconds = self._seconds or perf_counter() - self._start  # nothing was held out
            turns.tell(seconds=seconds, score=float((logs or {})[score]))

    return Clock()
