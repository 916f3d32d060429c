"""Losses of threshold networks by rule, over some steps from fixed weights."""

import sys

import keras
import numpy as np

from keras_dl.algorithms import TargetPropagation
from keras_dl.algorithms.target_propagation import RULES
from keras_dl.models import threshold_network


def main(target):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(12, 6)).astype("float32"), np.arange(12) % 3
    weights = [rng.normal(size=w.shape) for w in threshold_network((6,), 3, units=(5, 4)).weights]
    losses = {}
    for rule in RULES:
        net = threshold_network((6,), 3, units=(5, 4))
        net.set_weights(weights)
        model = TargetPropagation(keras.layers.Rescaling(1.0), net, rule=rule)
        model.compile(keras.optimizers.SGD(0.1))
        fitted = model.fit(x, y, epochs=5, batch_size=12, verbose=0)
        losses[rule] = np.array(fitted.history["loss"])
    np.savez(target, **losses)


if __name__ == "__main__":
    main(sys.argv[1])
