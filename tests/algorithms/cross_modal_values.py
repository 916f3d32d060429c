"""Losses of images and speech by kind of positives, over some steps from fixed weights."""

import sys

import numpy as np

from keras_dl.algorithms.cross_modal import POSITIVES
from tests.algorithms.test_cross_modal import LABELS, model, pairs


def main(target):
    losses = {}
    for positives in POSITIVES:
        learner = model(positives)
        rng = np.random.default_rng(1)
        for net in (learner.image, learner.speech):
            net.set_weights([rng.normal(size=w.shape) for w in net.get_weights()])
        history = learner.fit(pairs(), LABELS, epochs=4, verbose=0).history
        losses[positives] = np.array(history["loss"])
    np.savez(target, **losses)


if __name__ == "__main__":
    main(sys.argv[1])
