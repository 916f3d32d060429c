"""Losses of multitask learning by balance, over some steps from fixed weights."""

import sys

import numpy as np

from keras_dl.algorithms.multitask import BALANCES
from tests.algorithms.test_multitask import examples, learner


def main(target):
    x, y = examples()
    losses = {}
    for balance in BALANCES:
        model = learner(balance)
        rng = np.random.default_rng(1)
        model.net.set_weights([rng.normal(size=w.shape) for w in model.net.get_weights()])
        fitted = model.fit(x, y, batch_size=12, epochs=6, verbose=0)
        losses[balance] = np.array(fitted.history["loss"])
    np.savez(target, **losses)


if __name__ == "__main__":
    main(sys.argv[1])
