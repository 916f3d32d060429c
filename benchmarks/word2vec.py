"""word2vec's skip-gram beside gensim's with one worker: words a second, and what they are worth.

Both go through the same words as often, with vectors of the same length, the same windows, noise
words and thinning out. Rates fall from 0.05, our default; gensim learns at its own default 0.025 as
well, and scores are set against the better of the two. Ours may use all cores, gensim's worker has
one and another thread feeds it.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from keras_dl import settings

settings.load_backend()

import keras  # noqa: E402
import numpy as np  # noqa: E402
from recipes.word2vec import build, vectors  # noqa: E402

from benchmarks.ceiling import known  # noqa: E402
from benchmarks.table import Row, compared, missing  # noqa: E402
from keras_dl.data import Data, DatasetUnavailable  # noqa: E402
from keras_dl.data.text import corpus  # noqa: E402
from keras_dl.embeddings import WordVectors, standard_scores  # noqa: E402

GOAL = "≥ 4"
ROUNDS, WORDS = 5, 2_000_000  # a round is a pass over so many words of the text
RATES = (0.025, 0.05)  # of gensim, its default and ours; time is taken at the first
DIM, WINDOW, NEGATIVE, SAMPLE = 100, 5, 5, 1e-3
LOSS = "held-out loss"
SCORES = ("similarity/men", "similarity/wordsim353", "similarity/simlex999", "analogies/add")


def rows() -> Iterator[Row]:
    """Speed in time and in processor time, then the scores after the last round, by rate."""
    try:
        from gensim.models import Word2Vec
    except ImportError:
        yield missing("word2vec", "gensim", GOAL)
        return
    data = _text()
    words = int((data.train.x >= 0).sum())
    model, ours = _ours(data)
    sides = [_gensim(Word2Vec, data, rate) for rate in RATES]
    times: dict[str, list[tuple[float, float]]] = {"ours": [], "gensim": []}
    for number in range(ROUNDS):
        times["ours"].append(_timed(ours, number))
        times["gensim"].append(_timed(sides[0][1], number))
        sides[1][1](number)
    work = f"word2vec on {data.name}, {ROUNDS} passes over {words:,} words"
    for i, label in enumerate(("words a second", "words a second of processor time")):
        speeds = {side: [words / t[i] for t in found] for side, found in times.items()}
        middle = {side: statistics.median(found) for side, found in speeds.items()}
        yield Row(
            f"{work}: {middle['ours'] / 1000:,.0f} thousand {label}",
            f"gensim, 1 worker: {middle['gensim'] / 1000:,.0f}",
            goal="-" if i else GOAL,
            ceiling="-" if i else known().share(_flops(data) * middle["ours"]),
            **compared(speeds["ours"], speeds["gensim"]),
        )
    for name, (own, *others) in _scores(model, [tables() for tables, _ in sides], data).items():
        shown = ", ".join(f"{v:.3f} at {r}" for v, r in zip(others, RATES, strict=True))
        best = (min if name == LOSS else max)(others)
        goal = "at most 1" if name == LOSS else "≥ 1"
        yield Row(
            f"{name} after them: {own:.3f}", f"gensim: {shown}", f"{own / best:.2f}", goal=goal
        )


def _flops(data: Data) -> float:
    """Operations for a word of the text, were its pairs taken one by one as the paper does."""
    counts = np.asarray(data.preprocessor.counts, np.float64)
    rare = SAMPLE * counts.sum() / counts
    left = (counts * np.minimum(1, np.sqrt(rare) + rare)).sum() / counts.sum()
    pairs = WINDOW + 1  # (1 + … + WINDOW) / WINDOW to each side
    return 6 * left * pairs * (1 + NEGATIVE) * DIM


def _text() -> Data:
    try:
        data = corpus("enwiki_slice")
    except DatasetUnavailable:
        data = corpus("topics")
    rows = max(1, WORDS // data.input_shape[0] // data.batch_size) * data.batch_size
    cut = data.train.take(slice(rows))
    numbers, counts = np.unique(cut.x[cut.x >= 0], return_counts=True)
    # The vocabulary as it would be had this been the whole text.
    known = data.preprocessor
    order = numbers[np.argsort(-counts, kind="stable")]
    place = np.full(len(known), -1)
    place[order] = np.arange(len(order))
    splits = {
        name: replace(split, x=np.where(split.x >= 0, place[split.x], -1).astype("int32"))
        for name, split in (("train", cut), ("validation", data.validation), ("test", data.test))
    }
    made = type(known)(tuple(known.words[i] for i in order), np.sort(counts)[::-1].copy())
    return replace(data, **splits, preprocessor=made)


def _ours(data: Data) -> tuple[Any, Callable[[int], Any]]:
    """The model, and what passes over the text once."""
    keras.utils.set_random_seed(0)
    steps = len(data.train.x) // data.batch_size
    planned = replace(data, planned_steps=ROUNDS * steps + 1)
    model = build(planned, dim=DIM, window=WINDOW, negative=NEGATIVE, subsample=SAMPLE)
    model.jit_compile = True
    given: dict[str, Any] = {"batch_size": data.batch_size, "verbose": 0}
    nothing = np.full_like(data.train.x[: data.batch_size], -1)
    model.fit(nothing, np.zeros(len(nothing)), **given)  # compiles, learns nothing
    return model, lambda _: model.fit(data.train.x, data.train.y, **given)


def _gensim(
    made: Any, data: Data, rate: float
) -> tuple[Callable[[], list[Any]], Callable[[int], Any]]:
    """What gives its tables in the order of our words, and what passes over the text once."""
    known = data.preprocessor
    text = [known.decode(row) for row in data.train.x]
    model = made(vector_size=DIM, window=WINDOW, negative=NEGATIVE, sample=SAMPLE, sg=1,
                 alpha=rate, min_count=1, workers=1, seed=0)  # fmt: skip
    model.build_vocab(text)
    rates = np.linspace(model.alpha, model.min_alpha, ROUNDS + 1)

    def pass_over(number: int) -> None:
        model.train(text, total_examples=len(text), epochs=1, start_alpha=rates[number],
                    end_alpha=rates[number + 1])  # fmt: skip

    def tables() -> list[Any]:
        order = [model.wv.key_to_index[word] for word in known.words]
        return [model.wv.vectors[order], model.syn1neg[order]]

    return tables, pass_over


def _timed(pass_over: Callable[[int], Any], number: int) -> tuple[float, float]:
    start, used = time.monotonic(), time.process_time()
    pass_over(number)
    return time.monotonic() - start, time.process_time() - used


def _scores(model: Any, theirs: list[list[Any]], data: Data) -> dict[str, tuple[float, ...]]:
    """Held-out loss by our measure with each one's tables, and the usual scores; ours first."""
    variables = [model.net.get_layer(name).embeddings for name in ("words", "contexts")]
    ours = [keras.ops.convert_to_numpy(variable) for variable in variables]
    found: list[dict[str, float]] = []
    for tables in (ours, *theirs):
        for variable, table in zip(variables, tables, strict=True):
            variable.assign(table)
        loss = model.evaluate(data.test.x, data.test.y, batch_size=64, verbose=0, return_dict=True)
        learnt: WordVectors = vectors(model, data)
        found.append({LOSS: loss["pair_loss"], **standard_scores(learnt)})
    names = {LOSS: LOSS} | {n: f"{n}, {_asked(found[0], n)}" for n in SCORES if n in found[0]}
    return {label: tuple(own[name] for own in found) for name, label in names.items()}


def _asked(scores: dict[str, float], name: str) -> str:
    """Returns how many questions or pairs have known words: `11,009 of 19,544 asked`."""
    kind = name.partition("/")[0]
    counts = (f"{kind}/asked", f"{kind}/questions")
    if kind == "similarity":
        counts = (f"{name}_asked", f"{name}_pairs")
    some, whole = (scores[count] for count in counts)
    return f"{some:,.0f} of {whole:,.0f} asked,"
