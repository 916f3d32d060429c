"""Attention of a decoder to its source."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import new_figure

__all__ = ["attention_map"]


def attention_map(
    weights: np.ndarray, sources: Sequence[str], targets: Sequence[str], title: str = ""
) -> Figure:
    """Draws how much each written token attends to each token of the source.

    Args:
        weights: (targets, sources), 0..1, or (heads, targets, sources), one panel for each.
        sources: tokens that are read, at the columns.
        targets: tokens that are written, at the rows.
        title: above the figure.

    Returns:
        The figure.

    Raises:
        ValueError: if the numbers of tokens are not those of the weights.
    """
    heads = weights[None] if weights.ndim == 2 else weights
    if heads.shape[1:] != (len(targets), len(sources)):
        raise ValueError(
            "`weights` must have a row for each target and a column for each source. Received: "
            f"shape {weights.shape}, {len(targets)} targets, {len(sources)} sources"
        )
    width, height = 0.25 * len(sources) + 0.8, 0.22 * len(targets) + 1.2
    figure = new_figure(max(3.5, width * len(heads)), max(2.5, height))
    panels = figure.subplots(1, len(heads), squeeze=False, sharey=True)[0]
    images = []
    for number, (axes, head) in enumerate(zip(panels, heads, strict=True), 1):
        image = axes.imshow(head, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        images.append(image)
        axes.set_xticks(np.arange(len(sources)), sources, rotation=90, fontsize=7, parse_math=False)
        axes.set_yticks(np.arange(len(targets)), targets, fontsize=7, parse_math=False)
        if len(heads) > 1:
            axes.set_title(f"head {number}", fontsize=9)
    figure.colorbar(images[0], ax=panels, label="attention weight")
    if title:
        figure.suptitle(title, fontsize=10)
    return figure
