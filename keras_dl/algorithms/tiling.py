"""Predictions of large images by overlapping tiles."""

from collections.abc import Callable

import numpy as np

from keras_dl.utils.checks import check_count

__all__ = ["tiled"]


def tiled(
    function: Callable[[np.ndarray], np.ndarray], image: np.ndarray, *, tile: int, overlap: int
) -> np.ndarray:
    """Applies a function to overlapping parts of an image and joins the middles of the results.

    Each pixel comes from the tile in which it lies farthest from the border. A convolutional
    network gives the same as on the whole image where its receptive field reaches no farther than
    half of the overlap, and `tile − overlap` is a multiple of its stride.

    Args:
        function: from (height, width, channels) to (height, width, …), for every size up to the
            tile's.
        image: (height, width, channels).
        tile: side of the tiles in pixels.
        overlap: pixels that neighbours have in common at least, below `tile`.

    Returns:
        (height, width, …), of the image's height and width.

    Raises:
        TypeError: if a number is not an integer.
        ValueError: if `tile` is below 1 or `overlap` not in 0 … tile − 1.
    """
    check_count("tile", tile, "it is the side of a tile in pixels")
    check_count("overlap", overlap, "neighbouring tiles have so many pixels in common", least=0)
    if overlap >= tile:
        raise ValueError(
            f"`overlap` must be below `tile`. Received: overlap={overlap}, tile={tile}"
        )
    strips = []
    for row, above, below in _spans(image.shape[0], tile, overlap):
        parts = []
        for column, left, right in _spans(image.shape[1], tile, overlap):
            part = function(image[row : row + tile, column : column + tile])
            parts.append(part[above - row : below - row, left - column : right - column])
        strips.append(np.concatenate(parts, axis=1))
    return np.concatenate(strips, axis=0)


def _spans(side: int, tile: int, overlap: int) -> list[tuple[int, int, int]]:
    """Start of each tile along one axis, and the pixels that are taken from it: from, up to."""
    starts = list(range(0, max(side - overlap, 1), tile - overlap))
    ends = [min(start + tile, side) for start in starts]
    cuts = [(start + end) // 2 for start, end in zip(starts[1:], ends[:-1], strict=True)]
    return list(zip(starts, [0, *cuts], [*cuts, side], strict=True))
