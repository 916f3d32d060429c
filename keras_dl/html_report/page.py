"""Writes the page: template, style, script and charts in one file that loads nothing."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from rich.console import Console
from rich.progress import track

from keras_dl import catalog
from keras_dl._version import __version__
from keras_dl.html_report.charts import LEARNING_CURVES
from keras_dl.html_report.pictures import Album
from keras_dl.html_report.recipes import group_recipes
from keras_dl.html_report.runs import details, make_row, make_study
from keras_dl.html_report.selection import select
from keras_dl.tracking import store
from keras_dl.tracking.report import make_rows
from keras_dl.utils.files import write_atomically

__all__ = ["Summary", "write_page"]

PAGE = 4_700_000  # characters of library, data and figures; with rows and style below 5 MB


@dataclass(frozen=True)
class Summary:
    """What was written.

    Attributes:
        runs: number of runs, without those below another one.
        omitted: number of figures that had no place.
        size: of the file in bytes.
    """

    runs: int
    omitted: int
    size: int


def write_page(path: Path, words: Sequence[str] = (), *, verbose: bool = True) -> Summary:
    """Writes a self-contained page of tracked runs.

    Args:
        path: file to write.
        words: ids of runs or their first characters, and names of experiments; none: all runs and
            the table of recipes.
        verbose: whether to show progress.

    Raises:
        ValueError: for a path that cannot be written, a word that names no run, an empty store, or
            without the package that holds the library for charts.
    """
    library = _charting_library()
    if path.is_dir() or not path.parent.is_dir():
        raise ValueError(f"`html` must name a file in an existing folder. Received: html={path}")
    selection = select(words)
    shown: dict[str, Any] = {"console": Console(stderr=True, quiet=not verbose), "transient": True}
    runs = {
        run.info.run_id: details(run, selection)
        for run in track(selection.top, "Reading runs", **shown)
    }
    album = Album(PAGE - len(library) - len(_as_json(runs)))
    studies = []
    for run in track(selection.top, "Reading figures", **shown):
        if run.data.tags.get("kind") in ("search", "comparison", "ablation"):
            studies.append(make_study(run, selection, album))
        else:
            runs[run.info.run_id]["pictures"] = [asdict(p) for p in album.figures(run)]
    values = {
        "title": _title(selection.top, words),
        "place": store.place(store.uri()),
        "written": datetime.now().strftime("%Y-%m-%d %H:%M"),
        "version": __version__,
        "groups": [] if words else group_recipes(make_rows(catalog.entries())),
        "studies": studies,
        "rows": [make_row(run) for run in selection.top],
        "runs": runs,
        "curves": LEARNING_CURVES,
        "library": library,
        "omitted": album.omitted,
    }
    text = _environment().get_template("page.html").render(values)
    write_atomically(path, text)
    return Summary(len(runs), album.omitted, len(text.encode()))


def _environment() -> Environment:
    loader = PackageLoader("keras_dl.html_report")
    environment = Environment(loader=loader, autoescape=select_autoescape(), trim_blocks=True)
    environment.filters["as_json"] = _as_json
    return environment


def _as_json(value: Any) -> str:
    """Returns JSON, which has finite numbers only, that cannot end the script around it."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _charting_library() -> str:
    """Returns Vega, Vega-Lite and Vega-Embed as one script."""
    try:
        import vl_convert
    except ModuleNotFoundError:
        raise ValueError(
            "`html` needs the charts of Vega-Lite: pip install 'keras-dl[report]'. Received: html"
        ) from None
    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")).replace(
        "</script", "<\\/script"
    )


def _title(runs: Sequence[store.Run], words: Sequence[str]) -> str:
    if not words:
        return "All tracked runs"
    return runs[0].info.run_name or words[0] if len(runs) == 1 else f"{len(runs)} tracked runs"
