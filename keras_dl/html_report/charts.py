"""Charts of a page in Vega-Lite, a grammar of graphics as JSON.

Reference:
    Satyanarayan et al., 2017, Vega-Lite: A Grammar of Interactive Graphics, IEEE TVCG 23(1).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from keras_dl import catalog
from keras_dl.plots.parallel import IDLE, Axis, place
from keras_dl.space import Hyper, Range, Repeat
from keras_dl.tracking import store

__all__ = ["LEARNING_CURVES", "parallel_coordinates", "score_intervals"]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"  # names the grammar; nothing is loaded
WIDTH: Any = "container"
# The page fills in the values: run, step, value.
LEARNING_CURVES: dict[str, Any] = {
    "$schema": SCHEMA,
    "width": WIDTH,
    "height": 320,
    "params": [{"name": "zoom", "select": "interval", "bind": "scales"}],
    "mark": {"type": "line", "point": {"size": 14}, "clip": True, "tooltip": True},
    "encoding": {
        "x": {
            "field": "step",
            "type": "quantitative",
            "title": "epoch",
            "axis": {"tickMinStep": 1, "format": "d"},
        },
        "y": {
            "field": "value",
            "type": "quantitative",
            "title": None,
            "scale": {"zero": False},
        },
        "color": {"field": "run", "type": "nominal", "legend": {"orient": "bottom", "columns": 3}},
        "tooltip": [{"field": name} for name in ("run", "step", "value")],
    },
}


def score_intervals(rows: Sequence[Mapping[str, Any]], title: str, *, zero: bool) -> dict[str, Any]:
    """Returns points with their intervals, one row per recipe, and published figures as ticks.

    Args:
        rows: with `recipe`, `mean`, `low`, `high`, `published` (None without one).
        title: of the axis.
        zero: whether the axis begins at 0.
    """
    x: dict[str, Any] = {"type": "quantitative", "title": title, "scale": {"zero": zero}}
    y = {"field": "recipe", "type": "nominal", "title": None, "sort": None}
    tooltip = [{"field": name} for name in ("recipe", "mean", "low", "high", "published")]
    published = {
        "transform": [{"filter": "isValid(datum.published)"}],
        "mark": {"type": "tick", "thickness": 2, "color": "#d55e00", "size": 16},
        "encoding": {"x": {**x, "field": "published"}, "y": y, "tooltip": tooltip},
    }
    ends = {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y}
    means = {"x": {**x, "field": "mean"}, "y": y, "tooltip": tooltip}
    return {
        "$schema": SCHEMA,
        "width": WIDTH,
        "height": {"step": 26},
        "data": {"values": list(rows)},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 2}, "encoding": ends},
            {"mark": {"type": "point", "filled": True, "size": 70}, "encoding": means},
            published,
        ],
    }


def parallel_coordinates(
    trials: Sequence[store.Run], names: Sequence[str], objective: str, direction: str
) -> dict[str, Any]:
    """Returns a line for each trial over one axis per hyperparameter and one of the objective.

    Numbers of a logarithmic range have a logarithmic axis. A trial whose value is idle goes through
    the tick "idle", so that none is lost; failed trials are left out.

    Args:
        trials: runs with a finite metric `objective`.
        names: searched hyperparameters.
        objective: name of the objective.
        direction: "max" or "min".
    """
    space = _space(trials[0].data.tags["recipe"])
    axes = [
        Axis(name, [_value(t.data.params.get(name)) for t in trials], _is_log(space.get(name)))
        for name in names
    ]
    scores = [run.data.metrics["objective"] for run in trials]
    axes.append(Axis(objective, scores))
    lines, ticks = [], []
    for axis in axes:
        heights, marks = place(axis)
        ticks += [{"axis": axis.name, "height": h, "text": text} for h, text in marks]
        lines += [
            {
                "axis": axis.name,
                "height": float(height),
                "trial": str(run.info.run_name),
                "value": "idle" if value is None else str(value),
                "score": score,
            }
            for run, value, score, height in zip(trials, axis.values, scores, heights, strict=True)
        ]
    return _parallel(lines, ticks, [axis.name for axis in axes], objective, direction)


def _parallel(
    lines: list[dict[str, Any]],
    ticks: list[dict[str, Any]],
    order: list[str],
    objective: str,
    direction: str,
) -> dict[str, Any]:
    """Returns a layer of lines, of which the one below the pointer stands out, and one of ticks."""
    places = _places(order)
    scheme = {"scheme": "viridis", "reverse": direction == "min"}
    colour = {"field": "score", "type": "quantitative", "title": objective, "scale": scheme}
    opacity = {"condition": {"param": "trial", "empty": True, "value": 0.9}, "value": 0.08}
    select = {"type": "point", "fields": ["trial"], "on": "pointerover"}
    line = {
        "params": [{"name": "trial", "select": select}],
        "data": {"values": lines},
        "mark": {"type": "line", "strokeWidth": 1.6, "point": {"size": 22}},
        "encoding": {
            **places,
            "detail": {"field": "trial"},
            "color": colour,
            "opacity": opacity,
            "tooltip": [{"field": name} for name in ("trial", "axis", "value", "score")],
        },
    }
    labels = {
        "data": {"values": ticks},
        "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 10},
        "encoding": {**places, "text": {"field": "text"}},
    }
    return {"$schema": SCHEMA, "width": WIDTH, "height": 340, "layer": [line, labels]}


def _places(order: list[str]) -> dict[str, Any]:
    """Returns the encoding of a point by its axis and its height on it."""
    axis = {"title": None, "labelAngle": -20, "grid": True, "domain": False, "ticks": False}
    scale = {"type": "point", "padding": 0.4}
    heights = {"domain": [IDLE - 0.05, 1.05]}
    return {
        "x": {"field": "axis", "type": "nominal", "sort": order, "axis": axis, "scale": scale},
        "y": {"field": "height", "type": "quantitative", "axis": None, "scale": heights},
    }


def _space(recipe: str) -> dict[str, Hyper]:
    return catalog.read(catalog.find(recipe)).space if recipe in catalog.names() else {}


def _is_log(hyper: Hyper | None) -> bool:
    domain = None if hyper is None else hyper.domain
    domain = domain.item if isinstance(domain, Repeat) else domain
    return isinstance(domain, Range) and domain.log


def _value(text: str | None) -> Any:
    """Returns the value of a parameter: a number, a text, or None where it is idle."""
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        return text
