"""The runs that a page shows, and their numbers."""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from keras_dl.tracking import store
from keras_dl.tracking.listing import TOP

__all__ = ["Selection", "curves", "is_finite", "select"]

PARENT = "mlflow.parentRunId"
POINTS = 200  # of a curve; a longer one is thinned
LARGEST = sys.float_info.max
Curve = list[tuple[int, float | None]]


@dataclass(frozen=True)
class Selection:
    """Runs of a page.

    Attributes:
        top: runs that are no part of another one, the latest first.
        parts: runs below each run, by its id, in the order of their start.
    """

    top: list[store.Run]
    parts: dict[str, list[store.Run]]

    def below(self, run: store.Run) -> list[store.Run]:
        """Returns the runs below a run, those below them included."""
        own = self.parts.get(run.info.run_id, [])
        return [part for child in own for part in (child, *self.below(child))]


def select(words: Sequence[str]) -> Selection:
    """Returns runs of the store with all that is below them.

    Args:
        words: ids of runs or their first characters, and names of experiments; none: all runs.

    Raises:
        ValueError: if a word names neither or several runs, or the store has no runs.
    """
    runs = [run for run in store.all_runs("") if "recipe" in run.data.tags]
    runs.sort(key=lambda run: run.info.start_time)
    if not runs:
        raise ValueError(
            f"`html` must show a run or more; {store.place(store.uri())} has none. Received: html"
        )
    parts: dict[str, list[store.Run]] = {}
    for run in runs:
        parts.setdefault(run.data.tags.get(PARENT, ""), []).append(run)
    if not words:
        top = [run for run in runs if run.data.tags.get("kind") in TOP]
        return Selection(top[::-1], parts)
    found = {run.info.run_id: run for word in words for run in _named(word, runs)}
    inside = {id_ for id_, run in found.items() if run.data.tags.get(PARENT) in found}
    top = [run for id_, run in found.items() if id_ not in inside]
    top.sort(key=lambda run: run.info.start_time, reverse=True)
    return Selection(top, parts)


def _named(word: str, runs: Sequence[store.Run]) -> list[store.Run]:
    experiment = store.client().get_experiment_by_name(word)
    if experiment is not None:
        return [run for run in runs if run.info.experiment_id == experiment.experiment_id]
    found = [run for run in runs if word and run.info.run_id.startswith(word)]
    if len(found) != 1:
        raise ValueError(
            "`RUN` must be the id of a tracked run, its first characters, or the name of an "
            f"experiment; {len(found) or 'no'} runs match. Received: {word!r}"
        )
    return found


def curves(run: store.Run, *, part: bool = False) -> dict[str, Curve]:
    """Returns the metrics by epoch, thinned where they are long.

    Args:
        run: tracked run.
        part: whether the run is part of another one, of which the objective suffices.

    Returns:
        Steps and values by metric; a value that is not finite is None.
    """
    own = run.data.metrics
    wanted = ["objective"] if part else [n for n in own if n.startswith(("train/", "val/"))]
    histories = {
        name: store.client().get_metric_history(run.info.run_id, name)
        for name in wanted
        if name in own
    }
    return {
        name: _thin([(m.step, m.value if is_finite(m.value) else None) for m in history])
        for name, history in histories.items()
        if len(history) > 1
    }


def is_finite(value: float) -> bool:
    """Returns whether a metric is a finite number; MLflow stores infinity as the largest float."""
    return math.isfinite(value) and abs(value) < LARGEST


def _thin(curve: Curve) -> Curve:
    if len(curve) <= POINTS:
        return curve
    last = len(curve) - 1
    return [curve[round(i * last / (POINTS - 1))] for i in range(POINTS)]
