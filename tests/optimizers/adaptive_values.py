"""Weights after steps with adaptively clipped gradients; run once per backend."""

import sys

import keras
import numpy as np

from keras_dl.optimizers import make_optimizer

NAMES = ("adam", "adamw", "gradient_descent", "momentum", "rmsprop", "sgd")


def stepped(name: str) -> np.ndarray:
    """Weights after three steps of `fit`, the first far larger than the clipping allows."""
    rng = np.random.default_rng(0)
    inputs = keras.Input((6, 6, 2))
    x = keras.layers.Conv2D(4, 3, activation="relu", name="conv")(inputs)
    x = keras.layers.Dense(5, name="hidden")(keras.layers.Flatten()(x))
    model = keras.Model(inputs, keras.layers.Dense(3, name="logits")(x))
    for weight in model.weights:
        weight.assign(rng.normal(0.0, 0.3, weight.shape))
    model.compile(make_optimizer(name, 0.1, adaptive_clip=0.05), "mse")
    images, targets = rng.normal(size=(12, 6, 6, 2)), 10.0 * rng.normal(size=(12, 3))
    model.fit(images, targets, batch_size=4, shuffle=False, verbose=0)
    return np.concatenate([np.ravel(array) for array in model.get_weights()])


if __name__ == "__main__":
    np.savez(sys.argv[1], **{name: stepped(name) for name in NAMES})
