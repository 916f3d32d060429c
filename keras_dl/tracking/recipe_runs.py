"""The tracked runs that stand for a recipe: those of its defaults, else those of other settings."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from mlflow.entities import Run

from keras_dl.catalog import Entry
from keras_dl.tracking import store
from keras_dl.tracking.tracked_run import format_param

__all__ = ["recipe_runs"]

# Options that change a result; others of `run` leave it alone.
OPTIONS = {"budget": "full", "epochs": "10", "steps_per_epoch": None, "precision": "float32"}


def recipe_runs(entry: Entry, experiments: Sequence[str]) -> tuple[list[Run], str]:
    """Returns the finished runs that stand for a recipe, and how their settings differ.

    They are the runs with all of its defaults. If there is none, they are the runs that change the
    fewest hyperparameters, of these the longest trainings. Trials of an ablation count, the budget
    "smoke" never.

    Args:
        entry: the recipe.
        experiments: ids of the experiments to search.

    Returns:
        The latest run of each seed, and of each draw of the data; and the flags of the settings,
        such as `--epochs 30 --no-flip`, empty for the defaults.
    """
    groups: dict[tuple[str, ...], list[Run]] = defaultdict(list)
    for run in _scored(entry, experiments):
        flags = tuple(_changed_flags(entry, run.data.params))
        whole = run.data.tags["kind"] in ("run", "final")
        if whole if not flags else run.data.params.get("budget") != "smoke":
            groups[flags].append(run)
    if not groups:
        return [], ""
    flags = min(groups, key=lambda own: (_changes(own), -_seconds(groups[own])))
    return _latest(groups[flags]), " ".join(flags)


def _scored(entry: Entry, experiments: Sequence[str]) -> list[Run]:
    """Returns the finished runs of a recipe with its score, the latest last."""
    where = f"tags.recipe = '{entry.name}' and attributes.status = 'FINISHED'"
    runs = store.client().search_runs(
        list(experiments), where, order_by=["attributes.start_time ASC"]
    )
    return [r for r in runs if entry.score.name in r.data.metrics and "seed" in r.data.params]


def _changed_flags(entry: Entry, params: Mapping[str, str]) -> list[str]:
    """Returns the settings that differ from the defaults, as flags of the command line."""
    expected = OPTIONS | {"epochs": str(entry.settings.get("epochs", OPTIONS["epochs"]))}
    defaults = {k: format_param(h.default) for k, h in entry.space.items() if k != "draw"}
    changed = [k for k in params if k in defaults and params[k] != defaults[k]]
    changed += [k for k in expected if k in params and params[k] != expected[k]]
    if params.get("budget") == "quick":  # the number of epochs follows from it
        changed = [k for k in changed if k != "epochs"]
    flags = [_flag(name, params[name]) for name in changed]
    return flags + [_flag(name, "none") for name in _dropped(entry, params, defaults)]


def _dropped(entry: Entry, params: Mapping[str, str], defaults: Mapping[str, str]) -> list[str]:
    """Returns the active hyperparameters whose default was replaced by none, which has no param."""
    names = []
    for name in (k for k, value in defaults.items() if value != "none" and k not in params):
        when = entry.space[name].when
        if when is None or params.get(when.name, "none") in map(format_param, when.values):
            names.append(name)
    return names


def _flag(name: str, value: str) -> str:
    words = name.replace("_", "-")
    if value in ("true", "false"):
        return f"--{'no-' if value == 'false' else ''}{words}"
    return f"--{words} {value}"


def _changes(flags: Sequence[str]) -> int:
    """Returns the number of changed hyperparameters; -1 for the defaults with the full budget."""
    budget = [_flag(name, "").strip() for name in OPTIONS]
    return sum(flag.split()[0] not in budget for flag in flags) if flags else -1


def _seconds(runs: Sequence[Run]) -> float:
    return max(run.data.metrics.get("fit_seconds", 0.0) for run in runs)


def _latest(runs: Sequence[Run]) -> list[Run]:
    latest = {}
    for run in runs:
        latest[int(run.data.params["seed"]), int(run.data.params.get("draw", 0))] = run
    return [latest[key] for key in sorted(latest)]
