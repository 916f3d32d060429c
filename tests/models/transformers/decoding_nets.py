"""Small encoder-decoder nets with weights from numpy, and decoding written out."""

import itertools

import keras
import numpy as np

from keras_dl.models.transformers import document_reader, transformer

VOCABULARY, START, END = 5, 1, 2


def tiny(norm_first=False, vocabulary=VOCABULARY, spread=0.5):
    model = transformer(
        vocabulary, layers=2, heads=2, width=8, hidden=12, norm_first=norm_first, dropout=0.3
    )
    random = np.random.default_rng(0)
    # Biases and scales start at 0 and 1, matrices at random.
    model.set_weights(
        [w * (w.ndim == 1) + random.normal(0, spread, w.shape) for w in model.get_weights()]
    )
    return model


def sources(batch=3, time=6, vocabulary=VOCABULARY, seed=0):
    ids = np.random.default_rng(seed).integers(1, vocabulary, (batch, time)).astype("int32")
    ids[1, time - 2 :] = 0
    return ids


def page_reader(vocabulary=VOCABULARY, seed=7):
    """A reader of pages of 18×26 pixels."""
    model = document_reader(
        (18, 26, 1), vocabulary, filters=(3, 4, 5), layers=1, heads=2, width=8, dropout=0.3
    )
    random = np.random.default_rng(seed)  # with which the texts of pages differ
    kept = [w * (w.ndim == 1) for w in model.get_weights()]
    model.set_weights([w + random.normal(0, 0.5, w.shape) * (w.ndim > 1) for w in kept])
    return model


def pages(count=3, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, 18, 26, 1)).astype("uint8")


def logits_of(model, source, target):
    source, target = np.asarray(source), np.asarray(target, "int32")
    ids = {"source": source.astype("int32" if source.ndim == 2 else "float32"), "target": target}
    return keras.ops.convert_to_numpy(model(ids, training=False))


def greedy(model, source, length, decode=logits_of):
    """Most probable tokens, the whole prefix computed anew for each."""
    rows = np.full((len(source), length + 1), START, "int32")
    ended = np.zeros(len(source), bool)
    for t in range(length):
        logits = decode(model, source, rows[:, : t + 1])[:, -1].copy()
        logits[:, 0] = -np.inf
        rows[:, t + 1] = np.where(ended, 0, logits.argmax(axis=-1))
        ended |= rows[:, t + 1] == END
    return rows[:, 1:]


def exhaustive(model, source, length, alpha):
    """The best of all sequences by log p over the length penalty, and its rank value."""
    best = (-np.inf, ())
    tokens = [i for i in range(1, VOCABULARY) if i != END]
    for count in range(1, length + 1):
        for body in itertools.product(tokens, repeat=count - 1):
            ends = [END] if count < length else [END, *tokens]
            for last in ends:
                target = [*body, last]
                logits = logits_of(model, source[None], [[START, *target[:-1]]])[0]
                shifted = logits - logits.max(axis=-1, keepdims=True)
                chances = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
                total = sum(chances[i, token] for i, token in enumerate(target))
                best = max(best, (total / ((5 + count) / 6) ** alpha, tuple(target)))
    return best
