"""What a first layer looks for: its weights as pictures."""

import textwrap

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import figure_of

__all__ = ["filters"]

_MOST_TILES = 64


def filters(
    kernel: np.ndarray,
    title: str = "filters of the first layer",
    *,
    image_shape: tuple[int, int, int] | None = None,
) -> Figure:
    """Weights of a first layer, one tile per filter, all on one scale.

    One input channel gives a diverging scale with a colour bar, blue below zero and red above;
    three give colour tiles, mid-grey for zero; of any other number each channel gets a tile of its
    own, those of one filter one after the other. At most 64 tiles are shown.

    Args:
        kernel: of a convolution, (height, width, channels, filters), or of a dense layer,
            (features, units).
        title: what the figure shows.
        image_shape: (height, width, channels) of the flattened image that a dense layer sees;
            needed for its kernel and only for it.

    Returns:
        The figure.

    Raises:
        ValueError: if the shape of `kernel` is neither of the two, or does not fit `image_shape`.
    """
    tiles, caption = _tiles(_kernel4d(np.asarray(kernel, dtype="float32"), image_shape))
    largest = float(np.nanmax(np.abs(tiles))) or 1.0
    mosaic = _mosaic(tiles[:_MOST_TILES])
    height, width = mosaic.shape[:2]
    scale = 5.0 / max(height, width)
    bar = 0.4 if mosaic.ndim == 3 else 2.0  # inches beside the tiles
    figure = figure_of(max(scale * width, 2.6) + bar, max(scale * height, 1.6) + 0.9)
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
    """Pictures (tiles, height, width) or (tiles, height, width, 3), and what they are."""
    height, width, channels, count = kernel.shape
    if channels == 3:
        tiles, unit = kernel.transpose(3, 0, 1, 2), ""
    else:
        tiles = kernel.transpose(3, 2, 0, 1).reshape(-1, height, width)
        unit = "" if channels == 1 else f" × {channels} channels"
    shown = f", first {_MOST_TILES} tiles shown" if len(tiles) > _MOST_TILES else ""
    filters_in_words = f"{count:,} filter{'s' if count > 1 else ''}{unit}"
    return tiles, f"{filters_in_words} of {height}×{width} weights{shown}"


def _mosaic(tiles: np.ndarray) -> np.ndarray:
    """Tiles in a nearly square grid, row by row, with gaps of NaN between them."""
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
