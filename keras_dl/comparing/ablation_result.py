"""Result of an ablation: effects, interactions, tables, figures, a verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from rich import box
from rich.markup import escape
from rich.table import Table

from keras_dl import plots
from keras_dl.comparing.ablation_figures import draw_figures
from keras_dl.comparing.effects import Effects, estimate_effects
from keras_dl.comparing.results import majority_caption, majority_share
from keras_dl.comparing.statistics import LEAST_SEEDS, format_p
from keras_dl.errors import Failure, SearchFailed
from keras_dl.execution.parent_run import score_of
from keras_dl.recipe import Recipe
from keras_dl.space import format_value
from keras_dl.tracking.links import in_page
from keras_dl.tracking.tracked_run import TrackedRun
from keras_dl.tracking.views import view
from keras_dl.training.job import Outcome
from keras_dl.utils.intervals import is_proportion
from keras_dl.utils.notebook import (
    figures_to_html,
    table_to_html,
    table_to_markdown,
    text_to_html,
    to_html,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["Ablation", "make_ablation", "settings_label"]

MAX_ROWS = 12  # interactions in the terminal


@dataclass
class Ablation:
    """Result of `ablate`.

    Attributes:
        metric: "test/accuracy" or another.
        direction: "max" or "min".
        levels: levels by factor; gains are relative to the first.
        rows: one per training: levels, "seed", "score" (None if it failed), "reason".
        effects: main effects, interactions, shares of the variance.
        verdict: the largest significant effects in a sentence; none from fewer than three seeds.
        figures: "main_effects"; "curves" by epoch; "interactions" of two factors or more.
        run_id: id of the parent run in MLflow.
        url: link to its trainings, best first.
        majority_share: accuracy of always predicting the most frequent class, for accuracies.
    """

    metric: str
    direction: str
    levels: dict[str, tuple[Any, ...]]
    rows: list[dict[str, Any]] = field(repr=False)
    effects: Effects = field(repr=False)
    verdict: str
    figures: "dict[str, Figure]" = field(repr=False)
    run_id: str
    url: str
    majority_share: float | None = None

    def to_dataframe(self) -> "pd.DataFrame":
        """Returns one row per training."""
        import pandas as pd

        return pd.DataFrame(self.rows)

    def _repr_html_(self) -> str:
        joint = self.interaction_table()
        parts = [
            table_to_html(self.table()),
            text_to_html(joint) if isinstance(joint, str) else table_to_html(joint),
            figures_to_html(self.figures),
        ]
        return to_html(self.verdict, parts, self.url)

    def table(self) -> Table:
        """Returns the main effects for the terminal."""
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
                gain = (f"{e.gain:+.4f}", f"{e.gain_low:+.4f} … {e.gain_high:+.4f}", format_p(e.p))
            named = e.factor if e.factor != last else ""
            level = escape(format_value(e.level))
            table.add_row(escape(named), level, f"{e.mean:.4f}", *gain, counted)
            last = e.factor
        shares = [f"{n} {v:.0%}" for n, v in self.effects.shares.items() if v >= 0.005]
        lines = ["Variance: " + ", ".join(shares), majority_caption(self.majority_share)]
        if self.effects.is_fraction:
            lines.append(_fraction_note(self.effects))
        table.caption, table.caption_justify = "\n".join(filter(None, lines)), "left"
        return table

    def interaction_table(self) -> Table | str:
        """Returns the most significant interactions for the terminal."""
        interactions = self.effects.interactions
        if not interactions:
            return "Too few settings for interactions" if len(self.levels) > 1 else ""
        title = "Interactions: gain of both levels beyond the sum of their own gains"
        table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for name in ("levels", "gain", "95 % interval", "p (Holm)"):
            left = name == "levels"
            table.add_column(name, justify="left" if left else "right", no_wrap=not left)
        for i in interactions[:MAX_ROWS]:
            pair = zip(i.factors, i.levels, strict=True)
            both = " & ".join(f"{n}={format_value(v)}" for n, v in pair)
            interval = f"{i.low:+.4f} … {i.high:+.4f}"
            table.add_row(escape(both), f"{i.gain:+.4f}", interval, format_p(i.p))
        if len(interactions) > MAX_ROWS:
            table.caption = f"{MAX_ROWS} of {len(interactions)}, the most significant first"
            table.caption_justify = "left"
        return table


def settings_label(setting: Mapping[str, Any]) -> str:
    """Returns the setting as text: `activation=relu batch_norm=true`."""
    return " ".join(f"{n}={format_value(v)}" for n, v in setting.items())


def make_ablation(
    recipe: Recipe,
    levels: dict[str, tuple[Any, ...]],
    results: Sequence[tuple[Mapping[str, object], int, Outcome | Failure]],
    parent: TrackedRun,
    dataset: str,
) -> Ablation:
    """Fits the effects, draws them and writes them to the parent run.

    Args:
        recipe: declares score and objective.
        levels: levels by factor.
        results: setting, seed and outcome or failure of each training.
        parent: run of the ablation.
        dataset: name of the data set.

    Raises:
        SearchFailed: if too few trainings ended well.
        ValueError: if a training did not measure the score.
    """
    score, objective = recipe.test_score, recipe.objective.name
    rows = [_make_row(recipe, *result) for result in results]
    effects = _estimate(levels, rows, score.name)
    curves = [[] if isinstance(r, Failure) else r.history[objective] for _, _, r in results]
    links = view(
        parent.run.info.experiment_id,
        parent.id[:12],
        f"tags.ablation = '{parent.id}'",
        score.direction,
        [*levels, "seed"],
        (score.name, "objective"),
    )
    figures = draw_figures(levels, rows, effects, curves, (score.name, objective))
    for figure in figures.values():
        plots.add_title(figure, f"{recipe.name} on {dataset}")
    seeds = len({row["seed"] for row in rows if row["score"] is not None})
    verdict = _make_verdict(effects, score.name, score.direction, seeds)
    ablation = Ablation(
        score.name,
        score.direction,
        levels,
        rows,
        effects,
        verdict,
        figures,
        parent.id,
        links.table,
        majority_share(score.name, (result for _, _, result in results)),
    )
    _log(ablation, parent, links.chart)
    return ablation


def _make_row(
    recipe: Recipe, setting: Mapping[str, object], seed: int, result: Outcome | Failure
) -> dict[str, Any]:
    if isinstance(result, Failure):
        return {**setting, "seed": seed, "score": None, "reason": result.reason}
    return {**setting, "seed": seed, "score": score_of(recipe.test_score, result), "reason": ""}


def _estimate(
    levels: Mapping[str, Sequence[object]], rows: list[dict[str, Any]], metric: str
) -> Effects:
    finished = [r for r in rows if r["score"] is not None]
    seeds, scores = [r["seed"] for r in finished], [r["score"] for r in finished]
    try:
        return estimate_effects(levels, finished, seeds, scores, proportion=is_proportion(metric))
    except (ValueError, IndexError) as error:
        reasons = ", ".join(sorted({r["reason"] for r in rows if r["reason"]}))
        raise SearchFailed(
            f"{len(rows) - len(finished)} trainings failed ({reasons}): {error}"
        ) from error


def _log(ablation: Ablation, parent: TrackedRun, chart: str) -> None:
    for name, figure in ablation.figures.items():
        parent.figure(figure, name)
    parent.text(ablation.to_dataframe().to_csv(index=False), "trainings.csv")
    effects = ablation.effects
    gains = {
        f"gain/{e.factor}/{format_value(e.level)}": e.gain for e in effects.main if e.p is not None
    }
    shares = {f"share/{n.replace('×', ' x ')}": v for n, v in effects.shares.items()}
    scores = [r["score"] for r in ablation.rows if r["score"] is not None]
    parent.metrics({"objective": float(np.mean(scores)), **shares})
    if ablation.majority_share is not None:
        parent.metrics({"test/majority_share": ablation.majority_share})
    parent.metrics({_metric_name(name): gain for name, gain in gains.items()})
    link = f"[Trainings]({in_page(ablation.url)}) · [side by side]({in_page(chart)})"
    parent.tags({"verdict": ablation.verdict})
    parent.note(f"**{ablation.verdict}**\n\n{link}\n\n{table_to_markdown(ablation.table())}")


def _make_verdict(effects: Effects, metric: str, direction: str, seeds: int) -> str:
    if seeds < LEAST_SEEDS:
        return (
            f"No verdict on {metric} from {seeds} seed{'s' * (seeds > 1)}; it needs {LEAST_SEEDS} "
            "or more"
        )
    significant = [e for e in effects.main if e.p is not None and e.p < 0.05]
    mixed = f". {_fraction_note(effects)}" if effects.is_fraction else ""
    if not significant:
        more = "settings" if effects.is_fraction else "seeds"
        return f"No factor shows an effect on {metric} at 5 %; more {more} may{mixed}"
    significant.sort(key=lambda e: -abs(e.gain))
    parts = []
    for e in significant[:3]:
        helps = (e.gain > 0) == (direction == "max")
        level = f"{e.factor}={format_value(e.level)}"
        parts.append(
            f"{level} {'helps' if helps else 'harms'} by {abs(e.gain):.4f} "
            f"({e.gain_low:+.4f} … {e.gain_high:+.4f})"
        )
    joint = [i for i in effects.interactions if i.p < 0.05]
    note = "; effects depend on each other, see the interactions" if joint else ""
    return f"{metric}: " + ", ".join(parts) + note + mixed


def _fraction_note(effects: Effects) -> str:
    return (
        f"{effects.settings} of {effects.combinations} settings: a gain may contain interactions, "
        "and its error is that between settings"
    )


def _metric_name(name: str) -> str:
    """Replaces the characters that MLflow refuses in names of metrics."""
    return "".join(c if c.isalnum() or c in "_-. /" else "_" for c in name)
