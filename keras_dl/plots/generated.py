"""What generators make: grids of images, the same ones by epoch, and the classes among them."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import BLUE, VERMILION, check_lengths, figure_of, shorten, spaced

__all__ = ["class_shares", "image_grid", "samples_by_epoch", "tiled", "translations"]

MOST_ROWS = 12


def image_grid(images: np.ndarray, columns: int, *, title: str = "") -> Figure:
    """Images row by row.

    Args:
        images: (n, height, width, 1 or 3) uint8.
        columns: images in a row.
        title: above all.

    Returns:
        The figure.

    Raises:
        ValueError: if there are no images, or no columns.
    """
    check_lengths(images=images)
    if columns < 1:
        raise ValueError(f"`columns` must be at least 1. Received: columns={columns}")
    rows = -(-len(images) // columns)
    figure = figure_of(max(0.62 * columns, 3.0), 0.62 * rows + (0.4 if title else 0.0))
    axes = figure.subplots()
    axes.set_axis_off()
    axes.imshow(tiled(images, columns), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    if title:
        axes.set_title(title, fontsize=9)
    return figure


def samples_by_epoch(snapshots: Mapping[int, np.ndarray]) -> Figure:
    """Images of the same noise after each epoch, a row for each; twelve rows at most.

    Args:
        snapshots: epoch → (n, height, width, 1 or 3) uint8.

    Returns:
        The figure.

    Raises:
        ValueError: if there is no epoch.
    """
    epochs = list(snapshots)
    check_lengths(snapshots=epochs)
    shown = [epochs[i] for i in spaced(len(epochs), MOST_ROWS)]
    shown[-1] = epochs[-1]
    count = len(snapshots[epochs[0]])
    figure = figure_of(0.5 * count + 0.6, 0.5 * len(shown) + 0.3)
    axes = figure.subplots()
    rows = np.concatenate([snapshots[epoch] for epoch in shown])
    picture = tiled(rows, count)
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    height = picture.shape[0] / len(shown)
    axes.set_yticks((np.arange(len(shown)) + 0.5) * height, [str(epoch) for epoch in shown])
    axes.set_xticks([])
    axes.set_ylabel("epoch")
    axes.spines[:].set_visible(False)
    return figure


def class_shares(
    real: np.ndarray, fake: np.ndarray, class_names: Sequence[str], verdict: str = ""
) -> Figure:
    """How often each class is made, beside how often it occurs.

    Args:
        real: share of each class among real images, (classes,).
        fake: the same of made ones, as a classifier sees them.
        class_names: one name per class.
        verdict: a sentence above the bars.

    Returns:
        The figure.

    Raises:
        ValueError: if lengths differ or are 0.
    """
    check_lengths(real=real, fake=fake, class_names=class_names)
    figure = figure_of(6.4, 3.4)
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
    """Images side by side: a row for each example, a titled column for each kind.

    Args:
        columns: title → (n, height, width, 1 or 3) uint8, the same n for all.

    Returns:
        The figure.

    Raises:
        ValueError: if numbers differ or are 0.
    """
    check_lengths(**dict(columns))
    count = len(next(iter(columns.values())))
    figure = figure_of(1.15 * len(columns) + 0.2, 1.1 * count + 0.3)
    grid = figure.subplots(count, len(columns), squeeze=False)
    for column, (title, images) in zip(grid.T, columns.items(), strict=True):
        column[0].set_title(title, fontsize=9)
        for axes, image in zip(column, images, strict=True):
            axes.set_axis_off()
            axes.imshow(image.squeeze(), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    return figure


def tiled(images: np.ndarray, columns: int) -> np.ndarray:
    """One picture of all images, white between them and where the last row ends.

    Args:
        images: (n, height, width, 1 or 3) uint8.
        columns: images in a row.

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
