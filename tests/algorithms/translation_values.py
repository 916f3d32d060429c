"""Image to image with numpy weights; run once per backend."""

import sys

import keras
import numpy as np

from keras_dl.algorithms import ImageTranslation
from keras_dl.models import patch_discriminator, unet_generator
from keras_dl.optimizers import PlayerOptimizer

RANDOM = np.random.default_rng(0)
SOURCE = RANDOM.integers(0, 256, (6, 16, 16, 1)).astype("uint8")
TARGET = RANDOM.integers(0, 256, (6, 16, 16, 3)).astype("uint8")
CASES = {
    "game": {},
    "least_squares": {"adversarial_loss": "least_squares", "l1_weight": 1.0},
    "distance_alone": {"adversarial_weight": 0.0},
    "game_alone": {"l1_weight": 0.0},
}


def game(optimizer, *, jit_compile=False, **options):
    """A compiled model of U-Net and patches, without dropout."""
    model = ImageTranslation(
        unet_generator((16, 16, 1), 3, filters=2, dropout=0.0),
        patch_discriminator((16, 16, 1), (16, 16, 3), filters=2, strided=1),
        **options,
    )
    model.compile(optimizer, jit_compile=jit_compile)
    return model


def trained(case, jit_compile=False):
    """All weights after three steps, and the losses on the way and in a test."""
    random = np.random.default_rng(1)
    players = [keras.optimizers.SGD(rate, momentum=0.5) for rate in (0.05, 0.01)]
    model = game(PlayerOptimizer(players), jit_compile=jit_compile, **CASES[case])
    for weight in model.trainable_weights:
        size = np.prod(weight.shape[:-1]) ** -0.5 if len(weight.shape) > 1 else 0.1
        weight.assign(random.normal(0.0, size, weight.shape))
    found = [model.train_on_batch(SOURCE, TARGET, return_dict=True) for _ in range(3)]
    found.append(model.test_on_batch(SOURCE, TARGET, return_dict=True))
    numbers = [float(step[name]) for step in found for name in sorted(step)]
    return np.concatenate([*(w.ravel() for w in model.get_weights()), numbers])


if __name__ == "__main__":
    compiled = keras.backend.backend() == "jax"
    np.savez(sys.argv[1], **{case: trained(case, compiled) for case in CASES})
