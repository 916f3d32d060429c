"""Per-layer quantities: profiles over depth, by epoch, and heat maps of settings."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from keras_dl.plots._style import COLOURS, check_lengths, new_figure, set_integer_x_axis, shorten

__all__ = ["by_epoch_and_layer", "heat_maps", "layer_profiles"]

_MARKS = "osv^DPX*"


def layer_profiles(
    panels: Mapping[str, Mapping[str, Sequence[float]]],
    label: str,
    *,
    log: bool = True,
    layers: Sequence[str] | None = None,
    along: str = "layer, from the input on",
) -> Figure:
    """Draws a quantity of each layer from first to last, one line per setting.

    Args:
        panels: title → line name → one value per layer; zeros and NaN leave gaps on a
            logarithmic axis.
        label: name of the quantity, with its unit.
        log: whether the axis is logarithmic.
        layers: names of the layers of one network; None numbers them.
        along: label of the x axis.

    Returns:
        The figure; panels share the scale, and lines of one name share the colour.

    Raises:
        ValueError: if there is no line, or all values of a logarithmic axis are 0.
    """
    names = list(dict.fromkeys(name for lines in panels.values() for name in lines))
    if not names:
        raise ValueError("`panels` must hold one line at least. Received: none")
    values = np.concatenate(
        [np.ravel(line) for lines in panels.values() for line in lines.values()]
    )
    if log and not (values[np.isfinite(values)] > 0).any():
        raise ValueError("`panels` must hold a positive value with log=True. Received: none")
    figure = new_figure(4.3 * len(panels) + 0.6, 4.2)
    grid = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, (title, lines) in zip(grid, panels.items(), strict=True):
        for name, line in lines.items():
            number = names.index(name)
            y = np.array(line, dtype=float)
            y[(y <= 0) & log] = np.nan
            axes.plot(
                np.arange(1, len(y) + 1),
                y,
                marker=_MARKS[number % len(_MARKS)],
                markersize=5 if len(y) <= 20 else 0,
                linestyle="-" if number < len(COLOURS) else "--",
                color=COLOURS[number % len(COLOURS)],
                label=name,
            )
        axes.set_title(title, fontsize=11)
        if log:
            axes.set_yscale("log")
        set_integer_x_axis(axes, max(len(line) for line in lines.values()))
        if layers is not None:
            words = [shorten(layer, 18) for layer in layers]
            axes.set_xticks(np.arange(1, len(layers) + 1), words, rotation=60, ha="right")
        axes.set_xlabel(along)
        axes.grid(alpha=0.3)
    grid[0].set_ylabel(label)
    drawn = {line.get_label(): line for axes in grid for line in axes.lines}
    figure.legend(drawn.values(), drawn.keys(), loc="outside lower center", fontsize="small",
                  ncols=min(4, len(drawn)))  # fmt: skip
    return figure


def by_epoch_and_layer(
    history: Mapping[str, Sequence[float]], label: str, *, first: int = 1, log: bool = True
) -> Figure:
    """Draws a quantity of each layer by epoch, dark for the first layer, light for the last.

    Args:
        history: layer → values by epoch; layers in order from the input.
        label: name of the quantity, with its unit.
        first: number of the first epoch; 0 if values before training are included.
        log: whether the axis is logarithmic.

    Returns:
        The figure.

    Raises:
        ValueError: if there are no layers or no epochs.
    """
    check_lengths(history=list(history))
    check_lengths(**{f"history[{name!r}]": values for name, values in history.items()})
    shades = colormaps["viridis"](np.linspace(0.0, 0.88, len(history)))
    figure = new_figure(6.6, 4.0)
    axes = figure.subplots()
    for shade, (name, values) in zip(shades, history.items(), strict=True):
        epochs = first + np.arange(len(values))
        axes.plot(epochs, values, color=shade, marker="o", markersize=3, label=shorten(name, 24))
    if log:
        axes.set_yscale("log")
    set_integer_x_axis(axes, first + max(map(len, history.values())) - 1, first)
    axes.set_xlabel("epoch")
    axes.set_ylabel(label)
    axes.grid(alpha=0.3)
    figure.legend(loc="outside right upper", fontsize="small")
    return figure


def heat_maps(
    panels: Mapping[str, np.ndarray],
    rows: Sequence[str],
    columns: Sequence[str],
    label: str,
    row_label: str = "",
    column_label: str = "",
) -> Figure:
    """Draws positive numbers over two settings on one logarithmic scale, one panel per title.

    Args:
        panels: title → array (rows, columns); zeros have the colour of the smallest value.
        rows: names of the rows.
        columns: names of the columns.
        label: name of the quantity, with its unit.
        row_label: label of the row axis.
        column_label: label of the column axis.

    Returns:
        The figure; each cell contains log₁₀ of its value.

    Raises:
        ValueError: if a panel's shape does not fit, or no number is positive and finite.
    """
    for title, panel in panels.items():
        if np.shape(panel) != (len(rows), len(columns)):
            raise ValueError(
                f"`panels` must hold arrays of shape {(len(rows), len(columns))}. "
                f"Received: {np.shape(panel)} for {title!r}"
            )
    values = np.stack([np.asarray(panel, dtype=float) for panel in panels.values()])
    fine = values[np.isfinite(values) & (values > 0)]
    if not fine.size:
        raise ValueError("`panels` must hold a positive number. Received: none")
    # Clipped at 1e-12: one smaller value would stretch the scale and flatten all other colours.
    low, high = max(fine.min(), 1e-12), max(fine.max(), 1e-11)
    figure = new_figure(0.75 * len(columns) * len(panels) + 3.4, 0.36 * len(rows) + 1.7)
    grid = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    pictures = []
    for axes, title, panel in zip(grid, panels, values, strict=True):
        clipped = np.clip(np.nan_to_num(panel, nan=low), low, high)
        pictures.append(
            axes.imshow(clipped, cmap="viridis", norm=LogNorm(low, high), aspect="auto")
        )
        for row, column in np.ndindex(panel.shape):
            number = panel[row, column]
            text = f"{np.log10(number):.1f}" if np.isfinite(number) and number > 0 else "–"
            bright = np.log(clipped[row, column] / low) > 0.6 * np.log(high / low)
            axes.text(column, row, text, ha="center", va="center", fontsize=8,
                      color="black" if bright else "white")  # fmt: skip
        axes.set_xticks(range(len(columns)), columns)
        axes.set_yticks(range(len(rows)), [shorten(row, 28) for row in rows], fontsize=9)
        axes.set_title(title, fontsize=10)
        axes.set_xlabel(column_label)
    grid[0].set_ylabel(row_label)
    figure.colorbar(pictures[0], ax=list(grid), label=f"{label}\nin cells: its log₁₀")
    return figure
