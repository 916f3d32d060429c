"""Losses of both recognizers over some steps from fixed weights, and gradients' effects."""

import sys

import keras
import numpy as np

from keras_dl.algorithms import CTC, HybridRecognizer
from keras_dl.models import ctc_encoder, frame_network
from tests.algorithms.test_ctc import LABELS, frames


def set_weights(net):
    rng = np.random.default_rng(1)
    for weight in net.trainable_variables:
        scale = np.sqrt(np.prod(weight.shape[:-1])) if len(weight.shape) > 1 else 10
        weight.assign(rng.normal(size=weight.shape) / scale)


def main(target):
    ctc = CTC(ctc_encoder(3, 2, filters=4, blocks=2, dropout=0.0), stride=2)
    set_weights(ctc.net)
    ctc.compile(keras.optimizers.SGD(0.05))
    hybrid = HybridRecognizer(
        frame_network(3, 5, units=(6, 4), context=1, dropout=0.0), words=2, states=2
    )
    set_weights(hybrid.net)
    hybrid.compile(
        keras.optimizers.SGD(0.05), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    states = np.random.default_rng(2).integers(5, size=(2, 10))
    hybrid.estimate(states)
    values = {
        "ctc": ctc.fit(frames(), LABELS, epochs=4, verbose=0).history["loss"],
        "hybrid": hybrid.fit(frames(), states, epochs=4, verbose=0).history["loss"],
        "paths": hybrid.decode(hybrid.predict(frames(), verbose=0), np.array([10, 6])),
        "logits": ctc.predict(frames(), verbose=0),
    }
    np.savez(target, **{name: np.asarray(value) for name, value in values.items()})


if __name__ == "__main__":
    main(sys.argv[1])
