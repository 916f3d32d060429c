"""Runs of a page: rows of its table, and the studies that have runs below them."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markdown_it import MarkdownIt

from keras_dl.execution.progress import format_duration
from keras_dl.html_report.charts import parallel_coordinates
from keras_dl.html_report.pictures import Album, Picture
from keras_dl.html_report.selection import Selection, curves, is_finite
from keras_dl.tracking import links, store
from keras_dl.tracking.listing import score_of

__all__ = ["RunRow", "Study", "details", "make_row", "make_study"]

MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class RunRow:
    """A row of the table of runs.

    Attributes:
        id: of the run.
        name: of the run.
        recipe: its recipe.
        dataset: its data.
        kind: "run", "search", "comparison" or "ablation".
        status: "finished", "failed", …
        score: name of its score.
        value: of the score; None without one.
        seconds: of the run; None while it runs.
        started: local time.
    """

    id: str
    name: str
    recipe: str
    dataset: str
    kind: str
    status: str
    score: str
    value: float | None
    seconds: float | None
    started: str

    @property
    def time(self) -> str:
        """Duration in words; "" while the run goes on."""
        return "" if self.seconds is None else format_duration(self.seconds)


@dataclass(frozen=True)
class Study:
    """A search, a comparison or an ablation.

    Attributes:
        row: of its run.
        note: its description as HTML: verdict and table.
        chart: of its trials; None without any.
        pictures: its figures.
    """

    row: RunRow
    note: str
    chart: dict[str, Any] | None
    pictures: list[Picture]


def make_row(run: store.Run) -> RunRow:
    """Returns the row of a run."""
    tags, info, metrics = run.data.tags, run.info, run.data.metrics
    score = score_of(run).name
    score = score if score in metrics else "objective"
    started = datetime.fromtimestamp(info.start_time / 1000)
    return RunRow(
        id=info.run_id,
        name=str(info.run_name),
        recipe=tags["recipe"],
        dataset=tags.get("dataset", ""),
        kind=tags.get("kind", ""),
        status=info.status.lower(),
        score=score if score in metrics else "",
        value=metrics.get(score),
        seconds=None if info.end_time is None else (info.end_time - info.start_time) / 1000,
        started=started.strftime("%Y-%m-%d %H:%M"),
    )


def make_study(run: store.Run, selection: Selection, album: Album) -> Study:
    """Returns a search, comparison or ablation with its description, chart and figures."""
    note = run.data.tags.get("mlflow.note.content", "")
    # In MLflow's pages links are relative to them.
    note = note.replace("](#/", f"]({links.base_url()}/#/")
    return Study(make_row(run), MARKDOWN.render(note), _chart(run, selection), album.figures(run))


def _chart(run: store.Run, selection: Selection) -> dict[str, Any] | None:
    names = [name for name in run.data.params.get("search", "").split(",") if name]
    parts = selection.parts.get(run.info.run_id, [])
    trials = [
        part
        for part in parts
        if part.data.tags.get("kind") == "trial"
        and is_finite(part.data.metrics.get("objective", math.nan))
    ]
    if not (names and trials):
        return None
    tags = run.data.tags
    return parallel_coordinates(trials, names, tags["objective_name"], tags["objective_direction"])


def details(run: store.Run, selection: Selection) -> dict[str, Any]:
    """Returns what the page shows of a run on demand, in values of JSON, without its figures.

    Args:
        run: the run.
        selection: has the runs below it.
    """
    below = selection.below(run)
    return {
        "name": str(run.info.run_name),
        "params": dict(sorted(run.data.params.items())),
        "metrics": {n: v for n, v in sorted(run.data.metrics.items()) if is_finite(v)},
        "curves": curves(run),
        "parts": [{"name": str(p.info.run_name), "curves": curves(p, part=True)} for p in below],
        "pictures": [],
        "digest": run.data.tags.get("dataset_digest", ""),
        "versions": run.data.tags.get("versions", ""),
    }
