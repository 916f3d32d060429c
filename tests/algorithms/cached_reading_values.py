"""Logits that small decoder-only Transformers compute with a cache, and whole texts."""

import sys

import numpy as np

from keras_dl.algorithms.cached_reading import CachedReader
from keras_dl.algorithms.text_generation import generate
from tests.algorithms.gpt_nets import CONTEXT, VARIANTS, tiny, whole_window


def main(target):
    values = {}
    text = np.random.default_rng(1).integers(0, 11, 2 * CONTEXT).tolist()
    for variant in VARIANTS:
        net = tiny(variant)
        read = CachedReader(net)
        cached = [read(text[:3]), *(read([token]) for token in text[3:])]
        whole = [whole_window(net, text[:end]) for end in range(3, len(text) + 1)]
        values[f"{variant}/cached"], values[f"{variant}/whole"] = np.array(cached), np.array(whole)
        values[f"{variant}/text"] = np.array(generate(net, text[:3], 20, temperature=0.0))
    np.savez(target, **values)


if __name__ == "__main__":
    main(sys.argv[1])
