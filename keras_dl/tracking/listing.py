"""Tracked runs as rows of a table, with their size on disk; their removal."""

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from urllib.request import url2pathname

from mlflow.entities import Run

from keras_dl import catalog
from keras_dl.recipe import Objective, Score
from keras_dl.tracking import models, store
from keras_dl.utils.files import remove_folder

__all__ = ["RunRow", "clean", "delete", "list_runs"]

TOP = ("run", "search", "comparison", "ablation")  # kinds that are no part of another run
FOLDERS = ("searches", "comparisons", "ablations")  # journals, each named by its run's tag `folder`


@dataclass(frozen=True)
class RunRow:
    """One run.

    Attributes:
        run_id: MLflow's id.
        name: in MLflow's table.
        recipe: name of the recipe.
        dataset: name of the data set.
        kind: "run", "search", "comparison", "ablation", "trial", "seed" or "final".
        status: "FINISHED", "RUNNING", "FAILED" or "KILLED".
        score: "test/accuracy 0.9712", or "" without one.
        value: of the score; None without one.
        started: local time, "2026-11-28 14:05".
        seconds: between start and end; None while it runs.
        size: bytes of its files, models included; None if they are on another machine.
    """

    run_id: str
    name: str
    recipe: str
    dataset: str
    kind: str
    status: str
    score: str
    value: float | None
    started: str
    seconds: float | None
    size: int | None


def list_runs(
    *,
    recipe: str | None = None,
    dataset: str | None = None,
    kind: str | None = None,
    status: str | None = None,
    best: bool = False,
    limit: int | None = None,
) -> list[RunRow]:
    """Returns the tracked runs of this store, the latest first.

    Args:
        recipe: name of the recipe; None: all.
        dataset: name of the data set; None: all.
        kind: of the run; None: those that are no part of another run.
        status: of the run; None: any.
        best: whether to sort by score, best first, instead; runs without one are left out.
        limit: rows at most; None: all.

    Raises:
        ValueError: for `best` where the runs have different scores.
    """
    wanted = {"recipe": recipe, "dataset": dataset, "kind": kind}
    conditions = [f"tags.{n} = '{_quoted(n, v)}'" for n, v in wanted.items() if v is not None]
    if status is not None:
        conditions.append(f"attributes.status = '{status}'")
    experiments = [e.experiment_id for e in store.client().search_experiments()]
    found = store.search(experiments, " and ".join(conditions)) if experiments else []
    found = [r for r in found if "recipe" in r.data.tags]
    if kind is None:
        found = [run for run in found if run.data.tags.get("kind") in TOP]
    found.sort(key=lambda run: run.info.start_time, reverse=True)
    if best:
        found = _best_first(found)
    return [_row(run) for run in found[:limit]]


def delete(run_ids: Sequence[str]) -> list[Run]:
    """Deletes runs with all runs below them; MLflow keeps them until `clean`.

    Args:
        run_ids: ids, or their first characters.

    Returns:
        The deleted runs.

    Raises:
        ValueError: if an id names no run or several, or a run is still running.
    """
    named = [store.find_run(run_id) for run_id in run_ids]
    for run in named:
        if run.info.status == "RUNNING":
            raise ValueError(f"`RUN_ID` must not be running. Received: {run.info.run_id}")
    below = [child for run in named for child in _below(run)]
    deleted = list({run.info.run_id: run for run in (*named, *below)}.values())
    for run in deleted:
        for model in models.logged_models(run):
            store.client().delete_logged_model(model.model_id)
        store.client().delete_run(run.info.run_id)
    return deleted


def clean() -> int:
    """Removes deleted runs for good, with their files, checkpoints and journals.

    Returns:
        Bytes that became free in this folder.

    Raises:
        ValueError: if the store is a server's, or MLflow fails.
    """
    if store.uri().startswith("http"):
        raise ValueError(
            "`MLFLOW_TRACKING_URI` must not name a server, whose own machine removes its files. "
            f"Received: {store.uri()}"
        )
    before = _bytes_in(store.root())
    address = ["--backend-store-uri", store.uri(), "--tracking-uri", store.uri()]
    words = [sys.executable, "-P", "-m", "mlflow", "gc", *address]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = done.stderr.strip().rpartition("\n")[2]
        raise ValueError(f"MLflow could not remove the deleted runs: {reason}")
    experiments = [e.experiment_id for e in store.client().search_experiments()]
    remaining = store.search(experiments, "") if experiments else []
    ids = {run.info.run_id for run in remaining}
    journals = {run.data.tags.get("folder") for run in remaining}
    for folder in (store.root() / "checkpoints").glob("[!.]*"):
        if folder.name not in ids:
            remove_folder(folder)
    for folder in (f for place in FOLDERS for f in (store.root() / place).glob("[!.]*")):
        if folder.is_dir() and folder.name not in journals:
            shutil.rmtree(folder, ignore_errors=True)
    for path in sorted((store.root() / "artifacts").rglob("*"), reverse=True):  # inner ones first
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    return max(0, before - _bytes_in(store.root()))


def _quoted(name: str, value: str) -> str:
    if "'" in value:
        raise ValueError(f"`{name}` must not hold a quotation mark. Received: {name}={value!r}")
    return value


def _below(run: Run) -> list[Run]:
    where = f"tags.mlflow.parentRunId = '{run.info.run_id}'"
    children = store.search(run.info.experiment_id, where)
    return children + [grandchild for child in children for grandchild in _below(child)]


def _best_first(found: Sequence[Run]) -> list[Run]:
    scored = [(run, score, _value(run, score)) for run in found for score in [_score(run)]]
    scored = [row for row in scored if row[2] is not None]
    names = sorted({(score.name, score.direction) for _, score, _ in scored})
    if len(names) > 1:
        raise ValueError(
            "`best` must sort runs with one score; name a recipe or a data set. "
            f"Received: runs with {', '.join(name for name, _ in names)}"
        )
    sign = -1 if names and names[0][1] == "max" else 1
    return [run for run, _, value in sorted(scored, key=lambda row: sign * (row[2] or 0.0))]


def _score(run: Run) -> Score:
    """Returns the score of the run's recipe, or the objective on the test set."""
    name, tags = run.data.tags["recipe"], run.data.tags
    if name in catalog.names():
        declared = catalog.read(catalog.find(name)).settings.get("score")
        if declared is not None:
            return declared
    objective = Objective(tags.get("objective_name", "val_loss"), _direction(tags))
    return Score(objective.test_name, objective.direction)


def _direction(tags: Mapping[str, str]) -> Any:
    return tags.get("objective_direction", "min")


def _value(run: Run, score: Score) -> float | None:
    return run.data.metrics.get(score.name)


def _row(run: Run) -> RunRow:
    tags, info, score = run.data.tags, run.info, _score(run)
    name, value = score.name, _value(run, score)
    if value is None:
        name, value = "objective", run.data.metrics.get("objective")
    ended = info.end_time
    return RunRow(
        run_id=info.run_id,
        name=str(info.run_name),
        recipe=tags["recipe"],
        dataset=tags.get("dataset", ""),
        kind=tags.get("kind", ""),
        status=info.status,
        score="" if value is None else f"{name} {value:.4f}",
        value=value,
        started=datetime.fromtimestamp(info.start_time / 1000).strftime("%Y-%m-%d %H:%M"),
        seconds=None if ended is None else (ended - info.start_time) / 1000,
        size=_size(run),
    )


def _size(run: Run) -> int | None:
    addresses = [run.info.artifact_uri, *(m.artifact_location for m in models.logged_models(run))]
    sizes = [_bytes_at(address) for address in addresses]
    return None if None in sizes else sum(size or 0 for size in sizes)


def _bytes_at(address: str) -> int | None:
    parsed = urlparse(address)
    return _bytes_in(Path(url2pathname(parsed.path))) if parsed.scheme in ("", "file") else None


def _bytes_in(folder: Path) -> int:
    return sum(f.lstat().st_size for f in folder.rglob("*") if f.is_file() and not f.is_symlink())
