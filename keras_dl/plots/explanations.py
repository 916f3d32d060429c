"""Explanations: maps beside images and over them, and views in columns."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from keras_dl.plots._style import check_lengths, new_figure, shorten

__all__ = [
    "CLIP",
    "attribution_grid",
    "captioned_columns",
    "hide_axes",
    "show_image",
]

CLIP = 99.0  # percentile of the values that has full colour: single pixels would darken the rest


def attribution_grid(
    images: np.ndarray, maps: np.ndarray, captions: Sequence[str], *, quantity: str
) -> Figure:
    """Draws image, map and overlay, one row per image.

    Maps without negative values go from dark to light, others from blue over white to red; each
    map has a scale of its own.

    Args:
        images: (n, height, width, 1 or 3) uint8.
        maps: (n, rows, columns); they are stretched over the image.
        captions: of the images.
        quantity: what the map shows, title of its column.

    Returns:
        The figure.

    Raises:
        ValueError: if numbers differ or are 0.
    """
    check_lengths(images=images, maps=maps, captions=captions)
    figure = new_figure(6.6, 2.25 * len(images) + 0.3)
    rows = figure.subplots(len(images), 3, squeeze=False)
    for row, image, values, caption in zip(rows, images, maps, captions, strict=True):
        height, width = image.shape[:2]
        signed = values.min() < 0
        largest = np.percentile(np.abs(values), CLIP) or np.abs(values).max() or 1.0
        style = {
            "cmap": "RdBu_r" if signed else "inferno",
            "vmin": -largest if signed else 0.0,
            "vmax": largest,
            "extent": (-0.5, width - 0.5, height - 0.5, -0.5),
            "interpolation": "bilinear" if values.shape != (height, width) else "nearest",
        }
        show_image(row[0], image, caption)
        hide_axes(row[1]).imshow(values, **style)
        grey = np.repeat(image.mean(axis=-1, keepdims=True), 3, axis=-1) / 255
        hide_axes(row[2]).imshow(grey)
        row[2].imshow(values, alpha=0.55, **style)
        for axes in row[1:]:
            axes.set_xlim(-0.5, width - 0.5)
            axes.set_ylim(height - 0.5, -0.5)
    rows[0][1].set_title(quantity, fontsize=9)
    rows[0][2].set_title("over the image", fontsize=9)
    return figure


def captioned_columns(columns: dict[str, np.ndarray], captions: Sequence[str]) -> Figure:
    """Draws images in titled columns, one captioned row for each.

    Args:
        columns: title → (n, height, width, 1 or 3) uint8, equal n for all columns.
        captions: of the rows.

    Returns:
        The figure.

    Raises:
        ValueError: if numbers differ or are 0.
    """
    check_lengths(captions=captions, **columns)
    figure = new_figure(max(2.2 * len(columns), 3.6), 2.4 * len(captions) + 0.2)
    grid = figure.subplots(len(captions), len(columns), squeeze=False)
    for column, (title, images) in zip(grid.T, columns.items(), strict=True):
        for axes, image in zip(column, images, strict=True):
            show_image(axes, image, "")
        column[0].set_title(shorten(title, 26), fontsize=9, parse_math=False)
    for row, caption in zip(grid, captions, strict=True):
        row[0].text(
            0.0, -0.03, caption, transform=row[0].transAxes, va="top", fontsize=9, parse_math=False
        )
    return figure


def hide_axes(axes: Axes) -> Axes:
    """Hides the axes and returns them."""
    axes.set_axis_off()
    return axes


def show_image(axes: Axes, image: np.ndarray, caption: str) -> None:
    """Draws an image with a caption above.

    Args:
        axes: to draw on.
        image: (height, width, 1 or 3) uint8.
        caption: one line.
    """
    picture = image[..., 0] if image.shape[-1] == 1 else image
    hide_axes(axes).imshow(picture, cmap="gray", vmin=0, vmax=255)
    axes.set_title(caption, fontsize=9, parse_math=False)
