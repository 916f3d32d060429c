"""Logits, losses and translations of small Transformers, and texts of pages."""

import sys

import keras
import numpy as np

from keras_dl.algorithms import BeamSearch
from keras_dl.tasks.translation import compile_translation
from tests.models.transformers.decoding_nets import (
    END,
    START,
    logits_of,
    page_reader,
    pages,
    sources,
    tiny,
)

TARGETS = np.random.default_rng(5).integers(1, 5, (6, 7)).astype("int32")
TARGETS[2, 4:] = 0


def main(target):
    values, source = {}, sources(6)
    for norm_first in (False, True):
        model = tiny(norm_first, spread=0.3)
        name = f"pre{norm_first}"
        values[f"{name}/logits"] = logits_of(model, source, TARGETS)
        search = BeamSearch(model, start=START, end=END, length=6, beams=3)
        found = search.predict(source, verbose=0)
        values |= {f"{name}/{key}": value for key, value in found.items()}
        peer = tiny(norm_first, spread=0.3)
        for layer in peer._flatten_layers():
            if isinstance(layer, keras.layers.Dropout):
                layer.rate = 0.0  # draws differ by backend
        compile_translation(peer, keras.optimizers.SGD(0.1))
        inputs = {"source": source, "target": TARGETS[:, :-1]}
        weights = (TARGETS[:, 1:] != 0).astype("float32")
        fitted = peer.fit(
            inputs, TARGETS[:, 1:], sample_weight=weights, batch_size=6, epochs=3, verbose=0
        )
        for metric, numbers in fitted.history.items():
            values[f"{name}/fit/{metric}"] = np.array(numbers)
    reader = page_reader()
    values["pages/logits"] = logits_of(reader, pages(6), TARGETS)
    search = BeamSearch(reader, start=START, end=END, length=6, beams=2)
    found = search.predict(pages(6), verbose=0)
    values |= {f"pages/{key}": value for key, value in found.items()}
    np.savez(target, **values)


if __name__ == "__main__":
    main(sys.argv[1])
