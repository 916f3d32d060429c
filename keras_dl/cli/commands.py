"""The commands that work: each loads what it needs, calls the library and prints."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import psutil
from rich.markup import escape

from keras_dl import commands as library
from keras_dl import settings
from keras_dl.cli import tables
from keras_dl.cli.loading import recipe

__all__ = ["ablate", "compare", "data", "doctor", "facts", "predict", "report", "run", "tune", "ui"]


def run(name: str, given: Mapping[str, Any]) -> None:
    """Trains once."""
    library.run(recipe(name), **given)


def tune(name: str, given: Mapping[str, Any]) -> None:
    """Searches hyperparameters."""
    library.tune(recipe(name), **given)


def ablate(name: str, given: Mapping[str, Any]) -> None:
    """Measures what hyperparameters do."""
    library.ablate(recipe(name), **given)


def compare(names: Sequence[str], given: Mapping[str, Any]) -> None:
    """Compares recipes."""
    library.compare(*map(recipe, names), **given)


def predict(run_id: str, paths: Sequence[str], top: int) -> None:
    """Prints the likeliest classes of images or texts, or the nearest words."""
    settings.load_backend()
    from keras_dl.tasks import predicting

    words = predicting.takes_words(run_id)
    found = (predicting.nearest if words else predicting.predict)(run_id, list(paths), top)
    heads = ("word", "nearest", "cosine") if words else ("input", "class", "probability")
    rows, form = tables.table(*heads, "then"), ".2f" if words else ".1%"
    for asked, ranking in found:
        then = ", ".join(f"{label} {value:{form}}" for label, value in ranking[1:])
        rows.add_row(*map(escape, (asked, ranking[0][0], f"{ranking[0][1]:{form}}", then)))
    tables.terminal().print(rows)


def report(write: str | None) -> None:
    """Prints, or writes into a page, what the tracked runs say of each recipe."""
    from pathlib import Path

    from keras_dl import catalog
    from keras_dl.tracking import report

    table = report.summary(catalog.entries())
    if write is None:
        print(table)
    else:
        report.write(table, Path(write))
        print(f"{write}: {len(catalog.names())} recipes")


def ui(host: str, port: int) -> int:
    """Serves MLflow's pages until Ctrl-C."""
    from keras_dl.tracking import store

    if store.uri().startswith("http"):
        raise ValueError(
            "`MLFLOW_TRACKING_URI` must not name a server; that one has its own pages. "
            f"Received: {store.uri()}"
        )
    store.client()  # makes the database where there is none yet
    print(f"MLflow pages of {store.uri()} on http://{host}:{port}  (Ctrl-C ends them)", flush=True)
    words = ["ui", "--backend-store-uri", store.uri(), "--host", host, "--port", str(port)]
    # Its job runners serve language-model evaluations: nine processes that nobody here needs.
    env = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", **os.environ}
    server = subprocess.Popen([sys.executable, "-m", "mlflow", *words], env=env)
    try:
        return server.wait()
    finally:
        _end_family(server.pid)


def _end_family(pid: int) -> None:
    """Ends a process with all its descendants, which the server leaves behind when it is killed."""
    try:
        family = [*psutil.Process(pid).children(recursive=True), psutil.Process(pid)]
    except psutil.NoSuchProcess:
        return
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(family, timeout=5)
    for process in alive:
        process.kill()


def data(what: str, name: str | None) -> None:
    """Lists data sets, prepares one, or says where they are looked for."""
    from keras_dl import data as sets

    console = tables.terminal()
    if what == "prepare":
        if name is None:
            raise ValueError("`NAME` must be given: keras-dl data prepare NAME")
        print(f"{name}: {sets.prepare(name)}")
    elif what == "where":
        rows = tables.table()
        for place, path in sets.where().items():
            rows.add_row(escape(place), escape(path))
        console.print(rows)
    else:
        found = sets.describe()
        rows = tables.table(*found[0])
        for row in found:
            rows.add_row(*map(escape, row.values()))
        console.print(rows)


def facts(name: str | None) -> int:
    """Prints facts; 1 if a difference has no reason."""
    settings.load_backend()
    from keras_dl.cli.facts import page

    return page(name)


def doctor() -> int:
    """Prints what is installed and what is broken."""
    from keras_dl.cli.doctor import checkup

    return checkup(tables.terminal())
