"""Adversarial examples and a step of adversarial training, from numpy weights; run per backend."""

import sys

import keras
import numpy as np

from keras_dl.algorithms import AdversarialTraining
from keras_dl.attacks import bim, fgsm, pgd

SHAPE = (4, 3, 1)


def net():
    """Tanh layer, batch normalisation with moved averages, dropout, logits of three classes."""
    model = keras.Sequential(
        [
            keras.Input(SHAPE),
            keras.layers.Flatten(),
            keras.layers.Dense(6, "tanh"),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.0),
            keras.layers.Dense(3),
        ]
    )
    random = np.random.default_rng(0)
    model.set_weights([random.uniform(0.2, 1.2, w.shape) for w in model.get_weights()])
    for layer in (1, 4):
        kernel, bias = model.layers[layer].get_weights()
        model.layers[layer].set_weights([random.normal(size=kernel.shape), bias])
    return model


def examples():
    """Five images within [0, 1] and their classes."""
    random = np.random.default_rng(1)
    return random.random((5, *SHAPE), dtype="float32"), np.array([0, 1, 2, 0, 1])


def attacked():
    """Results by attack; the batches are of two, so that the last one is filled up."""
    model, (x, y) = net(), examples()
    return {
        "fgsm": fgsm(model, x, y, 0.1, batch_size=2),
        "targeted": fgsm(model, x, (y + 1) % 3, 0.1, targeted=True),
        "bim": bim(model, x, y, 0.1, steps=3, batch_size=2),
        "pgd": pgd(model, x, y, 0.1, steps=3, batch_size=2),
        "pgd_l2": pgd(model, x, y, 0.5, norm="l2", steps=3, batch_size=2),
    }


def trained(jit_compile=False):
    """Weights after two steps of mixed training, and the loss."""
    x, y = examples()
    # Without the layers whose statistics or masks depend on the batch or the backend.
    inputs = keras.Input(SHAPE)
    hidden = keras.layers.Dense(6, "tanh")(keras.layers.Flatten()(inputs))
    inner = keras.Model(inputs, keras.layers.Dense(3)(hidden))
    random = np.random.default_rng(2)
    inner.set_weights([random.normal(size=w.shape) for w in inner.get_weights()])
    scaling = keras.layers.Rescaling(1 / 255)
    scaling.build((None, *SHAPE))
    model = AdversarialTraining(scaling, inner, epsilon=0.1, alpha=0.3)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.5), loss, jit_compile=jit_compile)
    losses = [model.train_on_batch(255 * x, y) for _ in range(2)]
    return np.concatenate([w.ravel() for w in inner.get_weights()] + [np.ravel(losses)])


if __name__ == "__main__":
    compiled = keras.backend.backend() != "torch"
    np.savez(sys.argv[1], **attacked(), trained=trained(), compiled=trained(compiled))
