"""Recipes side by side: the same data and seeds, means with intervals, paired tests."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich import box
from rich.table import Table

from keras_dl import options, plots
from keras_dl.failures import Failure, SearchFailed
from keras_dl.recipe import Recipe
from keras_dl.space import resolve, unknown
from keras_dl.tracking import runs, store
from keras_dl.tuning.crew import Crew, Unit, log_leftovers, log_outcome
from keras_dl.tuning.plan import Plan, spooled
from keras_dl.tuning.show import Show, duration

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparison", "Contender", "Row", "compare", "measured", "paired"]

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Contender:
    """One side of a comparison: a recipe with its hyperparameters, under a label."""

    label: str
    recipe: Recipe
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """A contender's result.

    Attributes:
        label: of the contender.
        scores: the metric, one a seed; seeds that failed are left out.
        mean: of the scores.
        low: lower end of the mean's 95 % confidence interval (Student's t).
        high: upper end.
        parameters: of the model.
        seconds: mean time of a training.
        failed: seeds that failed.
    """

    label: str
    scores: dict[int, float]
    mean: float
    low: float
    high: float
    parameters: int
    seconds: float
    failed: int


@dataclass
class Comparison:
    """What `compare` gives back.

    Attributes:
        metric: "test/accuracy" or another.
        direction: "max" or "min".
        rows: best mean first.
        p_values: of the paired t-test of each other row against the first, Holm-adjusted.
        winner: label of the first row if it beats all others at 5 %, else None.
        verdict: the same in a sentence.
        figure: means, intervals and single seeds.
        run_id: of the parent run in MLflow.
        url: link to it.
    """

    metric: str
    direction: str
    rows: list[Row]
    p_values: dict[str, float]
    winner: str | None
    verdict: str
    figure: Any = field(repr=False)
    run_id: str
    url: str

    def to_dataframe(self) -> "pd.DataFrame":
        """One row a contender, best mean first."""
        import pandas as pd

        rows = [dataclasses.asdict(r) | {"p_value": self.p_values.get(r.label)} for r in self.rows]
        return pd.DataFrame(rows)

    def table(self) -> Table:
        """The rows for the terminal."""
        title = f"{self.metric} ({self.direction}), mean and 95 % interval"
        table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for name in ("", "mean", "95 % interval", "seeds", "p (paired)", "parameters", "time"):
            table.add_column(name, justify="left" if not name else "right")
        for row in self.rows:
            p = self.p_values.get(row.label)
            count = f"{len(row.scores)}" + (f" ({row.failed} failed)" if row.failed else "")
            table.add_row(
                row.label,
                f"{row.mean:.4f}",
                f"{row.low:.4f} … {row.high:.4f}",
                count,
                "–" if p is None else f"{p:.3f}",
                f"{row.parameters:,}",
                duration(row.seconds),
            )
        return table


def compare(recipes: Sequence[Recipe], *, data: Any = None, **given: Any) -> Comparison:
    """Trains every recipe with the same seeds on the same data and tests the differences.

    Args:
        recipes: at least two; their objectives must have the same name and direction.
        data: the user's own data in place of the recipes' data sets; see `keras_dl.data.load`.
        **given: options `seeds`, `workers`, `epochs`, `steps`, `budget`, `patience`,
            `precision`, `jit`, `timeout`, `verbose`, and hyperparameters such as `dataset`,
            each for those recipes that have it.

    Raises:
        ValueError, TypeError: for wrong arguments or recipes that cannot be compared.
        SearchFailed: if a recipe failed with every seed.
    """
    plans = _plans(recipes, data, given)
    chosen = plans[0].options
    store.close_dead()
    folder = store.root() / "comparisons" / runs.stamp()
    folder.mkdir(parents=True)
    plans = [spooled(p, folder) for p in plans]
    with Crew(chosen["workers"], folder, chosen["timeout"]) as crew:
        pairs = [Contender(p.recipe.name, p.recipe, p.values({})) for p in plans]
        first = crew.dry_run(plans[0].job(pairs[0].values, 0, folder / "dry_run"))
        total = len(pairs) * chosen["seeds"]
        with Show(total, crew.slots, plans[0].recipe.objective, {}, chosen["verbose"]) as show:
            show.say(f"{total} trainings on {first.facts['name']}, {crew.slots} at a time")
            made = measured(pairs, plans, chosen["seeds"], crew, first.facts, folder, {}, show)
    show.console.print(made.table())
    show.say(made.verdict)
    show.say(f"{made.url}   (after: keras-dl ui)")
    return made


def measured(
    contenders: Sequence[Contender],
    plans: Plan | Sequence[Plan],
    seeds: int,
    crew: Crew,
    facts: Mapping[str, Any],
    folder: Path,
    tags: Mapping[str, Any],
    show: Show,
) -> Comparison:
    """Trains and tests each contender with `seeds` seeds under one parent run, and compares.

    Args:
        contenders: what is compared.
        plans: the options of the trainings, one for all or one a contender.
        seeds: from 0 on, the same for all.
        crew: does the training.
        facts: of the data.
        folder: for the trainings' files.
        tags: further tags of the parent run.
        show: where progress goes.

    Raises:
        SearchFailed: if a contender failed with every seed.
    """
    each = [plans] * len(contenders) if isinstance(plans, Plan) else list(plans)
    experiment = f"{facts['name']}-{contenders[0].recipe.task}"
    name = " vs ".join(c.label for c in contenders)
    parent = runs.start(
        contenders[0].recipe, experiment, name, "comparison", {"seeds": seeds}, tags=tags
    )
    waiting = [(c, p, seed) for seed in range(seeds) for c, p in zip(contenders, each, strict=True)]
    units: dict[tuple[str, int], Unit] = {}  # seed by seed, so that an early end leaves pairs
    try:
        parent.dataset(facts)
        while waiting or crew.units:
            while waiting and crew.free() > 0:
                contender, plan, seed = waiting.pop(0)
                place = folder / contender.label / f"s{seed}"
                job = plan.job(contender.values, seed, place, test=True)
                tracked = _started(contender, plan, seed, parent, facts)
                units[contender.label, seed] = crew.submit(job, tracked)
            for unit in crew.wait():
                _ended(unit, len(waiting) + len(crew.units), show)
        made = _compared(contenders, units, parent)
    except BaseException as error:
        killed = isinstance(error, KeyboardInterrupt)
        for tracked in [*(u.tracked for u in units.values() if not u.done), parent]:
            tracked.end(
                "KILLED" if killed else "FAILED", reason="interrupted" if killed else "crashed"
            )
        raise
    parent.end()
    return made


def paired(
    first: Mapping[int, float], others: Mapping[str, Mapping[int, float]]
) -> dict[str, float]:
    """Two-sided paired t-tests of `first` against each other, over the seeds both have.

    Returns:
        p-values by label, adjusted for their number after Holm; 1 where nothing differs.
    """
    from scipy import stats

    raw: dict[str, float] = {}
    for label, scores in others.items():
        seeds = sorted(set(first) & set(scores))
        gaps = np.array([first[s] - scores[s] for s in seeds])
        if len(gaps) < 2 or np.allclose(gaps, 0):
            raw[label] = 1.0
        elif np.ptp(gaps) == 0:
            raw[label] = 0.0
        else:
            test: Any = stats.ttest_1samp(gaps, 0.0)
            raw[label] = float(test.pvalue)
    adjusted, worst = {}, 0.0
    for rank, label in enumerate(sorted(raw, key=lambda k: raw[k])):
        worst = max(worst, min(1.0, raw[label] * (len(raw) - rank)))
        adjusted[label] = worst
    return adjusted


def _plans(recipes: Sequence[Recipe], data: Any, given: Mapping[str, Any]) -> list[Plan]:
    if len(recipes) < 2 or len({r.name for r in recipes}) < len(recipes):
        names = ", ".join(r.name for r in recipes)
        raise ValueError(
            f"`recipes` must be two or more different ones. Received: {names or 'none'}"
        )
    kinds = {(r.objective, r.task) for r in recipes}
    if len(kinds) > 1:
        raise ValueError(
            f"`recipes` must share task and objective. Received: {sorted(map(str, kinds))}"
        )
    spaces = {r.name: r.space() for r in recipes}
    unknown(
        given,
        [*options.COMPARE, *{n for s in spaces.values() for n in s}],
        "hyperparameter or option",
    )
    chosen = resolve(options.COMPARE, {k: v for k, v in given.items() if k in options.COMPARE})
    plans = []
    for recipe in recipes:
        own = {k: v for k, v in given.items() if k in spaces[recipe.name]}
        values = resolve(spaces[recipe.name], own)
        epochs, steps = options.planned_epochs(recipe.epochs, chosen)
        plans.append(Plan(recipe, {}, {k: values[k] for k in own}, chosen, epochs, steps, data))
    return plans


def _started(
    contender: Contender, plan: Plan, seed: int, parent: runs.Tracked, facts: Mapping[str, Any]
) -> runs.Tracked:
    recipe, name = contender.recipe, f"{contender.label}-s{seed}"
    params = plan.params(contender.values) | {"seed": seed}
    tags = {"contender": contender.label, "seed": seed}
    experiment = f"{facts['name']}-{recipe.task}"
    tracked = runs.start(recipe, experiment, name, "final", params, parent=parent.id, tags=tags)
    tracked.dataset(facts)
    tracked.expect(facts)
    return tracked


def _ended(unit: Unit, left: int, show: Show) -> None:
    unit.done = True
    found, name = unit.result(), unit.tracked.run.info.run_name
    if isinstance(found, Failure):
        unit.tracked.end("FAILED", reason=found.reason, message=str(found)[:500])
        show.say(f"{name} failed ({found.reason}): {found}")
        return
    log_outcome(unit.tracked, found)
    log_leftovers(unit.tracked, unit.job.folder)
    unit.tracked.end()
    tests = ", ".join(f"{k} {v:.4f}" for k, v in found.metrics.items())
    show.say(f"{name}: {tests}  {duration(found.seconds)}, {left} to go")


def _compared(
    contenders: Sequence[Contender], units: Mapping[tuple[str, int], Unit], parent: runs.Tracked
) -> Comparison:
    objective = contenders[0].recipe.objective
    metric = objective.name.replace("val_", "test/", 1)
    rows = [_row(c.label, metric, units) for c in contenders]
    rows.sort(key=lambda r: r.mean, reverse=objective.direction == "max")
    p_values = paired(rows[0].scores, {r.label: r.scores for r in rows[1:]})
    winner = rows[0].label if p_values and max(p_values.values()) < 1 - CONFIDENCE else None
    figure = plots.comparison(
        [r.label for r in rows],
        [r.mean for r in rows],
        [r.low for r in rows],
        [r.high for r in rows],
        [list(r.scores.values()) for r in rows],
        metric,
        direction=objective.direction,
    )
    made = Comparison(
        metric,
        objective.direction,
        rows,
        p_values,
        winner,
        _verdict(rows, p_values, winner, metric),
        figure,
        parent.id,
        parent.url,
    )
    parent.figure(figure, "comparison")
    runs.table(parent, made.to_dataframe().to_csv(index=False), "comparison")
    parent.metrics({"objective": rows[0].mean, **{f"mean/{r.label}": r.mean for r in rows}})
    parent.tags({"verdict": made.verdict})
    return made


def _row(label: str, metric: str, units: Mapping[tuple[str, int], Unit]) -> Row:
    from scipy import stats

    mine = {seed: u.result() for (name, seed), u in units.items() if name == label}
    good = {s: o for s, o in mine.items() if not isinstance(o, Failure)}
    if not good:
        failure = next(iter(mine.values()))
        raise SearchFailed(f"{label} failed with every seed: {failure}")
    scores = {s: o.metrics.get(metric, o.score) for s, o in good.items()}
    values = np.array(list(scores.values()))
    mean = float(values.mean())
    error = float(stats.sem(values)) if len(values) > 1 else float("nan")
    half = (
        float(stats.t.ppf((1 + CONFIDENCE) / 2, len(values) - 1)) * error
        if len(values) > 1
        else float("nan")
    )
    first = next(iter(good.values()))
    seconds = float(np.mean([o.seconds for o in good.values()]))
    return Row(
        label,
        scores,
        mean,
        mean - half,
        mean + half,
        first.parameters,
        seconds,
        len(mine) - len(good),
    )


def _verdict(
    rows: list[Row], p_values: Mapping[str, float], winner: str | None, metric: str
) -> str:
    if len(rows) < 2:
        return f"{rows[0].label}: {metric} {rows[0].mean:.4f}; nothing to compare it with"
    worst = max(p_values.values())
    if winner is not None:
        return (
            f"{winner} wins on {metric}: better than every other at 5 % (largest p = {worst:.3f})"
        )
    return (
        f"No winner on {metric}: the seeds do not tell {rows[0].label} from the rest "
        f"(p = {worst:.3f})"
    )
