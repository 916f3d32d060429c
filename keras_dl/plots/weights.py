"""First-layer weights as images."""

import textwrap

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import new_figure

__all__ = ["filters"]

_MOST_TILES = 64


def filters(
    kernel: np.ndarray,
    title: str = "filters of the first layer",
    *,
    image_shape: tuple[int, int, int] | None = None,
) -> Figure:
    """Draws the weights of a first layer, one tile per filter, on one scale.

    Filters of one input channel use a diverging scale, blue below zero and red above; filters of
    three channels are colour tiles with mid-grey for zero; otherwise each channel has a separate
    tile, ordered by filter. At most 64 tiles are drawn.

    Args:
        kernel: convolution kernel (height, width, channels, filters), or dense kernel
            (features, units).
        title: title of the figure.
        image_shape: (height, width, channels) of the flattened input of a dense layer; required
            for a dense kernel and only there.

    Returns:
        The figure.

    Raises:
        ValueError: if `kernel` has another rank, or does not match `image_shape`.
    """
    tiles, caption = _tiles(_kernel4d(np.asarray(kernel, dtype="float32"), image_shape))
    largest = float(np.nanmax(np.abs(tiles))) or 1.0
    mosaic = _mosaic(tiles[:_MOST_TILES])
    height, width = mosaic.shape[:2]
    scale = 5.0 / max(height, width)
    bar = 0.4 if mosaic.ndim == 3 else 2.0  # inches, right of the tiles
    figure = new_figure(max(scale * width, 2.6) + bar, max(scale * height, 1.6) + 0.9)
    axes = figure.subplots()
    if mosaic.ndim == 3:
        axes.imshow(np.where(np.isnan(mosaic), 1.0, 0.5 + mosaic / (2 * largest)))
        caption += f"\ngrey: weight 0, full colour: ±{largest:.2g}"
    else:
        picture = axes.imshow(mosaic, cmap="RdBu_r", vmin=-largest, vmax=largest)
        figure.colorbar(picture, ax=axes, label="weight", shrink=0.8)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    figure.suptitle(textwrap.fill(title, 44), fontsize=11)
    axes.set_xlabel(caption, fontsize=9)
    return figure


def _kernel4d(kernel: np.ndarray, image_shape: tuple[int, int, int] | None) -> np.ndarray:
    if kernel.ndim == 4 and image_shape is None:
        return kernel
    if kernel.ndim == 2 and image_shape is not None and np.prod(image_shape) == len(kernel):
        return kernel.reshape(*image_shape, kernel.shape[1])
    raise ValueError(
        "`kernel` must have shape (height, width, channels, filters), or (features, units) with "
        "an `image_shape` whose product is the number of features. "
        f"Received: kernel of shape {kernel.shape}, image_shape={image_shape}"
    )


def _tiles(kernel: np.ndarray) -> tuple[np.ndarray, str]:
    """Returns tiles (n, height, width) or (n, height, width, 3), and a caption."""
    height, width, channels, count = kernel.shape
    if channels == 3:
        tiles, unit = kernel.transpose(3, 0, 1, 2), ""
    else:
        tiles = kernel.transpose(3, 2, 0, 1).reshape(-1, height, width)
        unit = "" if channels == 1 else f" × {channels} channels"
    note = f", first {_MOST_TILES} tiles shown" if len(tiles) > _MOST_TILES else ""
    filters_in_words = f"{count:,} filter{'s' if count > 1 else ''}{unit}"
    return tiles, f"{filters_in_words} of {height}×{width} weights{note}"


def _mosaic(tiles: np.ndarray) -> np.ndarray:
    """Arranges tiles in a nearly square grid, row by row, with NaN gaps."""
    count, height, width = tiles.shape[:3]
    columns = int(np.ceil(np.sqrt(count)))
    rows = -(-count // columns)
    gap = max(1, round(0.1 * max(height, width)))
    shape = (rows * (height + gap) - gap, columns * (width + gap) - gap, *tiles.shape[3:])
    mosaic = np.full(shape, np.nan, dtype="float32")
    for index, tile in enumerate(tiles):
        top, left = (height + gap) * (index // columns), (width + gap) * (index % columns)
        mosaic[top : top + height, left : left + width] = tile
    return mosaic
