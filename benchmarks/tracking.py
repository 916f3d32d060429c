"""What tracking adds to the training of LeNet-5 on MNIST (digits where MNIST is not at hand).

The same fit, in turn: tracked not at all, by us in three depths, and by MLflow's own autolog, with
and without the model, which both store or both leave.
"""

import contextlib
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

from benchmarks.table import Row, compared  # noqa: E402
from benchmarks.trials import FLOPS  # noqa: E402
from keras_dl.data import DatasetUnavailable, load  # noqa: E402
from keras_dl.tracking import models, runs, store  # noqa: E402
from keras_dl.training import fit  # noqa: E402
from keras_dl.training.job import Job  # noqa: E402
from recipes.lenet5 import recipe  # noqa: E402

ROUNDS, EPOCHS = 3, 3
KINDS = ("bare", "epochs", "run", "model", "autolog", "autolog with the model")
GOAL = "at most 1.02"


def rows() -> Iterator[Row]:
    """Our tracking against none, then what it adds against what autolog adds."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        store.client()  # the database is made once in a store's life
        job = _job(Path(folder))
        data = fit.prepared(job)
        for kind in ("bare", "model"):  # warms caches of every kind
            _timed(job, data, kind)
        times: dict[str, list[float]] = {kind: [] for kind in KINDS}
        for _ in range(ROUNDS):
            for kind, seconds in times.items():
                seconds.append(_timed(job, data, kind))
    work = f"LeNet-5 on {data.name}, {EPOCHS} epochs"
    bare = statistics.median(times["bare"])
    share = ceiling.known().share(FLOPS * len(data.train.x) * EPOCHS / bare)
    for kind, label in (("epochs", "epochs logged"), ("run", "run opened, logged and closed")):
        yield Row(
            f"{work}: {label}",
            f"no tracking: {bare:.2f} s",
            goal=GOAL,
            ceiling=share,
            **compared(times[kind], times["bare"], 3),
        )
    for ours, theirs, label in (
        ("run", "autolog", "autolog(log_models=False)"),
        ("model", "autolog with the model", "autolog() with its model"),
    ):
        yield _added(f"{work}: {'a run' if ours == 'run' else 'a run with its model'}", label,
                     [_over(times[kind], times["bare"]) for kind in (ours, theirs)])  # fmt: skip


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
    return Job(recipe, values, 0, EPOCHS, folder / "job")


def _timed(job: Job, data: Any, kind: str) -> float:
    """Seconds of one training, tracked as `kind` says."""
    model = fit.built(job, data)
    tracked = _open(job, data) if kind == "epochs" else None
    start = time.monotonic()
    if kind in ("run", "model"):
        tracked = _open(job, data)
    with _autolog(kind) if kind.startswith("autolog") else contextlib.nullcontext():
        fit.train(job, data, model, tracked.epoch if tracked else lambda *_: None)
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


def _open(job: Job, data: Any) -> runs.Tracked:
    made = runs.start(job.recipe, "benchmark", "run", "run", job.values)
    made.dataset(data.facts())
    return made
