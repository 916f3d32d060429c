"""What the tracked runs say of each recipe's defaults, as a table for a page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keras_dl.catalog import Entry
from keras_dl.recipe import Objective, Score
from keras_dl.space import resolve
from keras_dl.tracking import runs, store
from keras_dl.utils.files import write_atomically

__all__ = ["summary", "write"]

BEGIN, END = "<!-- keras-dl report -->", "<!-- end of report -->"
HEADER = ("recipe", "what", "data", "parameters", "measured", "paper", "training")


def summary(entries: Sequence[Entry]) -> str:
    """A Markdown table: a row a recipe, from its finished runs with default hyperparameters.

    Only whole trainings count: the full budget, every step, float32. Of several runs with one seed
    the latest does. Spread is the standard deviation over seeds; where a recipe draws its data by a
    parameter `draw`, over both.

    Args:
        entries: the recipes.
    """
    found = store.client().search_experiments(filter_string="name != 'Default'")
    rows = [_row(entry, [e.experiment_id for e in found]) for entry in entries]
    lines = [HEADER, ("---",) * len(HEADER), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write(table: str, path: Path) -> None:
    """Puts the table into a page, between the two comments that mark its place.

    Raises:
        ValueError: if the file is missing or has no such place.
    """
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(
            f"`write` must name a file with the lines {BEGIN} and {END}. Received: write={path}"
        )
    write_atomically(path, f"{before}{BEGIN}\n{table}\n{END}{after}")


def _row(entry: Entry, experiments: list[str]) -> tuple[str, ...]:
    objective = entry.settings.get("objective", Objective("val_accuracy", "max"))
    score = entry.settings.get("score") or Score(objective.test_name, objective.direction)
    metric, paper = score.name, score.published
    shown = "–" if paper is None else _words(metric, [paper])
    best = _latest(entry, experiments) if experiments else []
    scores = [r.data.metrics[metric] for r in best if metric in r.data.metrics]
    if not scores:
        return f"`{entry.name}`", entry.title, "–", "–", "not yet", shown, "–"
    counted = f"{int(best[0].data.metrics['parameters']):,}"
    seeds = f"{len(scores)} seed{'s' if len(scores) > 1 else ''}"
    seconds = float(np.mean([r.data.metrics["fit_seconds"] for r in best]))
    measured = f"{_words(metric, scores)}, {seeds}"
    data = best[0].data.tags["dataset"]
    return f"`{entry.name}`", entry.title, data, counted, measured, shown, _time(seconds)


def _latest(entry: Entry, experiments: list[str]) -> list[Any]:
    """The newest whole run of each seed, and of each draw of the data."""
    where = (
        f"tags.recipe = '{entry.name}' "
        "and attributes.status = 'FINISHED' and params.budget = 'full'"
    )
    found = store.client().search_runs(experiments, where, order_by=["attributes.start_time ASC"])
    epochs = str(entry.settings.get("epochs", 10))
    wanted = {k: runs.format_param(v) for k, v in resolve(entry.space, {}).items() if v is not None}
    drawn = wanted.pop("draw", "0")
    latest = {}
    for run in found:
        params = run.data.params
        if run.data.tags["kind"] not in ("run", "final"):
            continue
        known = {k: v for k, v in params.items() if k in entry.space and k != "draw"}
        whole = params.get("epochs") == epochs and "steps_per_epoch" not in params
        if known == wanted and whole and params.get("precision", "float32") == "float32":
            latest[int(params["seed"]), int(params.get("draw", drawn))] = run
    return [latest[key] for key in sorted(latest)]


def _words(metric: str, scores: Sequence[float]) -> str:
    """`0.91 ± 0.07 % errors` of an accuracy, `0.1234 ± 0.002 loss` of anything else."""
    values = np.array(scores, dtype=float)
    name = metric.rpartition("/")[2]
    if name.endswith("accuracy"):
        errors = 100 * (1 - values)
        spread = f" ± {errors.std(ddof=1):.2f}" if len(errors) > 1 else ""
        return f"{errors.mean():.2f}{spread} % errors"
    spread = f" ± {values.std(ddof=1):.2g}" if len(values) > 1 else ""
    return f"{values.mean():.4g}{spread} {name.replace('_', ' ')}"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
