"""A regression with numpy weights; run once per backend."""

import sys

import keras
import numpy as np

from keras_dl.data import load
from keras_dl.tasks.compiling import compile_for_targets


def trained():
    """Losses and errors of three steps and a test, and the predictions after them."""
    random = np.random.default_rng(0)
    x = random.normal(size=(60, 4)).astype("float32")
    y = np.stack([x @ [1, 2, 3, 4], 100 + 9 * x[:, 0]], axis=1).astype("float32")
    data = load((x, y), batch_size=16)
    net = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    net.layers[0].set_weights([random.normal(size=(4, 2)), np.zeros(2)])
    model = compile_for_targets(data, net, keras.optimizers.SGD(0.1))
    found = [model.train_on_batch(x[:20], y[:20], return_dict=True) for _ in range(3)]
    found.append(model.test_on_batch(x, y, return_dict=True))
    numbers = [float(step[name]) for step in found for name in sorted(step)]
    return np.concatenate([model.predict(x, verbose=0).ravel(), numbers])


if __name__ == "__main__":
    np.savez(sys.argv[1], trained=trained())
