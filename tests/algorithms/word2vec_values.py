"""Losses and tables after a few steps of word2vec, to compare between backends."""

import sys

import keras
import numpy as np

from keras_dl.algorithms import Word2VecLearning
from keras_dl.models import word2vec

VOCABULARY = 40


def learner(architecture="skip_gram", vocabulary=VOCABULARY, dim=8, seed=3, **given):
    """A compiled learner of small random tables, and its counts."""
    counts = np.arange(vocabulary, 0, -1) * 50
    model = Word2VecLearning(
        word2vec(vocabulary, dim=dim),
        counts,
        architecture=architecture,
        seed=seed,
        **{"block": 64, "window": 3, "learning_rate": 0.1, "subsample": 0.05, **given},
    )
    model.compile(keras.optimizers.SGD(1.0))
    rng = np.random.default_rng(0)
    for name in ("words", "contexts"):
        table = model.net.get_layer(name).embeddings
        table.assign(rng.normal(scale=0.3, size=table.shape))
    return model, counts


def text(rows=6, length=50, vocabulary=VOCABULARY, seed=1):
    """Rows of word numbers, the last one half empty."""
    x = np.random.default_rng(seed).integers(0, vocabulary, (rows, length))
    x[-1, length // 2 :] = -1
    return x.astype("int32")


def tables(model):
    """Both tables as arrays."""
    layers = [model.net.get_layer(name) for name in ("words", "contexts")]
    return [keras.ops.convert_to_numpy(layer.embeddings) for layer in layers]


def values():
    """By architecture: losses of two epochs and of validation, and both tables at the end."""
    found = {}
    for architecture in ("skip_gram", "cbow"):
        model, _ = learner(architecture, total_steps=4)
        x, y = text(), np.zeros(6, "int32")
        history = model.fit(x, y, batch_size=3, epochs=2, shuffle=False, verbose=0,
                            validation_data=(x[:3], y[:3])).history  # fmt: skip
        for name, numbers in history.items():
            found[f"{architecture}_{name}"] = np.array(numbers)
        for name, table in zip(("words", "contexts"), tables(model), strict=True):
            found[f"{architecture}_{name}"] = table
    return found


if __name__ == "__main__":
    np.savez(sys.argv[1], **values())
