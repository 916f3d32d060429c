"""Generated images: grids, samples by epoch, class shares, translations."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import (
    BLUE,
    VERMILION,
    check_lengths,
    new_figure,
    shorten,
    spaced_indices,
)

__all__ = [
    "class_shares",
    "image_grid",
    "samples_by_epoch",
    "tile_images",
    "tiled_samples",
    "translations",
]

MOST_ROWS = 12


def image_grid(images: np.ndarray, columns: int, *, title: str = "") -> Figure:
    """Draws images row by row.

    Args:
        images: (n, height, width, 1 or 3) uint8.
        columns: images per row.
        title: title of the figure.

    Returns:
        The figure.

    Raises:
        ValueError: if there are no images, or no columns.
    """
    check_lengths(images=images)
    if columns < 1:
        raise ValueError(f"`columns` must be at least 1. Received: columns={columns}")
    rows = -(-len(images) // columns)
    figure = new_figure(max(0.62 * columns, 3.0), 0.62 * rows + (0.4 if title else 0.0))
    axes = figure.subplots()
    axes.set_axis_off()
    axes.imshow(
        tile_images(images, columns), cmap="gray", vmin=0, vmax=255, interpolation="nearest"
    )
    if title:
        axes.set_title(title, fontsize=9)
    return figure


def samples_by_epoch(snapshots: Mapping[int, np.ndarray]) -> Figure:
    """Draws images of the same noise after each epoch, one row per epoch, twelve rows at most.

    Args:
        snapshots: epoch → (n, height, width, 1 or 3) uint8.

    Returns:
        The figure.

    Raises:
        ValueError: if there is no epoch.
    """
    epochs = list(snapshots)
    check_lengths(snapshots=epochs)
    selected = [epochs[i] for i in spaced_indices(len(epochs), MOST_ROWS)]
    selected[-1] = epochs[-1]
    count = len(snapshots[epochs[0]])
    figure = new_figure(0.5 * count + 0.6, 0.5 * len(selected) + 0.3)
    axes = figure.subplots()
    rows = np.concatenate([snapshots[epoch] for epoch in selected])
    picture = tile_images(rows, count)
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    height = picture.shape[0] / len(selected)
    axes.set_yticks((np.arange(len(selected)) + 0.5) * height, [str(epoch) for epoch in selected])
    axes.set_xticks([])
    axes.set_ylabel("epoch")
    axes.spines[:].set_visible(False)
    return figure


def class_shares(
    real: np.ndarray, fake: np.ndarray, class_names: Sequence[str], verdict: str = ""
) -> Figure:
    """Draws the share of each class among generated images and among real ones.

    Args:
        real: share of each class among real images, (classes,).
        fake: share of each class among generated images, by a classifier's prediction, (classes,).
        class_names: one name per class.
        verdict: a sentence for the title.

    Returns:
        The figure.

    Raises:
        ValueError: if lengths differ or are 0.
    """
    check_lengths(real=real, fake=fake, class_names=class_names)
    figure = new_figure(6.4, 3.4)
    axes = figure.subplots()
    places = np.arange(len(real))
    axes.bar(places - 0.2, 100 * real, 0.4, color=BLUE, label="real images")
    axes.bar(places + 0.2, 100 * fake, 0.4, color=VERMILION, label="made images")
    names = [shorten(name, 12) for name in class_names]
    slanted = max(map(len, names)) > 3
    axes.set_xticks(
        places, names, rotation=40 if slanted else 0, ha="right" if slanted else "center"
    )
    axes.set_ylabel("share (%)")
    axes.set_xlabel("class that the classifier sees")
    if verdict:
        axes.set_title(verdict, fontsize=8, wrap=True)
    axes.legend(fontsize="small")
    return figure


def translations(columns: Mapping[str, np.ndarray]) -> Figure:
    """Draws images in columns: one row per example, one titled column per kind.

    Args:
        columns: title → (n, height, width, 1 or 3) uint8, equal n for all columns.

    Returns:
        The figure.

    Raises:
        ValueError: if numbers differ or are 0.
    """
    check_lengths(**dict(columns))
    count = len(next(iter(columns.values())))
    figure = new_figure(1.15 * len(columns) + 0.2, 1.1 * count + 0.3)
    grid = figure.subplots(count, len(columns), squeeze=False)
    for column, (title, images) in zip(grid.T, columns.items(), strict=True):
        column[0].set_title(title, fontsize=9)
        for axes, image in zip(column, images, strict=True):
            axes.set_axis_off()
            axes.imshow(image.squeeze(), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    return figure


def tile_images(images: np.ndarray, columns: int) -> np.ndarray:
    """Joins images into one picture with white gaps.

    Args:
        images: (n, height, width, 1 or 3) uint8.
        columns: images per row.

    Returns:
        (rows, columns) uint8 pixels, with an axis of 3 colours where the images have it.
    """
    count, height, width, channels = images.shape
    rows = -(-count // columns)
    picture = np.full((rows, columns, height + 1, width + 1, channels), 255, np.uint8)
    for i, image in enumerate(images):
        picture[i // columns, i % columns, :height, :width] = image
    picture = picture.transpose(0, 2, 1, 3, 4).reshape(rows * (height + 1), -1, channels)
    return picture.squeeze(axis=-1) if channels == 1 else picture


def tiled_samples(snapshots: Mapping[int, np.ndarray], since: int = 1) -> dict[int, np.ndarray]:
    """Tiles the images of each epoch into one square picture.

    Args:
        snapshots: epoch (from 1) → (n, height, width, 1 or 3) uint8.
        since: first epoch to return.

    Returns:
        Epoch → one uint8 picture.
    """
    return {
        epoch: tile_images(images, math.ceil(math.sqrt(len(images))))
        for epoch, images in snapshots.items()
        if epoch >= since and len(images)
    }
