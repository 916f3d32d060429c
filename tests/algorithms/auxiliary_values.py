"""Weights after a training with auxiliary heads; run once per backend."""

import sys

import keras
import numpy as np

from keras_dl.algorithms import AuxiliaryHeads
from keras_dl.tasks.classification import compile_classifier


def three_heads() -> keras.Model:
    """A net of five features with three classifiers of three classes."""
    rng = np.random.default_rng(0)
    inputs = keras.Input((5,))
    first = keras.layers.Dense(4, "tanh")(inputs)
    second = keras.layers.Dense(4, "tanh")(first)
    main = keras.layers.Dense(3, name="first")(second)
    others = [keras.layers.Dense(3, name=name)(x) for name, x in (("second", first),
                                                                 ("third", second))]  # fmt: skip
    net = keras.Model(inputs, [main, *others])
    for weight in net.weights:
        weight.assign(rng.normal(0.0, 0.5, weight.shape))
    return net


def stepped() -> np.ndarray:
    """All weights after two epochs of three steps."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(12, 5)).astype("float32"), np.arange(12) % 3
    net = three_heads()
    model = compile_classifier(AuxiliaryHeads(net), keras.optimizers.SGD(0.3))
    model.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0)
    return np.concatenate([np.ravel(array) for array in net.get_weights()])


if __name__ == "__main__":
    np.savez(sys.argv[1], weights=stepped())
