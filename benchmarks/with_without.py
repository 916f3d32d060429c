"""What each lever gives: compiled loops, fused operations, reuse of traces, with and without.

Both sides take turns: epochs of `fit` in one process, searches in a process each.
"""

import contextlib
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import keras

from benchmarks import trials
from benchmarks.table import Row, compared
from keras_dl.backend import compiled_loop, device_memory
from keras_dl.data import Data, DatasetUnavailable
from keras_dl.recipe import Recipe
from keras_dl.training.input_pipeline import InputPipeline

__all__ = ["rows"]

ROUNDS, EXAMPLES = 5, 12_800


def rows() -> Iterator[Row]:
    """A row per net for the compiled loop and fused operations, one for the reuse of traces."""
    from recipes import lenet5, mlp, resnet20

    for name, recipe in (("mlp", mlp.recipe), ("lenet5", lenet5.recipe)):
        data = _digits(recipe, "mnist")
        yield _compiled_loop(name, recipe.build(data), data)
    for name, recipe in (("resnet20", resnet20.recipe), ("mlp", mlp.recipe)):
        yield _fused_operations(name, recipe, _digits(recipe, "usps"))
    yield _reuse()


def _digits(recipe: Recipe, name: str) -> Data:
    try:
        return recipe.data(dataset=name)
    except DatasetUnavailable:
        return recipe.data(dataset="digits")


def _fused_operations(name: str, recipe: Recipe, data: Data) -> Row:
    few = data.with_splits({"train": data.train.take(slice(EXAMPLES // 5))})
    sides = {"with": compiled_loop.fused_operations, "without": contextlib.nullcontext}
    speeds: dict[str, list[float]] = {side: [] for side in sides}
    fits, losses = {}, {}
    for side in sides:
        keras.utils.set_random_seed(0)
        model = recipe.build(data)
        model.jit_compile = False
        fits[side] = model, InputPipeline(model, data.batch_size)
    for number in range(ROUNDS + 1):  # the first round traces
        for side, context in sides.items():
            with mock.patch.object(compiled_loop, "fused_operations", context):
                seconds = _epoch(*fits[side], few)
            losses[side] = fits[side][0].history.history["loss"][-1]
            if number:
                speeds[side].append(few.train.num_examples / seconds)
    ours, theirs = (statistics.median(speeds[side]) for side in sides)
    return Row(
        f"{name} on {data.name}, batch normalization and Adam as single operations: "
        f"{ours:,.0f} examples/s, loss {losses['with']:.4f}",
        f"as Keras composes them: {theirs:,.0f}, loss {losses['without']:.4f}",
        goal="≥ 1.1",
        **compared(speeds["with"], speeds["without"]),
    )


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
