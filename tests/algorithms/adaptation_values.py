"""Three steps of domain-adversarial training from numpy weights; run once per backend."""

import sys

import keras
import numpy as np

from keras_dl.algorithms import DomainAdaptation
from keras_dl.layers import GradientReversal

STEPS = 8


def net(strength=0.0):
    """Dense features and two linear heads."""
    inputs = keras.Input((5,))
    features = keras.layers.Dense(4, "tanh", name="features")(inputs)
    label = keras.layers.Dense(3, name="label")(features)
    domain = keras.layers.Dense(2, name="domain")(
        GradientReversal(strength, name="reversal")(features)
    )
    model = keras.Model(inputs, {"label": label, "domain": domain})
    random = np.random.default_rng(0)
    for weight in model.trainable_weights:
        weight.assign(random.normal(size=weight.shape))
    return model


def made(mode="reversal", total_steps=STEPS, jit_compile=False, **options):
    """A compiled model that scales by 1/2, under plain gradient descent."""
    scaling = keras.layers.Rescaling(0.5)
    scaling.build((None, 5))
    model = DomainAdaptation(scaling, net(), mode=mode, total_steps=total_steps, **options)
    model.compile(keras.optimizers.SGD(0.5), jit_compile=jit_compile)
    return model


def batch():
    """Six examples, of which three have labels."""
    x = np.random.default_rng(1).normal(size=(6, 5)).astype("float32")
    return x, np.array([0, -1, 2, -1, 1, -1])


def rows():
    """The same as training has them: three rows of one example of each domain."""
    x, y = batch()
    return x.reshape(3, 2, 5), y.reshape(3, 2)


def trained(mode="reversal", jit_compile=False, **options):
    """All variables and losses of three steps, and what an evaluation then says."""
    model, (x, y) = made(mode, jit_compile=jit_compile, **options), rows()
    losses = [model.train_on_batch(x, y) for _ in range(3)]
    found = model.evaluate(*batch(), verbose=0, return_dict=True)
    said = [found[name] for name in sorted(found)]
    return np.concatenate([w.ravel() for w in model.get_weights()] + [np.ravel(losses), said])


if __name__ == "__main__":
    compiled = keras.backend.backend() != "torch"
    np.savez(
        sys.argv[1],
        reversal=trained(),
        coral=trained("coral"),
        separate=trained("reversal", statistics="separate"),
        compiled=trained(jit_compile=compiled),
    )
