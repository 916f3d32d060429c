"""Language models: a sample of their text, and the loss by position in the context."""

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import BLUE, GREY, VERMILION, check_lengths, new_figure

__all__ = ["loss_by_position", "text_sample", "translated_texts"]

COLUMNS, LINES = 80, 30  # of a sample; the rest is left out
LINE = 0.17  # height of a line in inches


def text_sample(prompt: str, continuation: str) -> Figure:
    """A prompt in grey and, after a vertical bar, its continuation.

    Args:
        prompt: text that the model was given.
        continuation: text that the model generated.

    Returns:
        The figure.
    """
    before, after = _wrap(prompt), _wrap(continuation)
    return _text_figure(
        [*((line, GREY) for line in before), *((f"│ {line}", "black") for line in after)]
    )


def translated_texts(
    sources: Sequence[str], translations: Sequence[str], references: Sequence[str]
) -> Figure:
    """Sources in grey, below each its translation, and the reference where it differs.

    Args:
        sources: texts.
        translations: what the model made of each.
        references: the right answer of each.

    Returns:
        The figure.

    Raises:
        ValueError: if there are none, or their numbers differ.
    """
    check_lengths(sources=sources, translations=translations, references=references)
    lines: list[tuple[str, str]] = []
    for source, made, right in zip(sources, translations, references, strict=True):
        colour = "black" if made == right else VERMILION
        lines += [(line, GREY) for line in _wrap(source)]
        lines += [(f"→ {line}", colour) for line in _wrap(made)]
        lines += [] if made == right else [(f"= {line}", BLUE) for line in _wrap(right)]
    return _text_figure(lines)


def _text_figure(lines: list[tuple[str, str]]) -> Figure:
    """Draws lines of text in their colours, the first `LINES` of them."""
    lines = lines[:LINES]
    figure = new_figure(7.0, LINE * len(lines) + 0.3)
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_ylim(len(lines), -0.5)
    for row, (line, colour) in enumerate(lines):
        # A text may hold dollar signs, which are no formulas here.
        axes.text(0, row, line, family="monospace", fontsize=8, color=colour, parse_math=False)
    return figure


def _wrap(text: str) -> list[str]:
    wrapper = textwrap.TextWrapper(COLUMNS, drop_whitespace=False, replace_whitespace=False)
    return [part for line in text.split("\n") for part in wrapper.wrap(line) or [""]]


def loss_by_position(losses: Sequence[float] | np.ndarray) -> Figure:
    """Mean cross-entropy by number of tokens that the model sees before the target.

    Args:
        losses: (context,) nats per token.

    Returns:
        The figure.

    Raises:
        ValueError: if there are none.
    """
    values = np.asarray(losses, dtype=float)
    check_lengths(losses=values)
    figure = new_figure(5.0, 3.6)
    axes = figure.subplots()
    axes.plot(np.arange(1, len(values) + 1), values, color=BLUE, label="by position")
    mean = float(values.mean())
    axes.axhline(mean, color=GREY, linestyle="--", label=f"mean, {mean:.3f}")
    axes.set_xlabel("tokens seen")
    axes.set_ylabel("loss (nats per token)")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    return figure
