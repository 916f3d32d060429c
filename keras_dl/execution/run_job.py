"""What a worker does: one training with its journal, or the one-batch dry run before a search.

Results are files of the training's own folder, so that nothing finished is ever done twice.
"""

import dataclasses
import gc
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from keras_dl.data import Data
from keras_dl.data.text import to_json
from keras_dl.execution import model_cache
from keras_dl.training import fit
from keras_dl.training.callbacks import objective_value
from keras_dl.training.job import Job, Outcome, arguments
from keras_dl.utils.files import write_atomically

__all__ = ["DryRun", "Entry", "dry_run", "entries", "is_done", "run_job"]

RESULT, JOURNAL = "result.json", "journal.jsonl"
CHECK = 0.35  # of a step's time: a forward pass
LITTER = 64 * 2**20  # bytes
_rss = 0  # of this process, when it was tidied
_kept: dict[str, Data] = {}  # the last data set loaded here: trials mostly share it


@dataclasses.dataclass(frozen=True)
class DryRun:
    """What one batch told.

    Attributes:
        facts: of the data, as `Data.facts` gives them.
        parameters: of the model with default values.
        seconds: forecast of one epoch.
        overhead: seconds that building and tracing take before the first epoch.
    """

    facts: dict[str, Any]
    parameters: int
    seconds: float
    overhead: float


@dataclasses.dataclass(frozen=True)
class Entry:
    """One epoch in a journal: its number from 1, its end (seconds since 1970), its metrics."""

    epoch: int
    when: float
    values: dict[str, float]


def is_done(job: Job) -> bool:
    """Whether the job's result is on disk."""
    return (job.folder / RESULT).is_file()


def run_job(job: Job) -> Outcome:
    """Trains the job unless its result is on disk, and writes the result there.

    Where the job asks for the test, also `model.keras`, figures, a generator's images by epoch and
    a few examples are left, unless it does not want to keep them.
    """
    path = job.folder / RESULT
    if is_done(job):
        return Outcome(**json.loads(path.read_text()))
    job.folder.mkdir(parents=True, exist_ok=True)
    data = _data(job)
    journal = _Journal(job.folder)
    with model_cache.borrow(job, data) as (model, learner, pipeline):
        trained = fit.train(job, data, learner, journal.add, pipeline=pipeline)
        metrics = fit.evaluate(trained) if job.test else {}
    trained = dataclasses.replace(trained, model=model)
    if job.test and job.keep:
        metrics |= _left(trained, job)
    result = fit.outcome(trained, metrics)
    write_atomically(path, json.dumps(dataclasses.asdict(result)))
    del model, trained
    _tidy()
    return result


def _tidy() -> None:
    """Frees what trainings leave in circles, once that is much: looking for it takes long."""
    global _rss
    if psutil.Process().memory_info().rss > _rss + LITTER:
        gc.collect()
        _rss = psutil.Process().memory_info().rss


def dry_run(job: Job) -> DryRun:
    """Builds and trains on one batch, to find mistakes before the search and to forecast its time.

    Raises:
        ValueError, TypeError: what is wrong with data, build or objective.
    """
    data, start = _data(job), time.monotonic()
    size = data.batch_size
    with model_cache.borrow(job, data) as (model, learner, pipeline):
        objective_value(job.recipe.objective, _tried(job, data, learner, pipeline, 1))
        middle = time.monotonic()
        count = max(1, min(5, len(data.train.x) // size))  # whole batches: the usual ones
        _tried(job, data, learner, pipeline, count)
        step = (time.monotonic() - middle) / (count + CHECK)
    checks = CHECK * -(-len(data.validation.x) // size)
    seconds = step * (fit.steps_per_epoch(job, data) + checks)
    return DryRun(data.facts(), model.count_params(), seconds, middle - start)


def _tried(job: Job, data: Data, learner: Any, pipeline: Any, steps: int) -> dict[str, float]:
    """Metrics after some steps of training and one of validation."""
    with pipeline.fit(data, job.seed, steps, 0) as (x, _, ahead):
        told = learner.fit(x, shuffle=False, callbacks=ahead, verbose=0).history
    with pipeline.evaluate(data.validation, steps=1) as (x, ahead):
        found = learner.evaluate(x, callbacks=ahead, verbose=0, return_dict=True)
    return {k: v[-1] for k, v in told.items()} | {f"val_{k}": v for k, v in found.items()}


def entries(folder: Path, since: int) -> tuple[list[Entry], int]:
    """Reads a journal from the byte `since`.

    Returns:
        Whole lines as entries, and the byte to go on from.
    """
    path = folder / JOURNAL
    if not path.is_file():
        return [], since
    with path.open("rb") as file:
        file.seek(since)
        whole = file.read().rpartition(b"\n")[0]
    lines = whole.splitlines()
    return [Entry(**json.loads(line)) for line in lines if line], since + len(whole) + bool(whole)


class _Journal:
    """Appends an epoch a line; on resume it is brought to what the checkpoint holds."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / JOURNAL
        self._known = {e.epoch for e in entries(folder, 0)[0]}

    def add(self, epoch: int, values: Mapping[str, float]) -> None:
        if epoch in self._known:
            return
        line = json.dumps({"epoch": epoch, "when": time.time(), "values": dict(values)})
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def _data(job: Job) -> Data:
    given = arguments(job.recipe.data, job.values)
    key = f"{job.recipe.name} {given} {job.data!r} {job.epochs} {job.steps_per_epoch}"
    if key not in _kept:
        _kept.clear()
        _kept[key] = fit.prepared(job)
    return _kept[key]


def _left(trained: fit.Trained, job: Job) -> dict[str, float]:
    """Leaves files for the tracked run; gives the numbers of the recipe's report."""
    from keras_dl.training import report

    made = report.made(job.recipe, trained.model, trained.data)
    figures = report.drawn(trained.state.history, made)
    folder = job.folder / "figures"
    folder.mkdir(exist_ok=True)
    for name, figure in figures.items():
        figure.savefig(folder / f"{name}.png", dpi=100)
    by_epoch = {str(epoch): image for epoch, image in report.pictures(trained.model).items()}
    np.savez(job.folder / "images.npz", allow_pickle=False, **by_epoch)
    trained.model.save(job.folder / "model.keras")
    (job.folder / "reader.json").write_text(to_json(trained.data.extras), encoding="utf-8")
    np.save(job.folder / "examples.npy", trained.data.test.x[:2], allow_pickle=False)
    return {k: float(v) for k, v in made.items() if k not in figures}
