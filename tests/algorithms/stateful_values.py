"""Losses and weights of a recurrent language model over some steps of streams."""

import sys

import numpy as np

from keras_dl.algorithms import StatefulLanguageModel
from keras_dl.models.recurrent_lm import recurrent_lm
from keras_dl.optimizers.dense_gradients import DenseSGD

STREAMS, CONTEXT, STEPS = 3, 4, 5
TEXT = np.random.default_rng(0).integers(0, 7, (STREAMS, CONTEXT * STEPS + 1)).astype("int32")


def batches():
    """Inputs and targets, step by step; example i of each step is of stream i."""
    parts = [slice(i * CONTEXT, (i + 1) * CONTEXT) for i in range(STEPS)]
    x = np.concatenate([TEXT[:, :-1][:, part] for part in parts])
    return x, np.concatenate([TEXT[:, 1:][:, part] for part in parts])


def model_of(cell="lstm", **options):
    """A small model, weights from numpy."""
    model = StatefulLanguageModel(recurrent_lm(7, cell=cell, units=6), STREAMS, **options)
    random = np.random.default_rng(1)
    model.net.set_weights([random.normal(0, 0.5, w.shape) for w in model.net.get_weights()])
    return model


def main(target):
    x, y = batches()
    values = {}
    for cell in ("lstm", "rnn"):
        model = model_of(cell)
        model.compile(DenseSGD(0.5, global_clipnorm=0.3))
        options = {"batch_size": STREAMS, "verbose": 0}
        values[f"{cell}/untrained"] = np.array(model.evaluate(x, y, **options))
        fitted = model.fit(x, y, epochs=3, validation_data=(x, y), shuffle=False, **options)
        for name, numbers in fitted.history.items():
            values[f"{cell}/{name}"] = np.array(numbers)
        for index, weight in enumerate(model.net.get_weights()):
            values[f"{cell}/{index}"] = weight
    np.savez(target, **values)


if __name__ == "__main__":
    main(sys.argv[1])
