"""Plain Keras, as its own examples do it: floats in numpy, `fit`, no settings of ours."""

import os
from typing import Any

GIVEN = set(os.environ)

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import ops  # noqa: E402

from benchmarks.sides import forget_settings, nets  # noqa: E402
from benchmarks.works import WORKS  # noqa: E402

forget_settings(GIVEN)  # TensorFlow reads some when it first computes

EPOCHS = 1_000  # more than any benchmark has rounds


def train(work: str, file: str, turns: Any) -> None:
    """Trains until the parent has seen enough."""
    chosen = WORKS[work]
    with np.load(file) as found:
        (x, y), test = ((found[f"x_{s}"], found[f"y_{s}"]) for s in ("train", "test"))
    turns.tell()
    clock: Any = [nets.clock(turns, chosen.score)]
    if work == "dcgan":
        real = x.astype("float32") / 127.5 - 1
        model: Any = Game(*nets.players(real.shape[1:]))
        optimizers = [keras.optimizers.Adam(nets.RATE, beta_1=0.5) for _ in range(2)]
        model.compile(*optimizers, keras.losses.BinaryCrossentropy(from_logits=True))
        model.fit(real, batch_size=chosen.batch, epochs=EPOCHS, verbose=0, callbacks=clock)
        return
    if work not in nets.VOCABULARY:
        x, test = x.astype("float32") / 255, (test[0].astype("float32") / 255, test[1])
    model = nets.compiled(nets.net(work, x.shape[1:]), work)
    options: Any = {"batch_size": chosen.batch, "epochs": EPOCHS, "verbose": 0}
    model.fit(x, y, validation_data=test, callbacks=clock, **options)


class Game(keras.Model):
    """Two players that take turns, in a training step of one's own."""

    def __init__(self, generator: Any, discriminator: Any) -> None:
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.latent = generator.input_shape[1]
        self.seeds = keras.random.SeedGenerator(0)

    def compile(self, first: Any, second: Any, loss: Any) -> None:
        """Takes the discriminator's optimizer, the generator's, and the loss of both."""
        super().compile()
        self.first, self.second, self.criterion = first, second, loss
        self.means = [keras.metrics.Mean(f"{name}_loss") for name in ("discriminator", "generator")]

    @property
    def metrics(self) -> list[Any]:
        """Means over an epoch."""
        return self.means

    def train_step(self, real: Any) -> dict[str, Any]:
        """One step of each player, each on noise of its own."""
        count: Any = tf.shape(real)[0]
        yes, no = ops.ones((count, 1)), ops.zeros((count, 1))
        made = self.generator(self._noise(count), training=True)
        with tf.GradientTape() as tape:
            said = [self.discriminator(images, training=True) for images in (real, made)]
            against = self.criterion(yes, said[0]) + self.criterion(no, said[1])
        weights = self.discriminator.trainable_weights
        self.first.apply_gradients(zip(tape.gradient(against, weights), weights, strict=True))
        with tf.GradientTape() as tape:
            made = self.generator(self._noise(count), training=True)
            loss = self.criterion(yes, self.discriminator(made, training=True))
        weights = self.generator.trainable_weights
        self.second.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        for mean, value in zip(self.means, (against, loss), strict=True):
            mean.update_state(value)
        return {mean.name: mean.result() for mean in self.means}

    def _noise(self, count: Any) -> Any:
        return keras.random.normal((count, self.latent), seed=self.seeds)
