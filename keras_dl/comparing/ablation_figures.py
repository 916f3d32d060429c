"""Figures of an ablation: main effects, curves by level, interactions, label efficiency."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_dl import plots
from keras_dl.comparing.effects import Effects
from keras_dl.space import format_value

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw_figures"]

Levels = Mapping[str, Sequence[object]]
Rows = Sequence[Mapping[str, Any]]


def draw_figures(
    levels: Levels,
    rows: Rows,
    effects: Effects,
    curves: Sequence[list[float]],
    metrics: tuple[str, str],
) -> "dict[str, Figure]":
    """Draws main effects, the course of training by level, and interactions.

    Args:
        levels: levels by factor.
        rows: one per training: levels and "score", None if it failed.
        effects: main effects with intervals.
        curves: objective after each epoch, one list per row, empty if it failed.
        metrics: names of the score and of the objective.

    Returns:
        "main_effects"; "curves" of two epochs or more; "interactions" of two factors or more;
        "label_efficiency" if the factor "labels" varies beside one or two others.
    """
    metric, objective = metrics
    figures = {"main_effects": _draw_main_effects(levels, rows, effects, metric)}
    if max(map(len, curves)) > 1:
        figures["curves"] = plots.curves_by_level(_by_level(levels, rows, curves), objective)
    if len(levels) > 1:
        figures["interactions"] = _draw_interactions(levels, rows, metric)
    if len(levels.get("labels", ())) > 1 and len(levels) in (2, 3):
        figures["label_efficiency"] = _draw_label_efficiency(levels, rows, metric)
    return figures


def _draw_main_effects(levels: Levels, rows: Rows, effects: Effects, metric: str) -> "Figure":
    main, scores = effects.main, _by_level(levels, rows, [[r["score"]] for r in rows])
    return plots.main_effects(
        [e.factor for e in main],
        [format_value(e.level) for e in main],
        [e.mean for e in main],
        [e.low for e in main],
        [e.high for e in main],
        [[s for (s,) in scores[e.factor][format_value(e.level)]] for e in main],
        metric,
    )


def _draw_interactions(levels: Levels, rows: Rows, metric: str) -> "Figure":
    pairs = list(combinations(levels, 2))
    tables = [
        np.array([[_mean(rows, {a: x, b: y}) for y in levels[b]] for x in levels[a]])
        for a, b in pairs
    ]
    labels = {n: [format_value(v) for v in own] for n, own in levels.items()}
    return plots.interaction_lines(pairs, labels, tables, metric)


def _draw_label_efficiency(levels: Levels, rows: Rows, metric: str) -> "Figure":
    """Draws the first factor beside "labels" as curves, a second one as panels.

    A level that switches the first factor off is what differences are taken from.
    """
    counts: list[Any] = sorted(levels["labels"])  # type: ignore[type-var]
    curve, *panel = [name for name in levels if name != "labels"]
    settings = [{panel[0]: value} for value in levels[panel[0]]] if panel else [{}]
    methods = sorted(levels[curve], key=lambda level: level not in (False, None, "none"))
    seeds = sorted({row["seed"] for row in rows})

    def table(setting: Mapping[str, object]) -> np.ndarray:
        cells = [
            [_mean(rows, {**setting, "labels": count, "seed": seed}) for seed in seeds]
            for count in counts
        ]
        return np.array(cells)

    panels = {
        ", ".join(f"{n} {format_value(v)}" for n, v in setting.items()) or curve: {
            f"{curve} {format_value(value)}": table({**setting, curve: value}) for value in methods
        }
        for setting in settings
    }
    return plots.label_efficiency(counts, panels, metric)


def _by_level(
    levels: Levels, rows: Rows, curves: Sequence[list[float]]
) -> dict[str, dict[str, list[list[float]]]]:
    """Groups the curves of finished trainings by factor and level."""
    pairs = [(r, c) for r, c in zip(rows, curves, strict=True) if r["score"] is not None]
    return {
        name: {format_value(v): [c for r, c in pairs if r[name] == v] for v in own}
        for name, own in levels.items()
    }


def _mean(rows: Rows, setting: Mapping[str, object]) -> float:
    scores = [r["score"] for r in rows if all(r[n] == v for n, v in setting.items())]
    finished = [score for score in scores if score is not None]
    return float(np.mean(finished)) if finished else float("nan")
