"""Losses of autoencoders with free and tied weights, over some steps from fixed weights."""

import sys

import keras
import numpy as np

from keras_dl.algorithms import Autoencoder
from keras_dl.models import dense_autoencoder


def main(target):
    x = np.random.default_rng(0).uniform(size=(16, 6)).astype("float32")
    losses = {}
    for tied in (False, True):
        net = dense_autoencoder((6,), units=(4, 3), tied=tied)
        rng = np.random.default_rng(1)
        net.set_weights([rng.normal(size=w.shape) for w in net.get_weights()])
        model = Autoencoder(
            keras.layers.Rescaling(1.0), net, reconstruction_loss="cross_entropy", sparsity=0.01
        )
        model.compile(keras.optimizers.SGD(0.01))
        fitted = model.fit(x, np.zeros(16), batch_size=16, epochs=6, verbose=0)
        losses["tied" if tied else "free"] = np.array(fitted.history["loss"])
    np.savez(target, **losses)


if __name__ == "__main__":
    main(sys.argv[1])
