"""Losses and weights of restricted Boltzmann machines over some steps, with fixed draws."""

import sys

import keras
import numpy as np

from keras_dl.algorithms import RBM


def rbm(hidden=4, visible=6, spread=0.8, **options):
    """A small machine, weights from numpy."""
    layer = keras.layers.Dense(hidden, "sigmoid")
    model = RBM(keras.layers.Rescaling(1.0), layer, (visible,), seed=0, **options)
    random = np.random.default_rng(1)
    layer.set_weights([random.normal(0, spread, w.shape) for w in layer.get_weights()])
    model.visible_bias.assign(random.normal(0, spread, (visible,)))
    return model


def uniform(shape, seed=None):
    """Numbers in [0, 1) that depend on their place alone, in place of random ones."""
    size = int(np.prod(shape))
    return keras.ops.reshape(keras.ops.arange(size, dtype="float32") * 0.618 % 1.0, shape)


def main(target):
    x = np.random.default_rng(0).uniform(size=(16, 6)).astype("float32")
    values = {}
    keras.random.uniform = uniform
    for name, options in {"cd1": {}, "cd3": {"steps": 3}, "pcd": {"chains": 5}}.items():
        model = rbm(**options)
        model.compile(keras.optimizers.SGD(0.05))
        fitted = model.fit(x, np.zeros(16), batch_size=16, epochs=5, shuffle=False, verbose=0)
        values[f"{name}/loss"] = np.array(fitted.history["loss"])
        for index, weight in enumerate(model.weights[:3]):
            values[f"{name}/{index}"] = np.asarray(keras.ops.convert_to_numpy(weight))
        values[f"{name}/pseudo"] = model.pseudo_log_likelihood(x)
        values[f"{name}/exact"] = model.log_likelihood(np.rint(x))
    np.savez(target, **values)


if __name__ == "__main__":
    main(sys.argv[1])
