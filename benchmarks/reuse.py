"""Trials of models with a training step of their own, on a step that is traced already.

Both sides train the same trials, which differ in learning rate and seed, in one process by turns;
the other side traces each of them, as KERAS_DL_MODEL_CACHE=0 does. The first trial of a side, which
traces, is not counted. Epochs are short: what is measured is the time between trainings.
"""

import importlib
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.table import Row, compared
from keras_dl import settings

settings.load_backend()

from keras_dl.execution import model_cache, run_job  # noqa: E402
from keras_dl.space import resolve  # noqa: E402
from keras_dl.training.job import Job  # noqa: E402

ROUNDS, EPOCHS, STEPS = 4, 1, 20
RECIPES: dict[str, dict[str, Any]] = {
    "gan": {"dataset": "digits"},
    "dann": {},
    "word2vec": {"dataset": "topics"},
    "adversarial_training": {"dataset": "digits"},
    "prototypical": {"dataset": "glyphs"},
    "gpt": {"dataset": "topics"},
}


def rows() -> Iterator[Row]:
    """Trials a minute of each recipe."""
    for name in RECIPES:
        with tempfile.TemporaryDirectory() as folder:
            yield _row(name, Path(folder))


def _row(name: str, folder: Path) -> Row:
    speeds: dict[str, list[float]] = {"1": [], "0": []}
    for number in range(ROUNDS + 1):
        for reuse, speeds_of_side in speeds.items():
            os.environ["KERAS_DL_MODEL_CACHE"] = reuse
            kept, model_cache._cache = (
                model_cache._cache,
                [] if reuse == "0" else model_cache._cache,
            )
            begun = time.perf_counter()
            run_job.run_job(_trial(name, number, folder / f"{reuse}-{number}"))
            if number:
                speeds_of_side.append(60 / (time.perf_counter() - begun))
            if reuse == "0":
                model_cache._cache = kept
    rates = {reuse: statistics.median(speeds_of_side) for reuse, speeds_of_side in speeds.items()}
    return Row(
        f"trials of `{name}`, {STEPS} steps each, on one traced step: {rates['1']:.0f} trials/min",
        f"each trial traced anew: {rates['0']:.0f} trials/min",
        goal="≥ 3",
        **compared(speeds["1"], speeds["0"]),
    )


def _trial(name: str, number: int, folder: Path) -> Job:
    recipe = importlib.import_module(f"recipes.{name}").recipe
    values = resolve(recipe.space(), RECIPES[name])
    values["learning_rate"] *= 1 + 0.1 * number
    return Job(recipe, values, number, EPOCHS, folder, steps_per_epoch=STEPS)
