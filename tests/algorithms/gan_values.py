"""Two players with numpy weights on fixed noise; run once per backend."""

import contextlib
import sys
from unittest import mock

import keras
import numpy as np
from keras import ops

from keras_dl.algorithms import GAN
from keras_dl.optimizers import PlayerOptimizer

SIDE, LATENT, CLASSES, BATCH = 3, 4, 3, 6
RATES = 0.05, 0.1  # of discriminator and generator
CASES = {
    "non_saturating": {},
    "minimax": {"adversarial_loss": "minimax"},
    "least_squares": {"adversarial_loss": "least_squares"},
    "wasserstein": {"adversarial_loss": "wasserstein", "gradient_penalty": 2.0},
    "hinge": {"adversarial_loss": "hinge"},
    "r1": {"r1": 3.0},
    "rests": {"discriminator_steps": 2, "ema_momentum": 0.75},
    "conditional": {"conditional": True},
}


def nets(conditional=False, dropout=0.0):
    """A tanh layer each; no batch normalisation, so that torch's twin is easily written."""
    noise, image = keras.Input((LATENT,)), keras.Input((SIDE, SIDE, 1))
    label = keras.Input((CLASSES,))
    x = keras.layers.Concatenate()([noise, label]) if conditional else noise
    x = keras.layers.Dense(5, "tanh")(x)
    made = keras.layers.Reshape((SIDE, SIDE, 1))(keras.layers.Dense(SIDE * SIDE, "tanh")(x))
    x = keras.layers.Flatten()(image)
    x = keras.layers.Concatenate()([x, label]) if conditional else x
    x = keras.layers.Dense(7, "tanh")(x)
    x = keras.layers.Dropout(dropout, seed=3)(x)
    score = keras.layers.Dense(1)(x)
    generator = keras.Model([noise, label] if conditional else noise, made)
    discriminator = keras.Model([image, label] if conditional else image, score)
    random = np.random.default_rng(0)
    for weight in (*generator.trainable_weights, *discriminator.trainable_weights):
        weight.assign(random.normal(size=weight.shape))
    return generator, discriminator


def judge():
    """Features and logits that are linear in the pixels."""
    pixels = keras.Input((SIDE, SIDE, 1))
    flat = keras.layers.Flatten()(keras.layers.Rescaling(0.1, offset=-10.0)(pixels))
    net = keras.Model(
        pixels, {"features": keras.layers.Dense(4)(flat), "logits": keras.layers.Dense(3)(flat)}
    )
    random = np.random.default_rng(1)
    net.set_weights([random.normal(size=w.shape) for w in net.get_weights()])
    return net


def made(case="non_saturating", jit_compile=False, momentum=0.5, dropout=0.0, **options):
    """A compiled game."""
    options = CASES[case] | options
    players = nets(options.pop("conditional", False), dropout)
    model = GAN(*players, feature_extractor=judge(), seed=0, **options)
    optimizers = [keras.optimizers.SGD(rate, momentum=momentum) for rate in RATES]
    model.compile(PlayerOptimizer(optimizers), jit_compile=jit_compile)
    return model


def batch():
    """Real images and their classes."""
    random = np.random.default_rng(2)
    return random.integers(0, 256, (BATCH, SIDE, SIDE, 1)).astype("uint8"), np.arange(BATCH) % 3


def noise():
    """What the generator gets, in every step."""
    return np.random.default_rng(3).normal(size=(BATCH, LATENT)).astype("float32")


@contextlib.contextmanager
def fixed_noise():
    """Backends draw differently: the noise, labels and places of a penalty are the same here."""
    drawn = {
        "normal": noise(),
        "uniform": np.full((BATCH, 1, 1, 1), 0.3, "float32"),
        "randint": np.zeros(BATCH, "int32"),
    }
    with contextlib.ExitStack() as stack:
        for name, values in drawn.items():
            stack.enter_context(
                mock.patch(f"keras.random.{name}", return_value=ops.convert_to_tensor(values))
            )
        yield


def trained(case, jit_compile=False):
    """All weights after three steps, and the losses on the way and in a test."""
    with fixed_noise():
        model, (x, y) = made(case, jit_compile), batch()
        found = [model.train_on_batch(x, y, return_dict=True) for _ in range(3)]
        found.append(model.test_on_batch(x, y, return_dict=True))
    numbers = [float(step[name]) for step in found for name in sorted(step)]
    return np.concatenate([*(w.ravel() for w in model.get_weights()), numbers])


if __name__ == "__main__":
    compiled = keras.backend.backend() == "jax"
    np.savez(sys.argv[1], **{case: trained(case, compiled) for case in CASES})
