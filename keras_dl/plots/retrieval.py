"""Spoken words and the images that are nearest to them."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import BLUE, VERMILION, check_lengths, new_figure, shorten

__all__ = ["retrieved_images"]


def retrieved_images(
    spectrograms: np.ndarray, images: np.ndarray, right: np.ndarray, names: Sequence[str]
) -> Figure:
    """Draws a row for each spoken word: its spectrogram, then the nearest images, nearest first.

    Args:
        spectrograms: (queries, bands, frames, 1).
        images: (queries, answers, height, width, channels) uint8.
        right: whether an image is of the word's class, (queries, answers) bool.
        names: classes of the words, (queries,).

    Returns:
        The figure; frames of images of other classes are red.

    Raises:
        ValueError: if the numbers of queries differ or are 0.
    """
    check_lengths(spectrograms=spectrograms, images=images, right=right, names=names)
    answers = images.shape[1]
    figure = new_figure(1.8 + 0.9 * answers, 1.05 * len(names))
    widths = [1.8, *[1.0] * answers]
    rows = figure.subplots(len(names), 1 + answers, squeeze=False, width_ratios=widths)
    for row, word, pictures, hits, name in zip(
        rows, spectrograms, images, right, names, strict=True
    ):
        row[0].imshow(word[..., 0], origin="lower", aspect="auto", cmap="magma")
        row[0].set_ylabel(shorten(f"“{name}”", 14), fontsize=9)
        for axes, picture, hit in zip(row[1:], pictures, hits, strict=True):
            axes.imshow(picture.squeeze(), cmap="gray", vmin=0, vmax=255)
            axes.spines[:].set(color=BLUE if hit else VERMILION, linewidth=1.5)
        for axes in row:
            axes.set_xticks([])
            axes.set_yticks([])
    rows[0][0].set_title("spoken, log-mel", fontsize=8)
    rows[0][1].set_title("nearest images", fontsize=8, loc="left")
    return figure
