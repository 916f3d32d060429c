"""Logits, losses over some steps and written captions from fixed weights."""

import sys

import keras
import numpy as np

from keras_dl.algorithms import Captioner, write_captions
from keras_dl.models import caption_decoder
from tests.algorithms.test_captioner import BANNED, END, START, VOCABULARY, features


def main(target):
    net = caption_decoder(5, VOCABULARY, units=6, dropout=0.0)
    rng = np.random.default_rng(0)
    net.set_weights([rng.normal(0, 0.5, w.shape) for w in net.get_weights()])
    encoder = keras.Sequential([keras.Input((4, 5)), keras.layers.Activation("linear")])
    model = Captioner(encoder, net)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.05), loss)
    words = np.random.default_rng(1).integers(0, VOCABULARY, (2, 3, 6)).astype("int32")
    x = {"regions": features(), "words": words}
    values = {"logits": model.predict(x, verbose=0)}
    values["losses"] = model.fit(x, words, epochs=3, verbose=0).history["loss"]
    found = write_captions(net, features(), start=START, end=END, longest=4, banned=BANNED)
    values["captions"] = [[*caption, *[0] * (4 - len(caption))] for caption in found]
    np.savez(target, **{name: np.asarray(value) for name, value in values.items()})


if __name__ == "__main__":
    main(sys.argv[1])
