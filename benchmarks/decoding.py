"""Translating and continuing texts with kept keys, beside Python loops over `model.predict`.

Both sides write the most probable token at each step, with the same untrained net from the same
texts, and write the same tokens; a net that ends hardly any text makes all steps of both count.
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
from keras_dl.algorithms.text_generation import generate  # noqa: E402
from keras_dl.models import gpt, transformer  # noqa: E402

GOAL = "≥ 5"
ROUNDS, TEXTS, LENGTH, VOCABULARY = 3, 64, 40, 4_000
START, END = 1, 2
CHARACTERS, CONTEXT = 65, 64  # of Tiny Shakespeare, and nanoGPT's setting for a CPU


def rows() -> Iterator[Row]:
    """Tokens a second of both, in turns: translation, then the continuation of a text."""
    keras.utils.set_random_seed(0)
    net = transformer(VOCABULARY, layers=2, heads=4, width=128, hidden=512)
    source = np.random.default_rng(0).integers(3, VOCABULARY, (TEXTS, LENGTH)).astype("int32")
    search = BeamSearch(net, start=START, end=END, length=LENGTH, beams=1, alpha=0.0)
    yield _row(
        f"greedy decoding of {TEXTS} texts, {LENGTH} tokens, Transformer of 2×2 blocks of 128",
        lambda: search.predict(source, batch_size=TEXTS, verbose=0)["ids"][:, 0],
        lambda: _whole_prefixes(net, source),
        padding=0,
    )
    decoder = gpt(CHARACTERS, CONTEXT, layers=4, heads=4, width=128)
    length = CONTEXT - 1
    yield _row(
        f"greedy continuation of a text by {length} tokens, GPT of 4 blocks of 128",
        lambda: np.array(generate(decoder, [START], length, temperature=0.0)),
        lambda: _whole_windows(decoder, length),
    )


def _row(
    what: str, ours: Callable[[], Any], loop: Callable[[], Any], *, padding: int | None = None
) -> Row:
    sides = {"ours": ours, "loop": loop}
    made = {name: side() for name, side in sides.items()}  # compiles
    if not np.array_equal(made["ours"], made["loop"]):
        raise RuntimeError("both sides must write the same tokens")
    tokens = int((made["ours"] != padding).sum()) if padding is not None else made["ours"].size
    speeds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            begun = time.perf_counter()
            side()
            speeds[name].append(tokens / (time.perf_counter() - begun))
    middle = {name: sorted(found)[ROUNDS // 2] for name, found in speeds.items()}
    return Row(
        f"{what}: {middle['ours']:,.0f} tokens/s",
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


def _whole_windows(net: keras.Model, length: int) -> np.ndarray:
    """Greedy continuation in a fixed shape."""
    row = np.zeros((1, CONTEXT), "int32")
    row[0, 0] = START
    for t in range(length):
        row[0, t + 1] = net.predict(row, verbose=0)[0, t].argmax()
    return row[0, 1:]
