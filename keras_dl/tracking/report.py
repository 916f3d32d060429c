"""A table of all recipes with the results of their tracked default runs."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from mlflow.entities import Run

from keras_dl.catalog import Entry
from keras_dl.recipe import Objective, Score
from keras_dl.space import resolve
from keras_dl.tracking import runs, store
from keras_dl.utils.files import write_atomically

__all__ = ["make_report", "write_report"]

BEGIN, END = "<!-- keras-dl report -->", "<!-- end of report -->"
HEADER = ("recipe", "what", "data", "parameters", "measured", "paper", "training")


def make_report(entries: Sequence[Entry]) -> str:
    """Returns a Markdown table with one row per recipe, from finished runs with its defaults.

    Only whole trainings count: the full budget, all steps, float32. Of several runs with the same
    seed the latest counts. The spread is the standard deviation over seeds, and over draws of the
    data if a recipe has a hyperparameter `draw`.

    Args:
        entries: the recipes.
    """
    experiments = store.client().search_experiments(filter_string="name != 'Default'")
    rows = [_row(entry, [e.experiment_id for e in experiments]) for entry in entries]
    lines = [HEADER, ("---",) * len(HEADER), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_report(table: str, path: Path) -> None:
    """Replaces the table of a page, which two comments enclose.

    Raises:
        ValueError: if the file is missing or lacks the comments.
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
    metric, published = score.name, "–"
    if score.published is not None:
        published = _format_score(metric, [score.published])
    latest = _latest_runs(entry, experiments) if experiments else []
    scores = [run.data.metrics[metric] for run in latest if metric in run.data.metrics]
    if not scores:
        return f"`{entry.name}`", entry.title, "–", "–", "not yet", published, "–"
    parameters = f"{int(latest[0].data.metrics['parameters']):,}"
    seeds = f"{len(scores)} seed{'s' if len(scores) > 1 else ''}"
    seconds = float(np.mean([run.data.metrics["fit_seconds"] for run in latest]))
    measured = f"{_format_score(metric, scores)}, {seeds}"
    data = latest[0].data.tags["dataset"]
    return f"`{entry.name}`", entry.title, data, parameters, measured, published, _time(seconds)


def _latest_runs(entry: Entry, experiments: list[str]) -> list[Run]:
    """Returns the latest whole run of each seed, and of each draw of the data."""
    where = (
        f"tags.recipe = '{entry.name}' "
        "and attributes.status = 'FINISHED' and params.budget = 'full'"
    )
    order = ["attributes.start_time ASC"]
    epochs = str(entry.settings.get("epochs", 10))
    values = resolve(entry.space, {})
    defaults = {k: runs.format_param(v) for k, v in values.items() if v is not None}
    draw = defaults.pop("draw", "0")
    latest = {}
    for run in store.client().search_runs(experiments, where, order_by=order):
        params = run.data.params
        if run.data.tags["kind"] not in ("run", "final"):
            continue
        own = {k: v for k, v in params.items() if k in entry.space and k != "draw"}
        whole = params.get("epochs") == epochs and "steps_per_epoch" not in params
        if own == defaults and whole and params.get("precision", "float32") == "float32":
            latest[int(params["seed"]), int(params.get("draw", draw))] = run
    return [latest[key] for key in sorted(latest)]


def _format_score(metric: str, scores: Sequence[float]) -> str:
    """Returns `0.91 ± 0.07 % errors` for accuracies, `0.1234 ± 0.002 loss` for other metrics."""
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
