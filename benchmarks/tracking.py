"""What tracking adds to the training of LeNet-5 on MNIST (digits where MNIST is not at hand).

The same short fit, in turn: tracked not at all, by us in three depths, and by MLflow's own autolog,
with and without the model, which both store or both leave. Short, because what tracking adds does
not grow with the steps, and would drown in the noise of a long one; it is then set against the time
of a whole run.
"""

import contextlib
import dataclasses
import importlib
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import ceiling
from keras_dl import settings

settings.load_backend()

from recipes.lenet5 import recipe  # noqa: E402

from benchmarks.table import Row  # noqa: E402
from benchmarks.trials import FLOPS  # noqa: E402
from keras_dl.data import DatasetUnavailable, load  # noqa: E402
from keras_dl.tracking import models, runs, store  # noqa: E402
from keras_dl.training import fit  # noqa: E402
from keras_dl.training.job import Job  # noqa: E402

ROUNDS, EPOCHS, STEPS = 7, 3, 40
KINDS = ("bare", "epochs", "run", "model", "autolog", "autolog with the model")
GOAL = "at most 1.02"


def rows() -> Iterator[Row]:
    """Our tracking against none, then what it adds against what autolog adds."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        store.client()  # the database is made once in a store's life
        job = _job(Path(folder))
        data = fit.load_data(job)
        for kind in ("bare", "model"):  # warms caches of every kind
            _timed(job, data, kind)
        times: dict[str, list[float]] = {kind: [] for kind in KINDS}
        for number in range(ROUNDS):
            for kind in KINDS[:: 1 if number % 2 else -1]:
                times[kind].append(_timed(job, data, kind))
        one, three = (
            _timed(dataclasses.replace(job, epochs=epochs, steps_per_epoch=None), data, "bare")
            for epochs in (1, 3)
        )
    whole = one + (recipe.epochs - 1) * (three - one) / 2
    added = {kind: _over(seconds, times["bare"]) for kind, seconds in times.items()}
    share = ceiling.known().share(FLOPS * len(data.train.x) * recipe.epochs / whole)
    work = f"a run of LeNet-5 on {data.name}"
    for kind, label in (("epochs", "epochs logged"), ("run", "opened, logged and closed")):
        yield _share(f"{work}, {label}", added[kind], whole, share)
    for ours, theirs, label in (
        ("run", "autolog", "autolog(log_models=False)"),
        ("model", "autolog with the model", "autolog() with its model"),
    ):
        said = f"{work}, {EPOCHS} epochs{'' if ours == 'run' else ', with its model'}"
        yield _added(said, label, [added[ours], added[theirs]])


def _share(work: str, added: list[float], whole: float, share: str) -> Row:
    """What tracking adds to the time of a whole run."""
    ratios = [1 + seconds / whole for seconds in added]
    return Row(
        f"{work}: {statistics.median(added):.2f} s more",
        f"no tracking: {whole:.0f} s for {recipe.epochs} epochs",
        f"{statistics.median(ratios):.3f}",
        f"{min(ratios):.3f} … {max(ratios):.3f}",
        str(ROUNDS),
        goal=GOAL,
        ceiling=share,
    )


def _over(tracked: Sequence[float], bare: Sequence[float]) -> list[float]:
    return [a - b for a, b in zip(tracked, bare, strict=True)]


def _added(work: str, label: str, added: list[list[float]]) -> Row:
    """What lies within the noise counts as much as the noise does."""
    ours, theirs = map(statistics.median, added)
    noise = max(added[0]) - min(added[0])
    least = max(ours, noise / 2)
    return Row(
        f"{work} adds {ours:.2f} s",
        f"{label} adds {theirs:.2f} s",
        f"{'more than ' if least > ours else ''}{theirs / least:.1f} times less",
        f"ours {min(added[0]):.2f} … {max(added[0]):.2f}, "
        f"autolog {min(added[1]):.2f} … {max(added[1]):.2f} s",
        str(ROUNDS),
        goal="≥ 5 times less",
    )


def _job(folder: Path) -> Job:
    values = {n: h.default for n, h in recipe.space().items() if h.when is None} | {
        "weight_decay": 0.3
    }
    try:
        load(values["dataset"], at_least=28)
    except DatasetUnavailable:
        values["dataset"] = "digits"
    return Job(recipe, values, 0, EPOCHS, folder / "job", steps_per_epoch=STEPS)


def _listener(tracked: runs.TrackedRun | None) -> Any:
    if tracked is None:
        return lambda *_: None
    return lambda epoch, values, stage: tracked.epoch(epoch, values)


def _timed(job: Job, data: Any, kind: str) -> float:
    """Seconds of one training, tracked as `kind` says."""
    model = fit.build_model(job, data)
    tracked = _open(job, data) if kind == "epochs" else None
    start = time.monotonic()
    if kind in ("run", "model"):
        tracked = _open(job, data)
    with _autolog(kind) if kind.startswith("autolog") else contextlib.nullcontext():
        fit.train(job, data, model, _listener(tracked))
    if tracked and kind == "model":
        models.log(tracked, model, data.test.x[:2])
    if tracked and kind != "epochs":
        tracked.end()
    seconds = time.monotonic() - start
    if tracked and kind == "epochs":
        tracked.end()
    shutil.rmtree(job.folder)
    return seconds


@contextlib.contextmanager
def _autolog(kind: str) -> Iterator[None]:
    """MLflow's own logging of whatever is fitted, in its defaults but for the model."""
    flavor = importlib.import_module("mlflow.tensorflow")
    options: dict[str, Any] = {"silent": True, "log_models": kind == "autolog with the model"}
    flavor.autolog(**options)
    try:
        yield
    finally:
        flavor.autolog(disable=True)


def _open(job: Job, data: Any) -> runs.TrackedRun:
    made = runs.start(job.recipe, "benchmark", "run", "run", job.values)
    made.dataset(data.facts())
    return made
