"""What recipes have reached: the table of README, or the tracked runs of a store."""

import base64
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from keras_dl import catalog

__all__ = ["TrackedRun", "measured_rows", "tracked_runs"]

BEGIN, END = "<!-- keras-dl report -->", "<!-- end of report -->"
FIGURES = 600_000  # characters of a recipe's figures in base64; a figure of a run has about 50,000


@dataclass(frozen=True)
class TrackedRun:
    """The latest finished run of a recipe that has figures.

    Attributes:
        run_id: id of the run.
        date: day on which it started.
        changes: its settings that differ from the recipe's defaults, by name.
        metrics: its metrics on the test set by name.
        figures: its figures as WebP by name.
    """

    run_id: str
    date: str
    changes: dict[str, str]
    metrics: dict[str, float]
    figures: dict[str, bytes]


def measured_rows(readme: Path, store: str | None) -> dict[str, dict[str, str]]:
    """Returns a row for each recipe that has one, by the columns of `keras-dl report`.

    Args:
        readme: file with the committed table.
        store: address of a tracking store whose default runs replace rows of the table; None: none.
    """
    rows = _rows(readme.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0])
    if store is None:
        return rows
    os.environ["MLFLOW_TRACKING_URI"] = store
    from keras_dl.tracking.report import make_report

    own = _rows(make_report(catalog.entries()))
    return rows | {name: row for name, row in own.items() if row["measured"] != "not yet"}


def _rows(table: str) -> dict[str, dict[str, str]]:
    lines = [_cells(line) for line in table.strip().splitlines()]
    return {cells[1].strip("`"): dict(zip(lines[0], cells, strict=True)) for cells in lines[2:]}


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def tracked_runs(store: str) -> dict[str, TrackedRun]:
    """Returns the latest finished run of each recipe that has figures, by recipe.

    Args:
        store: address of a tracking store.
    """
    os.environ["MLFLOW_TRACKING_URI"] = store
    from keras_dl.html_report.pictures import Album
    from keras_dl.tracking.store import all_runs

    latest: dict[str, TrackedRun] = {}
    runs = [run for run in all_runs("") if run.data.tags.get("kind") in ("run", "final")]
    for run in sorted(runs, key=lambda run: run.info.start_time, reverse=True):
        name = run.data.tags.get("recipe", "")
        if name not in catalog.names() or name in latest or run.info.status != "FINISHED":
            continue
        pictures = Album(FIGURES).figures(run)
        if pictures:
            latest[name] = TrackedRun(
                run.info.run_id,
                f"{datetime.fromtimestamp(run.info.start_time / 1000):%Y-%m-%d}",
                _changes(name, run.data.params),
                {n: v for n, v in sorted(run.data.metrics.items()) if n.startswith("test/")},
                {
                    picture.name.replace(" ", "_"): base64.b64decode(picture.source.split(",")[1])
                    for picture in pictures
                },
            )
    return latest


def _changes(name: str, params: dict[str, str]) -> dict[str, str]:
    from keras_dl.tracking.tracked_run import format_param

    entry = catalog.read(catalog.find(name))
    defaults = {hyper.name: hyper.default for hyper in entry.space.values()}
    defaults |= {"epochs": entry.settings.get("epochs", 10)}
    return {
        key: value
        for key, value in params.items()
        if key in defaults and value != format_param(defaults[key])
    }
