"""The commands that compute: each loads what it needs, calls the library and prints.

Imports stand behind `load_recipe`, which imports Keras and its backend with the package's settings.
"""

import ipaddress
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_dl import settings
from keras_dl.cli import tables
from keras_dl.cli.loading import load_recipe
from keras_dl.cli.paths import check_out
from keras_dl.utils.printing import printable
from keras_dl.utils.processes import SAFE, module_command

if TYPE_CHECKING:
    from keras_dl.space import Hyper

__all__ = [
    "ablate",
    "compare",
    "data",
    "describe_data",
    "doctor",
    "facts",
    "predict",
    "prediction_options",
    "report",
    "run",
    "tune",
    "ui",
]

# MLflow's job runners, for evaluations of language models, are nine processes without use here.
SERVER = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}


def run(name: str, values: Mapping[str, Any]) -> None:
    """Trains a recipe once with the given hyperparameters and options."""
    recipe = load_recipe(name)
    from keras_dl.comparing.cross_validation import run as run_recipe

    options = {option: value for option, value in values.items() if option != "json"}
    if not values.get("json"):
        _print_id(run_recipe(recipe, **options).run_id, options)
        return
    quiet: dict[str, Any] = {"verbose": False, **options}
    result = run_recipe(recipe, **quiet)
    names = ("run_id", "url", "metrics", "values", "notices")
    print(dumps({name: getattr(result, name) for name in names}, indent=1, default=str))


def tune(name: str, values: Mapping[str, Any]) -> None:
    """Searches a recipe's hyperparameters."""
    recipe = load_recipe(name)
    from keras_dl.tuning.search import tune as tune_recipe

    _print_id(tune_recipe(recipe, **values).run_id, values)


def ablate(name: str, values: Mapping[str, Any]) -> None:
    """Measures the effects of a recipe's hyperparameters."""
    recipe = load_recipe(name)
    from keras_dl.comparing import ablate as ablate_recipe

    _print_id(ablate_recipe(recipe, **values).run_id, values)


def compare(names: Sequence[str], values: Mapping[str, Any]) -> None:
    """Compares recipes on the same data and seeds."""
    recipes = [load_recipe(name) for name in names]
    from keras_dl.comparing import compare as compare_recipes

    _print_id(compare_recipes(recipes, **values).run_id, values)


def _print_id(run_id: str, values: Mapping[str, Any]) -> None:
    """Prints the id alone where everything else is silent, for scripts."""
    if not values.get("verbose", True):
        print(run_id)


def prediction_options(run_id: str) -> "Mapping[str, Hyper]":
    """Returns the options that the task of a run declares for predictions, by name."""
    _check_has_model(run_id)
    settings.load_backend()
    from keras_dl.tasks import predicting

    return predicting.options(run_id)


def predict(run_id: str, inputs: Sequence[str], values: Mapping[str, Any]) -> int:
    """Prints the predictions of a run's model, and writes their pictures into `out`.

    Args:
        run_id: id of the run, or its first characters.
        inputs: files, folders, texts or words, as the run's task takes them.
        values: `top`, `out` and the options of the run's task.

    Returns:
        0 if every input has an answer, 1 if some have, 2 if none has.
    """
    check_out(values["out"])
    _check_has_model(run_id)
    settings.load_backend()
    from keras_dl.cli.predictions import print_predictions
    from keras_dl.data.reading import record
    from keras_dl.tasks import predicting

    with record() as reading:
        code = print_predictions(predicting.predictions(run_id, inputs, **values), values["out"])
    for text in reading.notices:
        print(f"! {text}", file=sys.stderr)
    return code


def _check_has_model(run_id: str) -> None:
    """Refuses searches and unknown ids before Keras is loaded."""
    from keras_dl.tracking.model_runs import check_has_model

    check_has_model(run_id)


def report(
    runs: Sequence[str], html: str | None = None, write: str | None = None, json: bool = False
) -> None:
    """Prints the table of all recipes and their tracked runs, or writes it or an HTML page.

    Args:
        runs: ids of runs and names of experiments of the HTML page; none: all.
        html: file of the page.
        write: Markdown file of the table; None: standard output.
        json: whether to print JSON.
    """
    from keras_dl import catalog
    from keras_dl.tracking import report

    if html is not None:
        from keras_dl.html_report import write_page

        page = write_page(Path(html), runs)
        left = f", {page.omitted} figures left out" if page.omitted else ""
        print(printable(f"{html}: {page.runs} runs, {page.size / 1e6:.1f} MB{left}"))
        return
    if json:
        rows = report.make_rows(catalog.entries())
        print(dumps([row.as_dict() for row in rows], indent=1))
        return
    table = report.make_report(catalog.entries())
    if write is None:
        print(printable(table, keep="\n"))
    else:
        report.write_report(table, Path(write))
        print(f"{write}: {len(catalog.names())} recipes")


def ui(host: str, port: int) -> int:
    """Serves MLflow's pages until Ctrl-C.

    Returns:
        The server's exit status.

    Raises:
        ValueError: if the store is a server's, or another program uses the port.
    """
    from keras_dl.tracking import links, server, store

    if store.uri().startswith("http"):
        raise ValueError(
            "`MLFLOW_TRACKING_URI` must not name a server; that one has its own pages. "
            f"Received: {store.place(store.uri())}"
        )
    server.check_port(host, port)
    store.client()  # creates the database if there is none
    place = store.place(store.uri())
    print(f"MLflow pages of {place} on http://{host}:{port}  (Ctrl-C ends them)", flush=True)
    if not _is_loopback(host):
        print(
            f"keras-dl: warning: `host` {printable(host)} is not of this machine alone; everyone "
            "who reaches it can read, change and delete all runs without a password.",
            file=sys.stderr,
            flush=True,
        )
    words = ["ui", "--backend-store-uri", store.uri(), "--host", host, "--port", str(port)]
    serving = subprocess.Popen(
        module_command(server.__name__, *words), env={**SERVER, **os.environ, **SAFE}
    )
    try:
        with links.serving(host, port):
            return serving.wait()
    finally:
        server.end_family(serving.pid)


def _is_loopback(host: str) -> bool:
    """Returns whether only processes of this machine reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def data(action: str, name: str | None) -> None:
    """Lists data sets, prepares one, or lists the folders where they are looked up.

    Args:
        action: "list", "prepare" or "where".
        name: of the data set to prepare.

    Raises:
        ValueError: if the data set to prepare is not named, or is not available; for a name beside
            another action.
    """
    if action != "prepare" and name is not None:
        raise ValueError(f"`NAME` must be left out of keras-dl data {action}. Received: {name!r}")
    from keras_dl import data as sets

    console = tables.terminal()
    if action == "prepare":
        if name is None:
            raise ValueError("`NAME` must be given: keras-dl data prepare NAME")
        print(printable(f"{name}: {sets.prepare(name)}"))
    elif action == "where":
        rows = tables.make_table()
        for place, path in sets.describe_locations().items():
            rows.add_row(tables.cell(place), tables.cell(path))
        console.print(rows)
    else:
        described = sets.describe()
        rows = tables.make_table(*described[0])
        for row in described:
            rows.add_row(*map(tables.cell, row.values()))
        console.print(rows)


def describe_data(name: str | None, values: Mapping[str, Any]) -> None:
    """Prints how a data set is read: examples by class, ranges, decisions, what is left out.

    Args:
        name: of the data set, or its path.
        values: options of the reading.

    Raises:
        ValueError: if no data set is named, or it cannot be read.
    """
    from keras_dl.data.opening import open_dataset

    if name is None:
        raise ValueError("`NAME` must be given: keras-dl data describe NAME")
    reading = {option: value for option, value in values.items() if option != "json"}
    data = open_dataset(name, **reading)
    print(dumps(data.facts(), indent=1) if values.get("json") else data.summary())


def facts(name: str | None) -> int:
    """Prints the facts of a builder, a technique or a recipe, or of all.

    Returns:
        0 if each difference has a reason, else 1.
    """
    settings.load_backend()
    from keras_dl.cli.facts import print_facts

    return print_facts(name)


def doctor(json: bool = False) -> int:
    """Prints what is installed and what is broken.

    Args:
        json: whether to print JSON.

    Returns:
        0 if nothing is broken, else 1.
    """
    from keras_dl.cli.doctor import check_installation

    return check_installation(tables.terminal(), json=json)
