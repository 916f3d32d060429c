"""Results of a yearly challenge."""

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

from keras_dl.plots._style import BLUE, GREY, VERMILION, check_lengths, new_figure

__all__ = ["error_per_year"]


def error_per_year(
    results: Mapping[int, Mapping[str, float]], *, human: float | None = None
) -> Figure:
    """Draws the errors of all entrants by year, with a line through the winners.

    Args:
        results: year → entrant → error in per cent.
        human: error of a person, drawn as a dashed line, or None.

    Returns:
        The figure.

    Raises:
        ValueError: if there is no year, or one without an entrant.
    """
    check_lengths(results=list(results))
    for year, entrants in results.items():
        check_lengths(**{f"results[{year}]": list(entrants)})
    figure = new_figure(7.0, 4.2)
    axes = figure.subplots()
    for year, entrants in results.items():
        axes.scatter([year] * len(entrants), list(entrants.values()), color=GREY, s=16, zorder=3)
    winners = {year: min(e.items(), key=lambda item: item[1]) for year, e in results.items()}
    errors = [error for _, error in winners.values()]
    axes.plot(list(winners), errors, color=BLUE, marker="o", zorder=4, label="winner")
    for year, (name, error) in winners.items():
        text: dict[str, Any] = {"va": "top", "ha": "right", "fontsize": 9, "parse_math": False}
        label, shift = f"{name} {error:g}", (-4, -6)
        axes.annotate(label, (year, error), shift, textcoords="offset points", **text)
    if human is not None:
        axes.axhline(human, color=VERMILION, linestyle="--", label=f"a person, {human:g}")
    axes.set_xticks(list(results))
    axes.set_xlim(min(results) - 0.9, max(results) + 0.4)
    axes.set_ylim(0, None)
    axes.set_ylabel("top-5 error (%)")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    return figure
