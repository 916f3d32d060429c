"""Augmented training on one backend: what inference returns, and what training sees."""

import sys

import keras
import numpy as np

from keras_dl.layers import augmentation_layers

IMAGES = np.random.default_rng(0).integers(1, 255, (12, 16, 16, 1)).astype("uint8")
KINDS = ("shift", "flip", "shift_flip", "distort")


def values():
    """By kind the images at inference and in training, and those of a second generator."""
    found = {}
    for kind in KINDS:
        keras.utils.set_random_seed(3)
        (layer,) = augmentation_layers(kind, (16, 16, 1))
        keras.utils.set_random_seed(3)
        (again,) = augmentation_layers(kind, (16, 16, 1))
        found[f"{kind}/inference"] = np.asarray(keras.ops.convert_to_numpy(layer(IMAGES)))
        for name, own in (("training", layer), ("again", again)):
            images = keras.ops.convert_to_numpy(own(IMAGES, training=True))
            found[f"{kind}/{name}"] = np.asarray(images)
    return found


if __name__ == "__main__":
    np.savez(sys.argv[1], **values())
