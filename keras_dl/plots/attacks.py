"""Adversarial attacks: accuracy by attack size, and example images."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from keras_dl.plots._style import COLOURS, GREY, check_lengths, new_figure, shorten

__all__ = ["adversarial_examples", "robustness"]

_MARKERS = "osD^v*"


def robustness(
    epsilons: Sequence[float] | np.ndarray,
    accuracies: Mapping[str, Sequence[float] | np.ndarray],
    *,
    chance: float | None = None,
    trained_at: float | None = None,
    unit: str = "pixels in [0, 1]",
) -> Figure:
    """Draws accuracy against the size of the attack, one line per attack.

    Args:
        epsilons: attack sizes, ascending, (sizes,).
        accuracies: attack → accuracy in [0, 1] at each size, (sizes,).
        chance: accuracy of guessing, drawn as a dotted line, or None.
        trained_at: attack size used in training, drawn as a dashed line, or None.
        unit: unit of the attack sizes.

    Returns:
        The figure.

    Raises:
        ValueError: if the length of a line differs from `epsilons`, or there is no line.
    """
    if not accuracies:
        raise ValueError("`accuracies` must hold at least one attack. Received: none")
    figure = new_figure(6.4, 4.2)
    axes = figure.subplots()
    for i, (name, line) in enumerate(accuracies.items()):
        check_lengths(epsilons=epsilons, accuracies=line)
        axes.plot(epsilons, line, marker=_MARKERS[i % len(_MARKERS)], markersize=4,
                  color=COLOURS[i % len(COLOURS)], label=name)  # fmt: skip
    if chance is not None:
        axes.axhline(chance, color=GREY, linestyle=":", label="guessing")
    if trained_at is not None:
        axes.axvline(trained_at, color=GREY, linestyle="--", label="trained against")
    axes.set_ylim(-0.03, 1.03)
    axes.set_xlabel(f"largest change ε ({unit})")
    axes.set_ylabel("accuracy (share of examples)")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    return figure


def adversarial_examples(
    images: np.ndarray,
    signs: np.ndarray,
    attacked: np.ndarray,
    before: Sequence[str],
    after: Sequence[str],
    epsilon: float,
) -> Figure:
    """Draws image, sign of the gradient and adversarial image, one row per image.

    Args:
        images: (n, height, width, channels) with 1 or 3 channels, floats in [0, 1].
        signs: signs of the gradient, -1, 0 or 1, of the same shape; drawn black, grey, white.
        attacked: the images after the attack, of the same shape.
        before: caption of each image, such as the predicted class.
        after: caption of each adversarial image.
        epsilon: attack size, in units of the pixels.

    Returns:
        The figure.

    Raises:
        ValueError: if lengths or shapes differ, or there is no image.
    """
    check_lengths(images=images, signs=signs, attacked=attacked, before=before, after=after)
    if not np.shape(images) == np.shape(signs) == np.shape(attacked) or np.ndim(images) != 4:
        raise ValueError(
            "`images`, `signs` and `attacked` must have one shape (n, height, width, channels). "
            f"Received: {np.shape(images)}, {np.shape(signs)}, {np.shape(attacked)}"
        )
    figure = new_figure(6.6, 2.3 * len(images) + 0.2)
    rows = figure.subplots(len(images), 3, squeeze=False)
    for (left, middle, right), *row in zip(
        rows, images, signs, attacked, before, after, strict=True
    ):
        image, sign, result, first, second = row
        _show(left, image, shorten(first, 26))
        _show(middle, (sign + 1) / 2, f"sign of the gradient, × {epsilon:g}")
        _show(right, result, shorten(second, 26))
    return figure


def _show(axes: Axes, image: np.ndarray, title: str) -> None:
    axes.set_axis_off()
    axes.set_title(title, fontsize=9)
    picture = image[..., 0] if image.shape[-1] == 1 else image
    axes.imshow(np.clip(np.asarray(picture, "float32"), 0.0, 1.0), cmap="gray", vmin=0, vmax=1)
