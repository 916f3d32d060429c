"""Tracked runs as rows of a table, with their size on disk."""

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
from keras_dl.utils.files import folder_size
from keras_dl.utils.matching import did_you_mean

__all__ = ["RunRow", "list_runs", "score_of"]

TOP = ("run", "search", "comparison", "ablation")  # kinds that are no part of another run


@dataclass(frozen=True)
class RunRow:
    """One run.

    Attributes:
        run_id: MLflow's id.
        name: in MLflow's table.
        recipe: name of the recipe.
        dataset: name of the data set.
        kind: "run", "search", "comparison", "ablation", "trial", "seed", "final" or "fold".
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
        ValueError: for `best` where the runs have different scores, and for a recipe that neither
            a run nor the package has.
    """
    wanted = {"recipe": recipe, "dataset": dataset, "kind": kind}
    conditions = [f"tags.{n} = '{_quoted(n, v)}'" for n, v in wanted.items() if v is not None]
    if status is not None:
        conditions.append(f"attributes.status = '{status}'")
    experiments = [e.experiment_id for e in store.client().search_experiments()]
    found = store.search(experiments, " and ".join(conditions)) if experiments else []
    if not found and (recipe or dataset):
        _refuse_unknown({"recipe": recipe, "dataset": dataset})
    found = [r for r in found if "recipe" in r.data.tags]
    if kind is None:
        found = [run for run in found if run.data.tags.get("kind") in TOP]
    found.sort(key=lambda run: run.info.start_time, reverse=True)
    if best:
        found = _best_first(found)
    return [_row(run) for run in found[:limit]]


def _refuse_unknown(wanted: Mapping[str, str | None]) -> None:
    """Refuses a recipe that neither a run nor the package has, and a data set close to a run's."""
    tags = [run.data.tags for run in store.all_runs("")]
    for name, value in wanted.items():
        known = {own[name] for own in tags if name in own}
        known |= set(catalog.names()) if name == "recipe" else set()
        if value is None or value in known:
            continue
        hint = did_you_mean(value, known)
        if hint or name == "recipe":
            raise ValueError(
                f"`{name}` must be that of a tracked run.{hint} Received: {name}={value!r}"
            )


def _quoted(name: str, value: str) -> str:
    if "'" in value:
        raise ValueError(f"`{name}` must not hold a quotation mark. Received: {name}={value!r}")
    return value


def _best_first(found: Sequence[Run]) -> list[Run]:
    scores = {run.info.run_id: score_of(run) for run in found}
    scored = [run for run in found if scores[run.info.run_id].name in run.data.metrics]
    names = {(s.name, s.direction) for s in (scores[run.info.run_id] for run in scored)}
    if len(names) > 1:
        raise ValueError(
            "`best` must sort runs with one score; name a recipe or a data set. "
            f"Received: runs with {', '.join(sorted(name for name, _ in names))}"
        )
    for name, direction in names:
        scored.sort(key=lambda run: run.data.metrics[name], reverse=direction == "max")
    return scored


def score_of(run: Run) -> Score:
    """Returns the score of the run's recipe, or the objective on the test set."""
    tags = run.data.tags
    if tags["recipe"] in catalog.names():
        return catalog.read(catalog.find(tags["recipe"])).score
    direction: Any = tags.get("objective_direction", "min")
    objective = Objective(tags.get("objective_name", "val_loss"), direction)
    return Score(objective.test_name, objective.direction)


def _row(run: Run) -> RunRow:
    tags, info, metrics, name = run.data.tags, run.info, run.data.metrics, score_of(run).name
    if name not in metrics:
        name = "objective"
    value = metrics.get(name)
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
    return folder_size(Path(url2pathname(parsed.path))) if parsed.scheme in ("", "file") else None
