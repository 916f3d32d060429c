"""What tracking adds to the training of LeNet-5 on MNIST (digits where MNIST is not at hand)."""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from keras_dl import settings

settings.load_backend()

from keras_dl.data import DatasetUnavailable, load  # noqa: E402
from keras_dl.tracking import runs, store  # noqa: E402
from keras_dl.training import fit  # noqa: E402
from keras_dl.training.job import Job  # noqa: E402
from recipes.lenet5 import recipe  # noqa: E402

ROUNDS, EPOCHS = 5, 4


def rows() -> Iterator[tuple[str, ...]]:
    """Fit with epochs logged, and the same with the whole life of a run, against neither."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        store.client()  # the database is made once in a store's life
        job = _job(Path(folder))
        data = fit.prepared(job)
        _timed(job, data, "bare")  # warms caches of every kind
        times: dict[str, list[float]] = {"bare": [], "epochs": [], "run": []}
        for _ in range(ROUNDS):
            for kind, seconds in times.items():
                seconds.append(_timed(job, data, kind))
    work = f"LeNet-5 on {data.name}, {EPOCHS} epochs"
    for kind, label in (("epochs", "epochs logged"), ("run", "run opened, logged and closed")):
        ratios = [a / b for a, b in zip(times[kind], times["bare"], strict=True)]
        middle = statistics.median(times[kind]) / statistics.median(times["bare"])
        spread = f"{min(ratios):.3f} … {max(ratios):.3f}"
        yield f"{work}: {label}", "no tracking", f"{middle:.3f}", spread, str(ROUNDS)


def _job(folder: Path) -> Job:
    values = {n: h.default for n, h in recipe.space().items() if h.when is None} | {
        "weight_decay": 0.3
    }
    try:
        load(values["dataset"], at_least=28)
    except DatasetUnavailable:
        values["dataset"] = "digits"
    return Job(recipe, values, 0, EPOCHS, folder / "job")


def _timed(job: Job, data: object, kind: str) -> float:
    """Seconds of one training, tracked as `kind` says."""
    model = fit.built(job, data)  # type: ignore[arg-type]
    tracked = None if kind == "bare" else _open(job, data)
    start = time.monotonic()
    if kind == "run":
        tracked = _open(job, data)
    fit.train(job, data, model, tracked.epoch if tracked else lambda *_: None)  # type: ignore[arg-type]
    if tracked and kind == "run":
        tracked.end()
    seconds = time.monotonic() - start
    if tracked and kind == "epochs":
        tracked.end()
    for path in job.folder.glob("*"):
        path.unlink()
    return seconds


def _open(job: Job, data: object) -> runs.Tracked:
    made = runs.start(job.recipe, "benchmark", "run", "run", job.values)
    made.dataset(data.facts())  # type: ignore[attr-defined]
    return made
