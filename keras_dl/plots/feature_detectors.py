"""Feature detectors with small shared receptive fields: weights and responses."""

from collections.abc import Sequence

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from keras_dl.plots._style import new_figure

__all__ = ["detectors"]


def detectors(
    kernel: np.ndarray,
    images: np.ndarray,
    responses: np.ndarray,
    titles: Sequence[str],
    output_weights: Sequence[float] | np.ndarray | None = None,
) -> Figure:
    """Draws one row per detector: its weights, then its response to each image.

    Args:
        kernel: weights of the detectors, (height, width, filters).
        images: (images, height, width), drawn in the first row.
        responses: feature maps of the detectors, (images, rows, columns, filters).
        titles: one title per image.
        output_weights: weight of each detector in the output, (filters,), or None.

    Returns:
        The figure; weights share one diverging colour scale, responses another.

    Raises:
        ValueError: if the numbers of images, titles, responses or filters do not agree.
    """
    count, filters = len(images), kernel.shape[-1]
    if not count == len(titles) == len(responses) or responses.shape[-1] != filters:
        raise ValueError(
            "`images`, `titles` and `responses` must be equally many, with a response of each "
            f"filter. Received: {count}, {len(titles)}, {responses.shape}; {filters} filters"
        )
    figure = new_figure(1.1 * (count + 1) + 2.2, 1.15 * (filters + 1) + 0.4)
    grid = figure.subplots(filters + 1, count + 1, squeeze=False)
    for axes in grid.ravel():
        axes.set_xticks([])
        axes.set_yticks([])
    grid[0, 0].set_axis_off()
    for axes, image, title in zip(grid[0, 1:], images, titles, strict=True):
        axes.imshow(image, cmap="gray_r")
        axes.set_title(title, fontsize=9)
    largest, most = float(np.abs(kernel).max()), float(np.abs(responses).max())
    for row in range(filters):
        grid[row + 1, 0].imshow(kernel[..., row], cmap="RdBu_r", vmin=-largest, vmax=largest)
        label = f"detector {row + 1}"
        if output_weights is not None:
            label += f"\noutput {output_weights[row]:+.1f}"
        grid[row + 1, 0].set_ylabel(label, fontsize=9)
        for axes, response in zip(grid[row + 1, 1:], responses[..., row], strict=True):
            axes.imshow(response, cmap="PuOr_r", vmin=-most, vmax=most)
    left, right = grid[:, 0].tolist(), grid[:, 1:].ravel().tolist()
    weights = ScalarMappable(Normalize(-largest, largest), "RdBu_r")
    answers = ScalarMappable(Normalize(-most, most), "PuOr_r")
    figure.colorbar(weights, ax=left, label="weight", location="left", shrink=0.8)
    figure.colorbar(answers, ax=right, label="response", shrink=0.8)
    return figure
