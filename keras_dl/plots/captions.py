"""Photographs with captions, and where a decoder looks at each word."""

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from keras_dl.plots._style import check_lengths, new_figure

__all__ = ["attention_words", "captioned_photos"]

COLUMNS = 28  # characters of a line below a photograph


def captioned_photos(images: np.ndarray, texts: Sequence[str], columns: int = 3) -> Figure:
    """Draws photographs with a text below each.

    Args:
        images: (n, height, width, 3) uint8.
        texts: (n,); lines are wrapped, line breaks are kept.
        columns: photographs in a row.

    Returns:
        The figure.

    Raises:
        ValueError: if the numbers differ or are 0.
    """
    check_lengths(images=images, texts=texts)
    rows = -(-len(images) // columns)
    figure = new_figure(2.6 * columns, 3.4 * rows)
    places = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in places:
        axes.set_axis_off()
    for axes, image, text in zip(places, images, texts, strict=False):
        axes.imshow(image)
        lines = [part for line in text.split("\n") for part in textwrap.wrap(line, COLUMNS)]
        axes.set_title("\n".join(lines), fontsize=8, y=-0.02, va="top", parse_math=False)
    return figure


def attention_words(
    image: np.ndarray, words: Sequence[str], weights: np.ndarray, columns: int = 6
) -> Figure:
    """Draws a photograph for each word, bright where the decoder attended to it.

    Args:
        image: (height, width, 3) uint8.
        words: of a caption.
        weights: of the regions for each word, (words, rows, columns), each summing to 1.
        columns: words in a row.

    Returns:
        The figure; brightness is relative to the largest weight of the word.

    Raises:
        ValueError: if the numbers differ or are 0.
    """
    check_lengths(words=words, weights=weights)
    height, width = image.shape[:2]
    rows = -(-len(words) // columns)
    figure = new_figure(1.5 * columns, 1.7 * rows)
    places = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in places:
        axes.set_axis_off()
    for axes, word, map_ in zip(places, words, weights, strict=False):
        small = Image.fromarray((map_ / map_.max()).astype(np.float32))
        light = np.asarray(small.resize((width, height), Image.Resampling.BILINEAR))[..., None]
        axes.imshow((image * (0.25 + 0.75 * light)).astype(np.uint8))
        axes.set_title(word, fontsize=9, parse_math=False)
    return figure
