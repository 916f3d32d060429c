"""Confusion matrix and misclassified examples of a classifier."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

from keras_dl.plots._style import check_lengths, new_figure, shorten, spaced_indices

__all__ = ["confusion_matrix", "mistakes"]

_MOST_COUNTED = 20  # classes; beyond, the counts would not fit into the cells


def confusion_matrix(
    y_true: Sequence[int] | np.ndarray,
    y_pred: Sequence[int] | np.ndarray,
    class_names: Sequence[str],
) -> Figure:
    """Draws example counts by true and predicted class, coloured by share of the true class.

    The colours follow the square root of the share, so that rare confusions are visible. Counts are
    written into the cells for up to 20 classes. Beyond 40 classes only every n-th is named.

    Args:
        y_true: true class numbers, (examples,).
        y_pred: predicted class numbers, (examples,).
        class_names: one name per class.

    Returns:
        The figure; the accuracy is in its title.

    Raises:
        ValueError: if there are no examples, the lengths differ or a class number has no name.
    """
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    check_lengths(y_true=y_true, y_pred=y_pred)
    _check_labels("y_true", y_true, len(class_names))
    _check_labels("y_pred", y_pred, len(class_names))
    classes = len(class_names)
    # int64: MNIST's own labels are uint8, which wraps at 256.
    cells = y_true.astype(np.int64) * classes + y_pred
    counts = np.bincount(cells, minlength=classes**2).reshape(classes, classes)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)

    side = float(np.clip(0.5 * classes, 2.6, 8.0))
    figure = new_figure(side + 2.8, side + 1.8)
    axes = figure.subplots()
    # On a linear scale all but the diagonal is white: most confusions are one or two percent.
    picture = axes.imshow(shares, cmap="Blues", norm=PowerNorm(0.5, vmin=0.0, vmax=1.0))
    ticks = [0.0, 0.01, 0.05, 0.1, 0.2, 0.5, 1.0]
    bar = figure.colorbar(picture, ax=axes, label="share of the true class", shrink=0.8)
    bar.set_ticks(ticks, labels=[f"{tick:g}" for tick in ticks])
    if classes <= _MOST_COUNTED:
        _write_counts(axes, counts, shares)
    _name_classes(axes, class_names)
    correct = np.trace(counts) / counts.sum()
    axes.set_title(f"accuracy {100 * correct:.2f} % of {counts.sum():,} examples", fontsize=11)
    return figure


def mistakes(
    images: np.ndarray,
    y_true: Sequence[int] | np.ndarray,
    probabilities: np.ndarray,
    class_names: Sequence[str],
    count: int = 16,
) -> Figure:
    """Draws the misclassified images with the highest predicted probability.

    Args:
        images: (examples, height, width) or (examples, height, width, channels) with 1 or 3
            channels; uint8 in 0 … 255 or floats in [0, 1].
        y_true: true class numbers, (examples,).
        probabilities: (examples, classes), rows that sum to 1: softmax outputs, not logits.
        class_names: one name per class.
        count: largest number of images to show.

    Returns:
        The figure; below each image the true class, the predicted one and its probability.

    Raises:
        ValueError: if lengths or shapes do not fit, a class number has no name or the
            probabilities lie outside [0, 1].
    """
    images, y_true = np.asarray(images), np.asarray(y_true)
    probabilities = np.asarray(probabilities)
    check_lengths(images=images, y_true=y_true, probabilities=probabilities)
    _check_labels("y_true", y_true, len(class_names))
    _check_images(images)
    _check_probabilities(probabilities, len(class_names))
    y_pred, certainty = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = np.flatnonzero(y_pred != y_true)
    worst = wrong[np.argsort(-certainty[wrong], kind="stable")][: max(count, 1)]

    if not len(worst):
        figure = new_figure(4.0, 1.6)
        figure.text(0.5, 0.5, f"no mistakes in {len(images):,} examples", ha="center", va="center")
        return figure
    columns = min(4, len(worst))
    rows = -(-len(worst) // columns)
    figure = new_figure(max(1.8 * columns, 4.0), 2.1 * rows + 0.5)
    wrongly = f"{len(wrong):,} mistake{'s' if len(wrong) > 1 else ''} in {len(images):,} examples"
    some = f"{len(worst)} most certain of " if len(worst) < len(wrong) else ""
    figure.suptitle(some + wrongly, fontsize=11 if columns > 2 else 9)
    for axes in np.ravel(figure.subplots(rows, columns)):
        axes.set_axis_off()
    for axes, index in zip(figure.axes, worst, strict=False):
        _show(axes, images[index])
        true, predicted = class_names[int(y_true[index])], class_names[int(y_pred[index])]
        axes.set_title(_caption(true, predicted, certainty[index]), fontsize=8)
    return figure


def _caption(true: str, predicted: str, certainty: float) -> str:
    # An image is about 25 characters wide; longer names take a line each.
    true, predicted = shorten(true, 15), shorten(predicted, 15)
    arrow = " → " if len(true) + len(predicted) <= 8 else "\n→ "
    return f"true {true}{arrow}{predicted} ({100 * certainty:.0f} %)"


def _show(axes: Axes, image: np.ndarray) -> None:
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    top = 255 if image.dtype == np.uint8 else 1.0
    # matplotlib knows float32 and float64 pictures only, not bfloat16 or float16.
    image = image if top == 255 else np.clip(image.astype("float32"), 0.0, 1.0)
    axes.imshow(image, cmap="gray", vmin=0, vmax=top, interpolation="nearest")


def _write_counts(axes: Axes, counts: np.ndarray, shares: np.ndarray) -> None:
    for row, column in zip(*np.nonzero(counts), strict=True):
        colour = "white" if shares[row, column] > 0.3 else "black"
        text = f"{counts[row, column]}"
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=8)


def _name_classes(axes: Axes, class_names: Sequence[str]) -> None:
    ticks = spaced_indices(len(class_names))
    names = [shorten(class_names[int(tick)]) for tick in ticks]
    size = 9 if len(names) <= _MOST_COUNTED else 7
    upright = max(map(len, names)) > 3
    axes.set_xticks(ticks, names, rotation=90 if upright else 0, fontsize=size)
    axes.set_yticks(ticks, names, fontsize=size)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")


def _check_labels(name: str, labels: np.ndarray, classes: int) -> None:
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"`{name}` must hold one class number per example, integers of shape (examples,). "
            f"Received: {name} of shape {labels.shape} and dtype {labels.dtype}"
        )
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"`{name}` must lie in 0 … {classes - 1}; `class_names` names {classes} classes. "
            f"Received: {name} from {labels.min()} to {labels.max()}"
        )


def _check_images(images: np.ndarray) -> None:
    if images.ndim not in (3, 4) or (images.ndim == 4 and images.shape[-1] not in (1, 3)):
        raise ValueError(
            "`images` must have shape (examples, height, width) or (examples, height, width, 1 or "
            f"3). Received: images of shape {images.shape}"
        )


def _check_probabilities(probabilities: np.ndarray, classes: int) -> None:
    if probabilities.ndim != 2 or probabilities.shape[1] != classes:
        raise ValueError(
            f"`probabilities` must have shape (examples, {classes}), a column per class name. "
            f"Received: probabilities of shape {probabilities.shape}"
        )
    if probabilities.min() < 0 or probabilities.max() > 1.001:
        raise ValueError(
            "`probabilities` must lie in [0, 1]; logits need a softmax first. Received: "
            f"values from {probabilities.min():.4g} to {probabilities.max():.4g}"
        )
