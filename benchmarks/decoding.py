"""Translating with kept keys in one compiled loop, beside a Python loop over `model.predict`.

Both write the most probable token at each step, with the same untrained net from the same sources,
and write the same tokens; a net that ends hardly any text makes all steps of both count.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

from keras_dl import settings

settings.load_backend()

import keras  # noqa: E402
import numpy as np  # noqa: E402

from benchmarks.table import Row, compared  # noqa: E402
from keras_dl.algorithms import BeamSearch  # noqa: E402
from keras_dl.models import transformer  # noqa: E402

GOAL = "≥ 5"
ROUNDS, TEXTS, LENGTH, VOCABULARY = 3, 64, 40, 4_000
START, END = 1, 2


def rows() -> Iterator[Row]:
    """Tokens a second of both, in turns."""
    keras.utils.set_random_seed(0)
    net = transformer(VOCABULARY, layers=2, heads=4, width=128, hidden=512)
    source = np.random.default_rng(0).integers(3, VOCABULARY, (TEXTS, LENGTH)).astype("int32")
    search = BeamSearch(net, start=START, end=END, length=LENGTH, beams=1, alpha=0.0)
    sides: dict[str, Callable[[], Any]] = {
        "ours": lambda: search.predict(source, batch_size=TEXTS, verbose=0)["ids"][:, 0],
        "loop": lambda: _whole_prefixes(net, source),
    }
    made = {name: side() for name, side in sides.items()}  # compiles
    if not np.array_equal(made["ours"], made["loop"]):
        raise RuntimeError("both sides must write the same tokens")
    tokens = int((made["ours"] != 0).sum())
    speeds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            begun = time.perf_counter()
            side()
            speeds[name].append(tokens / (time.perf_counter() - begun))
    middle = {name: sorted(found)[ROUNDS // 2] for name, found in speeds.items()}
    yield Row(
        f"greedy decoding of {TEXTS} texts, {LENGTH} tokens, Transformer of 2×2 blocks of 128: "
        f"{middle['ours']:,.0f} tokens/s",
        f"a Python loop over `model.predict` of the whole prefix: {middle['loop']:,.0f} tokens/s",
        goal=GOAL,
        **compared(speeds["ours"], speeds["loop"]),
    )


def _whole_prefixes(net: keras.Model, source: np.ndarray) -> np.ndarray:
    """Greedy decoding in a fixed shape, so that the loop is compiled once."""
    rows = np.zeros((len(source), LENGTH + 1), "int32")
    rows[:, 0] = START
    ended = np.zeros(len(source), bool)
    for t in range(LENGTH):
        inputs: Any = {"source": source, "target": rows[:, :-1]}
        logits = net.predict(inputs, batch_size=len(source), verbose=0)[:, t].copy()
        logits[:, 0] = -np.inf
        rows[:, t + 1] = np.where(ended, 0, logits.argmax(axis=-1))
        ended |= rows[:, t + 1] == END
        if ended.all():
            break
    return rows[:, 1:]
