"""What each lever gives: compiled loops, and the reuse of traced models, with and without.

Both sides take turns: epochs of `fit` in one process, searches in a process each.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import keras

from benchmarks import trials
from benchmarks.table import Row, compared
from keras_dl.backend import device_memory
from keras_dl.data import Data, DatasetUnavailable
from keras_dl.training.input_pipeline import InputPipeline

__all__ = ["rows"]

ROUNDS, EXAMPLES = 5, 12_800


def rows() -> Iterator[Row]:
    """A row per net for the compiled loop, one for the reuse of traced models."""
    from recipes import lenet5, mlp

    for name, recipe in (("mlp", mlp.recipe), ("lenet5", lenet5.recipe)):
        try:
            data = recipe.data(dataset="mnist")
        except DatasetUnavailable:
            data = recipe.data(dataset="digits")
        yield _compiled_loop(name, recipe.build(data), data)
    yield _reuse()


def _compiled_loop(name: str, model: keras.Model, data: Data) -> Row:
    few = data.with_splits({"train": data.train.take(slice(EXAMPLES))})
    steps = -(-few.train.num_examples // data.batch_size)
    speeds: dict[str, list[float]] = {"with": [], "without": []}
    pipeline = InputPipeline(model, data.batch_size)
    model.jit_compile = False
    for number in range(ROUNDS + 1):  # the first round traces
        for side, share in (("with", device_memory.SHARE), ("without", 0.0)):
            with mock.patch.object(device_memory, "SHARE", share):
                seconds = _epoch(model, pipeline, few)
            if number:
                speeds[side].append(few.train.num_examples / seconds)
    ours, theirs = (statistics.median(speeds[side]) for side in ("with", "without"))
    return Row(
        f"{name} on {data.name}, {steps} steps in compiled loops: {ours:,.0f} examples/s",
        f"batches from the host: {theirs:,.0f}",
        goal="≥ 1.3 on one net",
        **compared(speeds["with"], speeds["without"]),
    )


def _epoch(model: keras.Model, pipeline: InputPipeline, data: Data) -> float:
    with pipeline.fit(data, 0, None, 0) as (x, _, callbacks):
        start = time.perf_counter()
        model.fit(x, shuffle=False, callbacks=callbacks, verbose=0)  # type: ignore[arg-type]
        return time.perf_counter() - start


def _reuse() -> Row:
    speeds: dict[str, list[float]] = {"ours": [], "without reuse": []}
    with tempfile.TemporaryDirectory() as folder:
        file, name = trials.examples(Path(folder))
        for number in range(trials.ROUNDS):
            for side, rates in speeds.items():
                own = Path(folder) / f"{side.replace(' ', '-')}-{number}"
                own.mkdir()
                rates.append(trials.search(side, file, own).speed)
    ours, theirs = (statistics.median(rates) for rates in speeds.values())
    return Row(
        f"trials of LeNet-5 on {name}, traced models reused: {ours:.0f} trials/min",
        f"KERAS_DL_MODEL_CACHE=0: {theirs:.0f} trials/min",
        goal="≥ 1.3",
        **compared(speeds["ours"], speeds["without reuse"]),
    )
