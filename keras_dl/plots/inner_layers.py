"""Inner layers: feature maps, filters by channel, patches with their views."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import check_lengths, new_figure, shorten
from keras_dl.plots.explanations import CLIP, hide_axes, show_image

__all__ = ["channel_filters", "feature_map_grid", "patch_grid"]


def feature_map_grid(
    image: np.ndarray, maps: dict[str, np.ndarray], caption: str, *, columns: int = 8
) -> Figure:
    """Draws maps of one image, one row or block of rows for each layer.

    Args:
        image: (height, width, 1 or 3) uint8.
        maps: layer → (count, rows, columns) maps to draw; each has a scale of its own.
        caption: of the image.
        columns: maps in a row.

    Returns:
        The figure.

    Raises:
        ValueError: if there are no maps.
    """
    check_lengths(maps=list(maps))
    lines = [(name, part) for name, m in maps.items() for part in _chunks(m, columns)]
    figure = new_figure(1.1 * (columns + 1.5), 1.1 * len(lines) + 0.9)
    parts: Any = figure.subfigures(2, 1, height_ratios=(1.3, 1.1 * len(lines)))
    top, below = parts
    show_image(top.subplots(), image, caption)
    grid = below.subplots(len(lines), columns, squeeze=False)
    for row, (name, part) in zip(grid, lines, strict=True):
        for axes in row:
            hide_axes(axes)
        for axes, values in zip(row, part, strict=False):
            axes.imshow(values, cmap="viridis", interpolation="nearest")
        row[0].set_title(
            f"{shorten(name, 24)}, {part.shape[1]}×{part.shape[2]}", fontsize=8, loc="left"
        )
    return figure


def channel_filters(kernel: np.ndarray, units: Sequence[int]) -> Figure:
    """Draws filters, one row each, one column per channel, on one scale around 0.

    Args:
        kernel: (height, width, channels, filters).
        units: numbers of the filters.

    Returns:
        The figure: blue is negative, red positive; three channels are also drawn as one colour.

    Raises:
        ValueError: if there are no filters.
    """
    check_lengths(units=units)
    shown = kernel[..., list(units)]
    channels, colour = min(kernel.shape[2], 8), kernel.shape[2] == 3
    largest = np.abs(shown).max() or 1.0
    figure = new_figure(1.2 * (channels + colour) + 0.6, 1.2 * len(units) + 0.4)
    grid = figure.subplots(len(units), channels + colour, squeeze=False)
    names = ("red", "green", "blue") if colour else [f"channel {c}" for c in range(channels)]
    for row, (place, unit) in zip(grid, enumerate(units), strict=True):
        for channel, axes in enumerate(row[:channels]):
            hide_axes(axes).imshow(
                shown[:, :, channel, place], cmap="RdBu_r", vmin=-largest, vmax=largest
            )
        if colour:
            own = np.abs(shown[..., place]).max() or 1.0
            hide_axes(row[-1]).imshow(0.5 + shown[..., place] / (2 * own))
        row[0].text(-0.25, 0.5, str(unit), transform=row[0].transAxes, ha="right", fontsize=9)
    for axes, name in zip(grid[0], (*names, "all three"), strict=False):
        axes.set_title(name, fontsize=9)
    return figure


def patch_grid(patches: np.ndarray, views: np.ndarray, titles: Sequence[str]) -> Figure:
    """Draws for each filter the patches on the left and their views on the right.

    Args:
        patches: (units, count, size, size, 1 or 3) uint8.
        views: floats of the same shape; mid-grey is 0, each view has a scale of its own.
        titles: of the filters.

    Returns:
        The figure.

    Raises:
        ValueError: if numbers differ or are 0.
    """
    check_lengths(patches=patches, views=views, titles=titles)
    columns = min(2, len(patches))
    rows = -(-len(patches) // columns)
    figure = new_figure(4.9 * columns, 2.6 * rows)
    grid = figure.subplots(rows, 2 * columns, squeeze=False).reshape(rows * columns, 2)
    for axes in grid.ravel():
        hide_axes(axes)
    for (left, right), own, seen, title in zip(grid, patches, views, titles, strict=False):
        largest = np.percentile(np.abs(seen), CLIP, axis=(1, 2, 3), keepdims=True)
        shares = np.clip(seen / np.where(largest > 0, largest, 1.0), -1, 1)
        left.imshow(_tiled(own), cmap="gray", vmin=0, vmax=255)
        right.imshow(
            _tiled(np.rint(127.5 + 127.5 * shares).astype("uint8")), cmap="gray", vmin=0, vmax=255
        )
        left.set_title(title, fontsize=9)
        right.set_title("what of it counts", fontsize=9)
    return figure


def _tiled(images: np.ndarray) -> np.ndarray:
    """Joins squares into one of them, row by row, with white gaps of a fiftieth of their side."""
    count, size, _, channels = images.shape
    side, gap = int(np.ceil(np.sqrt(count))), max(1, size // 50)
    step = size + gap
    picture = np.full((side * step - gap, side * step - gap, channels), 255, np.uint8)
    for i, image in enumerate(images):
        top, left = step * (i // side), step * (i % side)
        picture[top : top + size, left : left + size] = image
    return picture.squeeze(axis=-1) if channels == 1 else picture


def _chunks(maps: np.ndarray, size: int) -> list[np.ndarray]:
    return [maps[start : start + size] for start in range(0, len(maps), size)]
