"""Learning curves: losses and metrics by epoch."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from keras_dl.plots._style import COLOURS, disable_axis_offset, new_figure, set_integer_x_axis

__all__ = ["learning_curves"]

_WIDE = 50  # a factor: losses that span more are drawn on a logarithmic axis


def learning_curves(history: Mapping[str, Sequence[float]]) -> Figure:
    """Draws losses on the left and all other metrics on the right, by epoch.

    Solid lines are training, dashed lines validation; each metric of a panel has its own colour.
    Without other metrics there is one panel; `elo` has one of its own. `learning_rate`, added by
    Keras' callbacks, is omitted.

    Args:
        history: values per epoch by metric, as in `keras.callbacks.History.history`; names
            that start with "val_" are the validation values of the metric after it.

    Returns:
        The figure.

    Raises:
        ValueError: if `history` holds no values.
    """
    curves = {name: np.array(values, dtype=float) for name, values in history.items()}
    curves = {name: y for name, y in curves.items() if y.size and "learning_rate" not in name}
    if not curves:
        raise ValueError(
            "`history` must hold at least one value of one metric; it maps metrics to their "
            f"values per epoch. Received: history={dict(history)!r}"
        )
    losses = {name: y for name, y in curves.items() if name.endswith("loss")}
    ratings = {name: y for name, y in curves.items() if name == "elo"}
    others = {name: y for name, y in curves.items() if name not in {**losses, **ratings}}
    panels = [panel for panel in (losses, others, ratings) if panel]
    figure = new_figure(4.6 * len(panels) + 0.4, 3.8)
    for axes, panel in zip(np.ravel(figure.subplots(1, len(panels))), panels, strict=True):
        _draw(axes, panel)
    return figure


def _draw(axes: Axes, curves: Mapping[str, np.ndarray]) -> None:
    metrics = list(dict.fromkeys(name.removeprefix("val_") for name in curves))
    for name, values in curves.items():
        metric = name.removeprefix("val_")
        colour = metrics.index(metric) if len(metrics) > 1 else list(curves).index(name)
        part = "validation" if name.startswith("val_") else "training"
        axes.plot(
            np.arange(1, len(values) + 1),
            values,
            color=COLOURS[colour % len(COLOURS)],
            linestyle="--" if part == "validation" else "-",
            marker="o" if part == "validation" else "s",
            # A single epoch needs a marker to be visible; many markers hide the line.
            markersize=4 if len(values) <= 20 else 0,
            markerfacecolor="white" if part == "validation" else None,
            label=part if len(metrics) == 1 else f"{_words(metric)}, {part}",
        )
    disable_axis_offset(axes.yaxis)
    if all(metric.endswith("loss") for metric in metrics) and _span(curves) > _WIDE:
        axes.set_yscale("log")
    axes.set_xlabel("epoch")
    axes.set_ylabel(_label(metrics))
    set_integer_x_axis(axes, max(map(len, curves.values())))
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")


def _label(metrics: Sequence[str]) -> str:
    if all("accuracy" in metric for metric in metrics):
        return "accuracy (share of examples)"
    if metrics == ["elo"]:
        return "Elo rating against earlier networks"
    if len(metrics) == 1:
        return _words(metrics[0])
    return "loss" if all(metric.endswith("loss") for metric in metrics) else "metric"


def _words(metric: str) -> str:
    return metric.replace("_", " ")


def _span(curves: Mapping[str, np.ndarray]) -> float:
    values = np.concatenate(list(curves.values()))
    values = values[np.isfinite(values)]
    return values.max() / values.min() if values.size and values.min() > 0 else 1.0
