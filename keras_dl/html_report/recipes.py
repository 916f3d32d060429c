"""Recipes of a page: their scores over seeds beside the published ones."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from keras_dl.html_report.charts import score_intervals
from keras_dl.tracking.report import Row, format_scores

__all__ = ["RecipeGroup", "group_recipes"]


@dataclass(frozen=True)
class RecipeGroup:
    """Recipes with one quantity on one data set.

    Attributes:
        title: data set and quantity.
        rows: cells of a table: recipe, title, measured, published, seeds.
        chart: their intervals; None for a single recipe.
    """

    title: str
    rows: list[tuple[str, ...]]
    chart: dict[str, Any] | None


def group_recipes(rows: Sequence[Row]) -> list[RecipeGroup]:
    """Returns the recipes that have runs, those with one quantity, data set and defaults together.

    Args:
        rows: of `keras_dl.tracking.report.make_rows`.
    """
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.order):
        if row.scores:
            other = ", settings other than the defaults" if row.settings else ""
            groups[f"{row.dataset}: {row.score.quantity}{other}"].append(row)
    return [_group(title, own) for title, own in groups.items()]


def _group(title: str, rows: Sequence[Row]) -> RecipeGroup:
    # The best first: errors and losses grow downwards, scores to maximize fall.
    best = sorted(rows, key=lambda r: r.mean, reverse=rows[0].score.direction == "max")
    cells = [
        (r.entry.name, r.entry.title, _measured(r), _published(r), str(len(r.scores))) for r in best
    ]
    is_error = rows[0].score.is_accuracy
    unit = f"{rows[0].score.quantity}, %" if is_error else rows[0].score.quantity
    values = [_value(row) for row in best]
    chart = score_intervals(values, unit, zero=is_error) if len(rows) > 1 else None
    return RecipeGroup(title, cells, chart)


def _measured(row: Row) -> str:
    return format_scores(row) + (f", with {row.settings}" if row.settings else "")


def _value(row: Row) -> dict[str, Any]:
    """Returns a row of the chart; accuracies as errors in percent."""
    low, high = sorted(map(_shown(row), row.interval))
    published = row.score.published
    return {
        "recipe": row.entry.name,
        "mean": _shown(row)(row.mean),
        "low": None if math.isnan(low) else low,
        "high": None if math.isnan(high) else high,
        "published": None if published is None else _shown(row)(published),
    }


def _shown(row: Row) -> Any:
    return (lambda v: round(100 * (1 - v), 4)) if row.score.is_accuracy else (lambda v: v)


def _published(row: Row) -> str:
    value = row.score.published
    if value is None:
        return ""
    text = f"{100 * (1 - value):.2f} %" if row.score.is_accuracy else f"{value:.4g}"
    return f"{text} ({row.score.source})" if row.score.source else text
