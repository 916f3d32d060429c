"""Work of a worker: one training with its journal, or the dry run before a search.

Results are files in the training's own folder, so that no finished training is repeated.
"""

import dataclasses
import gc
import json
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cloudpickle
import keras
import numpy as np
import psutil

from keras_dl.backend.global_state import restored_state
from keras_dl.data import Data
from keras_dl.data.serialization import Spooled, preprocessor_to_json
from keras_dl.execution import model_cache
from keras_dl.execution.model_cache import CachedModel
from keras_dl.tasks.base import get_task
from keras_dl.training import baseline, checkpoint, fit
from keras_dl.training.allotment import Allotment
from keras_dl.training.callbacks import Evaluation, objective_value
from keras_dl.training.checkpoint import MAIN
from keras_dl.training.evaluators import Evaluators
from keras_dl.training.initial_weights import describe_match, match_layers
from keras_dl.training.input_pipeline import InputPipeline
from keras_dl.training.job import Job, Outcome, arguments
from keras_dl.training.numeric_targets import adapt_job
from keras_dl.utils import scratch
from keras_dl.utils.files import append_line, drop_torn_line, write_atomically
from keras_dl.utils.layers import count_parameters

__all__ = [
    "DryRun",
    "Entry",
    "data_digest",
    "dry_run",
    "entries",
    "forget",
    "is_done",
    "run_job",
    "store_result",
]

RESULT, JOURNAL = "result.json", "journal.jsonl"
FORWARD_SHARE = 0.35  # of a step's time: a forward pass
GROWTH = 64 * 2**20  # bytes of memory after which cycles are collected
_rss = 0  # of this process, at the last collection
_data_cache: dict[str, Data] = {}  # the last data set loaded here: trials mostly share it


@dataclasses.dataclass(frozen=True)
class DryRun:
    """Facts that a few steps reveal.

    Attributes:
        facts: of the data, as `Data.facts` returns them.
        parameters: of the model with default values.
        seconds: forecast of one epoch.
        steps: optimizer steps of an epoch.
        overhead: seconds that building and tracing take before the first epoch.
        notes: sentences on stages that the options leave alone.
    """

    facts: dict[str, Any]
    parameters: int
    seconds: float
    overhead: float
    steps: int
    notes: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Entry:
    """One epoch in a journal.

    Attributes:
        epoch: number from 1.
        when: end of the epoch, seconds since 1970.
        values: metrics.
        stage: stage of the training.
    """

    epoch: int
    when: float
    values: dict[str, float]
    stage: str = MAIN


def is_done(job: Job) -> bool:
    """Returns whether the job's result is on disk."""
    return (job.folder / RESULT).is_file()


def run_job(job: Job) -> Outcome:
    """Trains the job unless its result is on disk, and writes the result there.

    Where the job asks for the test and keeps its results, `model.keras`, figures, samples by epoch
    and a few examples stay in its folder.
    """
    path = job.folder / RESULT
    if is_done(job):
        return Outcome(**json.loads(path.read_text()))
    job.folder.mkdir(parents=True, exist_ok=True)
    with restored_state():
        result = _train(job)
    store_result(job, result)
    _collect_garbage()
    return result


def store_result(job: Job, result: Outcome) -> None:
    """Writes the result into the job's folder, by which `is_done` knows it."""
    write_atomically(job.folder / RESULT, json.dumps(dataclasses.asdict(result)))


def _train(job: Job) -> Outcome:
    job = dataclasses.replace(job, allotment=Allotment.load(job.folder))
    job, data = fit.divide_limit(job, _load_data(job))
    if job.allotment is not None:
        job.allotment.save(job.folder)
    journal = _Journal(job.folder)
    before = None if checkpoint.exists(job.folder) else job.warm_start
    for epoch in checkpoint.epochs(before or job.folder, job.recipe.objective):
        journal.add(*epoch)  # a kill may have come between the checkpoint and this journal
    with model_cache.borrow(job, data) as (model, cached):
        trained = fit.train(job, data, model, journal.add, traced=cached)
        metrics = trained.session.evaluate() if job.test else {}
    if job.test and job.keep:
        metrics |= _write_results(trained, job)
    result = fit.outcome(trained, metrics)
    examples = "test examples" if job.fold is None else "held-out examples of the fold"
    result.notices = baseline.notices(trained.model, data, metrics, examples)
    if job.test and (job.keep or job.fold is not None):
        result.correct, result.tested = baseline.example_results(trained.model, data, metrics)
    return result


def dry_run(job: Job) -> DryRun:
    """Builds and trains a few steps, to find mistakes before a search and to forecast its time.

    Raises:
        ValueError, TypeError: for a mistake in data, build, train or objective.
    """
    with restored_state():
        return _dry_run(job)


def _dry_run(job: Job) -> DryRun:
    data, start = _load_data(job), time.monotonic()
    job = adapt_job(job, data)
    # Whole batches: the usual ones.
    count = max(1, min(5, data.sampler("train").num_examples // data.batch_size))
    with model_cache.borrow(job, data) as (model, cached):
        built = time.monotonic()
        notes: list[str] = []
        if job.init_from is not None:
            match = match_layers(job.init_from, model)
            notes.append(f"Initial weights: {describe_match(match, folds=job.fold is not None)}")
        metrics = _try_steps(job, data, model, cached, 1, notes)
        if job.callbacks is None:  # whose metrics count too
            objective_value(job.recipe.objective, metrics)
            _check_score(job, metrics)
        middle = time.monotonic()
        _try_steps(job, data, model, cached, count)
        end = time.monotonic()
    step = (end - middle) / (count + FORWARD_SHARE)
    if job.recipe.train is not None:  # its steps are traced both times
        step = max(0.0, (end - middle) - (middle - built)) / max(1, count - 1)
    validation_steps = -(-data.sampler("validation").num_examples // data.batch_size)
    seconds = step * (job.epoch_steps(data) + FORWARD_SHARE * validation_steps)
    whole = data if job.fold is None else fit.load_data(dataclasses.replace(job, fold=None))
    facts, parameters, overhead = whole.facts(), count_parameters(model), middle - start
    return DryRun(facts, parameters, seconds, overhead, job.epoch_steps(data), tuple(notes))


def _check_score(job: Job, metrics: Mapping[str, float]) -> None:
    """Refuses a score of the test set that `evaluate` does not compute.

    Stages of a recipe's own may measure otherwise; their scores are checked after the first test.
    """
    kind, _, name = job.recipe.final_score.name.partition("/")
    measured = {n.removeprefix("val_") for n in metrics if n.startswith("val_")}
    measured = sorted(measured | set(get_task(job.recipe.task).test_metrics))
    if job.recipe.train is None and kind == "test" and name not in measured:
        raise ValueError(
            f"`score` must name a metric of the test set, one of "
            f"{', '.join(f'test/{n}' for n in measured)}. Received: score='test/{name}'"
        )


def _try_steps(
    job: Job,
    data: Data,
    model: keras.Model,
    cached: CachedModel | None,
    steps: int,
    notes: list[str] | None = None,
) -> dict[str, float]:
    """Returns the metrics of a short training, and adds what it says about stages to `notes`."""
    if job.recipe.train is not None:
        with tempfile.TemporaryDirectory(dir=scratch.folder()) as folder:
            short = dataclasses.replace(
                job,
                epochs=1,
                steps_per_epoch=steps,
                limit=None,
                folder=Path(folder),
                median_threshold=(),
                callbacks=None,
            )
            fresh = fit.build_model(job, data, seed_backend=False)  # `train` may change a model
            trained = fit.train(short, data, fresh, lambda *_: None)
            if notes is not None:
                notes += trained.session.notes
        return {name: values[-1] for name, values in trained.state.history.items()}
    if cached is not None:
        cached.take(model)
    learner = model if cached is None else cached.model
    pipeline = InputPipeline(model, data.batch_size, job.devices) if cached is None else (
        cached.pipeline
    )  # fmt: skip
    task = get_task(job.recipe.task)
    evaluators = Evaluators(job.recipe, data)
    with pipeline.fit(data, job.seed, steps, 0) as (x, _, callbacks):
        history = learner.fit(
            x,
            shuffle=False,
            callbacks=[
                *callbacks,
                *task.callbacks(learner, data),
                Evaluation(evaluators, data.validation),
            ],
            verbose=0,  # type: ignore[arg-type]
        ).history
    with pipeline.evaluate(data, "validation", steps=1) as (x, callbacks):
        options: Any = {"callbacks": callbacks, "verbose": 0, "return_dict": True}
        values: Any = learner.evaluate(x, **options)
    metrics = {name: values[-1] for name, values in history.items()}
    return metrics | {f"val_{name}": value for name, value in values.items()}


def data_digest(job: Job) -> str:
    """Returns the digest of a job's data, which stay in memory for the job itself."""
    with restored_state():
        return _load_data(job).digest


def entries(folder: Path, since: int) -> tuple[list[Entry], int]:
    """Reads a journal.

    Args:
        folder: of the training.
        since: byte to start from.

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
    """Appends one line per epoch; a resumed training repeats none."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / JOURNAL
        drop_torn_line(self._path)
        self._written = {(entry.stage, entry.epoch) for entry in entries(folder, 0)[0]}

    def add(self, epoch: int, values: Mapping[str, float], stage: str) -> None:
        if (stage, epoch) in self._written:
            return
        entry = Entry(epoch, time.time(), dict(values), stage)
        append_line(self._path, json.dumps(dataclasses.asdict(entry)))
        self._written.add((stage, epoch))


def forget() -> None:
    """Removes data and models of earlier trainings from this process."""
    _data_cache.clear()
    model_cache.forget()


def _load_data(job: Job) -> Data:
    values = arguments(job.recipe.data, job.values)
    own = job.data.path if isinstance(job.data, Spooled) else job.data
    # The function too: a notebook defines it again under the same name.
    code = cloudpickle.dumps(job.recipe.data).hex()
    key = f"{job.recipe.name} {code} {values} {own!r} {job.epochs} {job.steps_per_epoch}"
    key += f" {job.fold} {job.seed if job.fold else ''}"
    if key not in _data_cache:
        _data_cache.clear()
        _data_cache[key] = fit.load_data(job)
    return _data_cache[key]


def _write_results(trained: fit.Trained, job: Job) -> dict[str, float]:
    """Writes files for the tracked run; returns the numbers of the recipe's report."""
    from keras_dl.training import report

    results = report.make_report(job.recipe, trained.model, trained.data)
    title = f"{job.recipe.name} on {trained.data.name}, seed {job.seed}"
    figures = report.draw_figures(trained.state.history, results, title)
    folder = job.folder / "figures"
    folder.mkdir(exist_ok=True)
    for name, figure in figures.items():
        figure.savefig(folder / f"{name}.png", dpi=100)
    samples = get_task(job.recipe.task).samples(trained.model, 1)
    by_epoch = {str(epoch): image for epoch, image in samples.items()}
    np.savez(job.folder / "images.npz", allow_pickle=False, **by_epoch)
    trained.model.save(job.folder / "model.keras")
    preprocessor = preprocessor_to_json(trained.data.preprocessor)
    (job.folder / "preprocessor.json").write_text(preprocessor, encoding="utf-8")
    examples = report.examples(trained.data)
    named = examples if isinstance(examples, dict) else {"x": examples}
    np.savez(job.folder / "examples.npz", allow_pickle=False, **named)
    return {k: float(v) for k, v in results.items() if k not in figures}


def _collect_garbage() -> None:
    """Frees reference cycles of trainings once they are large: the search for them is slow."""
    global _rss
    if psutil.Process().memory_info().rss > _rss + GROWTH:
        gc.collect()
        _rss = psutil.Process().memory_info().rss
