"""The commands that work: each loads what it needs, calls the library and prints."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from keras_dl import settings
from keras_dl.cli.loading import recipe

__all__ = ["compare", "data", "doctor", "predict", "run", "tune", "ui"]


def run(name: str, given: Mapping[str, Any]) -> None:
    """Trains once."""
    recipe(name).run(**given)


def tune(name: str, given: Mapping[str, Any]) -> None:
    """Searches hyperparameters."""
    recipe(name).tune(**given)


def compare(names: Sequence[str], given: Mapping[str, Any]) -> None:
    """Compares recipes."""
    found = [recipe(name) for name in names]
    found[0].compare(*found[1:], **given)


def predict(run_id: str, paths: Sequence[str], top: int) -> None:
    """Prints the likeliest classes of images."""
    settings.load_backend()
    from keras_dl.predicting import predict as predictions

    table = Table(box=None, pad_edge=False)
    for column in ("file", "class", "probability", "then"):
        table.add_column(column, overflow="fold")
    for file, ranking in predictions(run_id, list(paths), top):
        then = ", ".join(f"{label} {chance:.1%}" for label, chance in ranking[1:])
        table.add_row(file, ranking[0][0], f"{ranking[0][1]:.1%}", then)
    Console().print(table)


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
    return subprocess.call([sys.executable, "-m", "mlflow", *words])


def data(what: str, name: str | None) -> None:
    """Lists data sets, prepares one, or says where they are looked for."""
    from keras_dl import data as sets

    console = Console()
    if what == "prepare":
        if name is None:
            raise ValueError("`NAME` must be given: keras-dl data prepare NAME")
        console.print(f"{name}: {sets.prepare(name)}")
    elif what == "where":
        for place, path in sets.where().items():
            console.print(f"{place:>12}  {path}", soft_wrap=True)
    else:
        rows = sets.describe()
        table = Table(box=None, pad_edge=False)
        for column in rows[0]:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(str(v) for v in row.values()))
        console.print(table)


def doctor() -> int:
    """Prints what is installed and what is broken."""
    from keras_dl.cli.doctor import checkup

    return checkup(Console(highlight=False))
