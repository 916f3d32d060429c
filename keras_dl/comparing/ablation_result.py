"""What an ablation gives: effects, interactions, tables, figures, a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from rich import box
from rich.markup import escape
from rich.table import Table

from keras_dl import plots
from keras_dl.comparing.effects import Effects, effects
from keras_dl.errors import Failure, SearchFailed
from keras_dl.execution.plan import Plan
from keras_dl.space import format_value
from keras_dl.tracking import runs
from keras_dl.tracking.runs import TrackedRun
from keras_dl.tracking.views import view

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Ablation", "concluded", "settings_label"]

SHOWN = 12  # interactions in the terminal


@dataclass
class Ablation:
    """What `ablate` gives back.

    Attributes:
        metric: "test/accuracy" or another.
        direction: "max" or "min".
        levels: levels by factor, the one that gains are counted from in front.
        rows: one a training: levels, "seed", "score" (None where it failed), "reason".
        effects: main effects, interactions, shares of the variance.
        verdict: the largest proven effects in a sentence.
        figures: "main_effects"; "curves" by epoch; "interactions" of two factors or more.
        run_id: of the parent run in MLflow.
        url: link to its trainings, best first.
    """

    metric: str
    direction: str
    levels: dict[str, tuple[Any, ...]]
    rows: list[dict[str, Any]]
    effects: Effects
    verdict: str
    figures: dict[str, Any] = field(repr=False)
    run_id: str
    url: str

    def to_dataframe(self) -> "pd.DataFrame":
        """One row a training."""
        import pandas as pd

        return pd.DataFrame(self.rows)

    def table(self) -> Table:
        """Main effects for the terminal."""
        title = f"{self.metric} ({self.direction}) by factor, over all levels of the others"
        table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for name in ("factor", "level", "mean", "gain", "95 % interval", "p (Holm)", "n"):
            left = name in ("factor", "level")
            table.add_column(name, justify="left" if left else "right", no_wrap=not left)
        last = ""
        for e in self.effects.main:
            mine = [r for r in self.rows if r[e.factor] == e.level]
            failed = sum(r["score"] is None for r in mine)
            counted = f"{len(mine)}" + (f" ({failed} failed)" if failed else "")
            gain = ("–", "–", "–")
            if e.p is not None:
                gain = (f"{e.gain:+.4f}", f"{e.gain_low:+.4f} … {e.gain_high:+.4f}", _p(e.p))
            named = e.factor if e.factor != last else ""
            level = escape(format_value(e.level))
            table.add_row(escape(named), level, f"{e.mean:.4f}", *gain, counted)
            last = e.factor
        shares = [f"{n} {v:.0%}" for n, v in self.effects.shares.items() if v >= 0.005]
        table.caption, table.caption_justify = "Variance: " + ", ".join(shares), "left"
        return table

    def interaction_table(self) -> Table | str:
        """The surest interactions for the terminal."""
        found = self.effects.interactions
        if not found:
            return "Too few settings for interactions" if len(self.levels) > 1 else ""
        title = "Interactions: gain of both levels beyond the sum of their own gains"
        table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for name in ("levels", "gain", "95 % interval", "p (Holm)"):
            left = name == "levels"
            table.add_column(name, justify="left" if left else "right", no_wrap=not left)
        for i in found[:SHOWN]:
            pair = zip(i.factors, i.levels, strict=True)
            both = " & ".join(f"{n}={format_value(v)}" for n, v in pair)
            interval = f"{i.low:+.4f} … {i.high:+.4f}"
            table.add_row(escape(both), f"{i.gain:+.4f}", interval, _p(i.p))
        if len(found) > SHOWN:
            table.caption = f"{SHOWN} of {len(found)}, the surest first"
            table.caption_justify = "left"
        return table


def settings_label(setting: Mapping[str, Any]) -> str:
    """A setting in words: `activation=relu batch_norm=true`."""
    return " ".join(f"{n}={format_value(v)}" for n, v in setting.items())


def concluded(
    plan: Plan,
    levels: dict[str, tuple[Any, ...]],
    design: Sequence[Mapping[str, Any]],
    units: Mapping[tuple[int, int], Any],
    parent: TrackedRun,
) -> Ablation:
    """Fits the effects, draws them and writes them to the parent run.

    Raises:
        SearchFailed: if too few trainings ended well.
    """
    objective = plan.recipe.objective
    measure = plan.recipe.test_score
    metric, rows, curves = measure.name, [], []
    for (index, seed), unit in units.items():
        found = unit.result()
        good = not isinstance(found, Failure)
        score = found.metrics.get(metric, found.score) if good else None
        reason = "" if good else found.reason
        rows.append({**design[index], "seed": seed, "score": score, "reason": reason})
        curves.append(found.history[objective.name] if good else [])
    fine = [r for r in rows if r["score"] is not None]
    try:
        told = effects(levels, fine, [r["seed"] for r in fine], [r["score"] for r in fine])
    except (ValueError, IndexError) as error:
        reasons = ", ".join(sorted({r["reason"] for r in rows if r["reason"]}))
        raise SearchFailed(
            f"{len(rows) - len(fine)} trainings failed ({reasons}): {error}"
        ) from error
    links = view(
        parent.run.info.experiment_id,
        parent.id[:12],
        f"tags.ablation = '{parent.id}'",
        measure.direction,
        [*levels, "seed"],
        (metric, "objective"),
    )
    figures = _drawn(levels, rows, curves, told, metric, objective.name)
    said = _verdict(told, metric, measure.direction)
    made = Ablation(
        metric, measure.direction, levels, rows, told, said, figures, parent.id, links.table
    )
    _written(made, parent, links.chart)
    return made


def _written(made: Ablation, parent: TrackedRun, chart: str) -> None:
    for name, figure in made.figures.items():
        parent.figure(figure, name)
    runs.table(parent, made.to_dataframe().to_csv(index=False), "trainings")
    gains = {f"gain/{e.factor}/{format_value(e.level)}": e.gain for e in made.effects.main if e.p}
    shares = {f"share/{n.replace('×', ' x ')}": v for n, v in made.effects.shares.items()}
    scores = [r["score"] for r in made.rows if r["score"] is not None]
    parent.metrics({"objective": float(np.mean(scores)), **shares})
    parent.metrics({_plain(name): gain for name, gain in gains.items()})
    note = f"{made.verdict}\n\n[Trainings]({made.url}) · [side by side]({chart})"
    parent.tags({"verdict": made.verdict, "mlflow.note.content": note})


def _drawn(
    levels: Mapping[str, Sequence[Any]],
    rows: Sequence[Mapping[str, Any]],
    curves: Sequence[Sequence[float]],
    told: Effects,
    metric: str,
    watched: str,
) -> dict[str, Any]:
    def of(name: str, level: Any) -> list[int]:
        wanted = (i for i, r in enumerate(rows) if r[name] == level)
        return [i for i in wanted if rows[i]["score"] is not None]

    main = told.main
    drawn = {
        "main_effects": plots.main_effects(
            [e.factor for e in main],
            [format_value(e.level) for e in main],
            [e.mean for e in main],
            [e.low for e in main],
            [e.high for e in main],
            [[rows[i]["score"] for i in of(e.factor, e.level)] for e in main],
            metric,
        ),
    }
    if max(map(len, curves)) > 1:
        drawn["curves"] = plots.curves_by_level(
            {
                name: {format_value(v): [curves[i] for i in of(name, v)] for v in found}
                for name, found in levels.items()
            },
            watched,
        )
    pairs = list(combinations(levels, 2))
    if pairs:
        tables = [
            np.array([[_mean(rows, {a: x, b: y}) for y in levels[b]] for x in levels[a]])
            for a, b in pairs
        ]
        words = {n: [format_value(v) for v in found] for n, found in levels.items()}
        drawn["interactions"] = plots.interaction_lines(pairs, words, tables, metric)
    return drawn


def _mean(rows: Sequence[Mapping[str, Any]], setting: Mapping[str, Any]) -> float:
    found = [r["score"] for r in rows if all(r[n] == v for n, v in setting.items())]
    fine = [score for score in found if score is not None]
    return float(np.mean(fine)) if fine else float("nan")


def _verdict(told: Effects, metric: str, direction: str) -> str:
    sure = [e for e in told.main if e.p is not None and e.p < 0.05]
    if not sure:
        return f"No factor shows an effect on {metric} at 5 %; more seeds may"
    sure.sort(key=lambda e: -abs(e.gain))
    parts = []
    for e in sure[:3]:
        helps = (e.gain > 0) == (direction == "max")
        level = f"{e.factor}={format_value(e.level)}"
        parts.append(
            f"{level} {'helps' if helps else 'harms'} by {abs(e.gain):.4f} "
            f"({e.gain_low:+.4f} … {e.gain_high:+.4f})"
        )
    joint = [i for i in told.interactions if i.p < 0.05]
    note = "; effects depend on each other, see the interactions" if joint else ""
    return f"{metric}: " + ", ".join(parts) + note


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else "<0.001"


def _plain(name: str) -> str:
    """MLflow's names of metrics have letters, digits, blanks and a few signs."""
    return "".join(c if c.isalnum() or c in "_-. /" else "_" for c in name)
