"""Speech: spectrograms with what was recognized in them."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import check_lengths, new_figure, shorten

__all__ = ["decoded_spectrograms", "word_spectrograms"]


def decoded_spectrograms(
    frames: Sequence[np.ndarray],
    paths: Sequence[np.ndarray],
    names: Sequence[str],
    titles: Sequence[str],
    hop: float = 0.016,
) -> Figure:
    """Draws a row for each recording: its log-mel spectrogram, and what each frame was decoded as.

    Args:
        frames: (frames, bands) each.
        paths: label of each frame or of each few frames, 0 for none; evenly spaced.
        names: of the labels from 1.
        titles: above each row, such as what was said and what was recognized.
        hop: seconds from frame to frame.

    Returns:
        The figure; white lines bound the runs of a label, whose name stands in the middle.

    Raises:
        ValueError: if the numbers of recordings differ or are 0.
    """
    check_lengths(frames=frames, paths=paths, titles=titles)
    figure = new_figure(7.5, 1.5 * len(frames) + 0.4)
    rows = figure.subplots(len(frames), 1, squeeze=False)[:, 0]
    for axes, picture, path, title in zip(rows, frames, paths, titles, strict=True):
        seconds = len(picture) * hop
        bands = picture.shape[1]
        axes.imshow(
            picture.T, origin="lower", aspect="auto", cmap="magma", extent=(0, seconds, 0, bands)
        )
        step = seconds / max(1, len(path))
        for start, stop, label in _runs(np.asarray(path)):
            axes.axvline(start * step, color="white", linewidth=0.7)
            axes.axvline(stop * step, color="white", linewidth=0.7)
            middle = (start + stop) / 2 * step
            name = shorten(names[label - 1], 10)
            axes.text(middle, bands - 2, name, color="white", ha="center", va="top", fontsize=9)
        axes.set_title(title, fontsize=9, loc="left", parse_math=False)
        axes.set_ylabel("mel band")
    rows[-1].set_xlabel("time (s)")
    return figure


def _runs(path: np.ndarray) -> list[tuple[int, int, int]]:
    """First output, output behind the last, and label of each run of one label."""
    borders = [0, *(np.flatnonzero(np.diff(path)) + 1), len(path)]
    return [(int(a), int(b), int(path[a])) for a, b in pairwise(borders) if b > a and path[a] > 0]


def word_spectrograms(x: np.ndarray, titles: Sequence[str], columns: int = 4) -> Figure:
    """Draws log-mel spectrograms of single words in a grid.

    Args:
        x: (n, bands, frames, 1).
        titles: (n,).
        columns: of the grid.

    Returns:
        The figure.

    Raises:
        ValueError: if the numbers differ or are 0.
    """
    check_lengths(x=x, titles=titles)
    rows = -(-len(x) // columns)
    figure = new_figure(1.9 * columns, 1.7 * rows)
    places = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in places:
        axes.set_axis_off()
    for axes, picture, title in zip(places, x, titles, strict=False):
        axes.imshow(picture[..., 0], origin="lower", aspect="auto", cmap="magma")
        axes.set_title(title, fontsize=8, parse_math=False)
    return figure
