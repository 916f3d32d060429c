"""The model card of a run: what the model is, its data, figures and limits, and how to repeat it.

Reference:
    Mitchell et al., 2019, Model Cards for Model Reporting, FAT*, arXiv:1810.03993.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keras_dl import catalog
from keras_dl.data.summary import summary
from keras_dl.recipe import Recipe
from keras_dl.space import format_value
from keras_dl.tracking import store
from keras_dl.tracking.tracked_run import TrackedRun
from keras_dl.utils.intervals import exact_interval, interval_over_seeds, is_proportion

__all__ = ["CARD", "model_card"]

CARD = "card.md"  # among the artifacts of a run
WIDTH = 100  # columns of the summary of the data
# Parameters that may differ between runs of one setting.
INCIDENTAL = {"seed", "devices", "jit_compile"}
TEMPLATE = """# {title}

{description}

{parameters} parameters; run `{run}`, {versions}.

## Data

```
{data}
```

## Hyperparameters

| name | value |
| --- | --- |
{settings}

## Results

The objective is the best value on the validation split, by which the weights were chosen; the test
set was used once, after the training. Intervals of 95 % are those of the drawing of the test set.

| metric | value | interval |
| --- | --- | --- |
{results}

{seeds}

## Limits

{limits}

## Repeat

`keras-dl rerun {run}`, or `keras-dl run --config config.toml` with the file beside this one.
"""


def model_card(
    recipe: Recipe,
    facts: Mapping[str, Any],
    values: Mapping[str, Any],
    metrics: Mapping[str, float],
    tracked: TrackedRun,
    notices: Sequence[str],
) -> str:
    """Returns the model card of a training in Markdown.

    Args:
        recipe: what was trained.
        facts: of its data, as `Data.facts` returns them.
        values: hyperparameters.
        metrics: of the finished run.
        tracked: the run; the store may hold others of the same setting.
        notices: sentences on a doubtful result.
    """
    data = summary(facts)
    settings = "\n".join(f"| {n} | {format_value(v)} |" for n, v in values.items() if v is not None)
    results = "\n".join(
        f"| {name} | {value:.6g} | {_interval(name, value, facts)} |"
        for name, value in sorted(metrics.items())
        if name == "objective" or name.startswith(("test/", "cv/"))
    )
    limits = "\n".join(f"- {text}" for text in _limits(metrics, [*notices, *data.notices]))
    return TEMPLATE.format(
        title=f"{recipe.name} on {facts['name']}",
        description=_description(recipe),
        parameters=f"{metrics['parameters']:,.0f}",
        run=tracked.id,
        versions=tracked.run.data.tags["versions"],
        data=data.text(WIDTH),
        settings=settings,
        results=results,
        seeds=_over_seeds(recipe, facts, metrics, tracked),
        limits=limits,
    )


def _description(recipe: Recipe) -> str:
    """Returns the title, paper and differences of a packaged recipe."""
    if recipe.name not in catalog.names():
        return "A recipe of the user's own; its source is `recipe.py` beside this file."
    entry = catalog.read(catalog.find(recipe.name))
    labels = {"Paper": "Paper", "Differs": "Differences with the recipe's defaults"}
    parts = [f"{text}: {entry.head[n]}" for n, text in labels.items() if n in entry.head]
    return "\n\n".join([f"{entry.title}.", *parts])


def _interval(name: str, value: float, facts: Mapping[str, Any]) -> str:
    """Returns the exact interval of an accuracy on the test set, "" of other metrics."""
    tested = _counted(name, facts)
    if not tested or not 0 <= value <= 1:
        return ""
    low, high = exact_interval(round(value * tested), tested)
    return f"{low:.4f} … {high:.4f}"


def _counted(name: str, facts: Mapping[str, Any]) -> int:
    """Returns the number of test examples of which a metric is the share; 0 for others."""
    is_share = name == "test/accuracy" and facts["targets"]["type"] == "Classes"
    return int(facts["examples"]["test"]) if is_share else 0


def _over_seeds(
    recipe: Recipe, facts: Mapping[str, Any], metrics: Mapping[str, float], tracked: TrackedRun
) -> str:
    """Returns mean and interval over the runs of the store that differ by the seed alone."""
    name, tracked_run = recipe.final_score.name, _read(tracked)
    scores = _scores_by_seed(tracked_run, facts["digest"], name)
    if name in metrics:
        scores[tracked_run.data.params["seed"]] = metrics[name]
    if len(scores) < 2:
        return "One seed: how much the result depends on it is not known."
    values = list(scores.values())
    mean, spread = float(np.mean(values)), float(np.std(values, ddof=1))
    low, high = interval_over_seeds(
        mean,
        spread,
        len(values),
        proportion=is_proportion(name),
        positive=min(values) > 0,
        test_examples=_counted(name, facts),
    )
    return (
        f"Over {len(values)} seeds of this setting ({', '.join(sorted(scores))}), {name} is "
        f"{mean:.4g} ± {spread:.2g}; 95 % interval of the mean {low:.4g} … {high:.4g}."
    )


def _read(tracked: TrackedRun) -> store.Run:
    tracked.flush()
    return store.client().get_run(tracked.id)


def _scores_by_seed(own: store.Run, digest: str, name: str) -> dict[str, float]:
    """Returns a score of the finished runs with the same setting and data."""
    setting = _setting(own)
    condition = f"tags.recipe = '{own.data.tags['recipe']}' and attributes.status = 'FINISHED'"
    return {
        run.data.params["seed"]: run.data.metrics[name]
        for run in store.search(own.info.experiment_id, f"{condition} and tags.kind = 'run'")
        if name in run.data.metrics
        and run.data.tags.get("dataset_digest") == digest
        and _setting(run) == setting
    }


def _setting(run: store.Run) -> dict[str, str]:
    return {name: value for name, value in run.data.params.items() if name not in INCIDENTAL}


def _limits(metrics: Mapping[str, float], notices: Sequence[str]) -> list[str]:
    """Returns sentences on what the figures do not say."""
    majority = metrics.get("test/majority_share")
    baseline = "Always answering the most frequent class has test/accuracy {:.4g}."
    return [
        *notices,
        *([] if majority is None else [baseline.format(majority)]),
        "The figures hold for new examples of the same origin; nothing was measured on others.",
    ]
