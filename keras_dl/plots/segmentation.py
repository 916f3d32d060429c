"""Segmentations: coloured masks, images with their masks, and scores per class."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from keras_dl.plots._style import BLUE, GREY, VERMILION, check_lengths, new_figure, shorten

__all__ = [
    "TWO_COLOURS",
    "class_iou_bars",
    "colour_mask",
    "paint",
    "pixel_confusion_matrix",
    "segmentation_overlays",
]

Colours = Sequence[Sequence[int]]
TWO_COLOURS = ((0, 0, 0), (0, 200, 120))  # background and foreground


def colour_mask(mask: np.ndarray, colours: Colours) -> np.ndarray:
    """Paints class numbers in the colours of the classes.

    Args:
        mask: class numbers (…, height, width); labels without a colour become black.
        colours: (red, green, blue) of each class, 0..255.

    Returns:
        (…, height, width, 3) uint8.
    """
    mask = np.asarray(mask)
    table = np.zeros((max(len(colours), int(mask.max(initial=0)) + 1), 3), np.uint8)
    table[: len(colours)] = colours
    return table[mask]


def paint(
    image: np.ndarray, foreground: np.ndarray, colour: Sequence[int] | np.ndarray
) -> np.ndarray:
    """Paints the foreground of an image at 70 %.

    Args:
        image: (height, width, 1 or 3) uint8.
        foreground: (height, width) bool.
        colour: (red, green, blue), 0..255, or (height, width, 3), one for each pixel.

    Returns:
        (height, width, 3) uint8.
    """
    picture = np.broadcast_to(image, (*foreground.shape, 3))
    mixed = np.rint(0.3 * picture + 0.7 * np.asarray(colour))
    return np.where(foreground[..., None], mixed, picture).astype(np.uint8)


def segmentation_overlays(
    images: np.ndarray,
    y_true: np.ndarray,
    y_pred: np.ndarray,
    class_names: Sequence[str],
    colours: Colours,
    ignore: int | None = None,
) -> Figure:
    """Image, labels and prediction side by side, a row per image, with a legend of the classes.

    Masks lie over the image at 70 %; unlabelled pixels show the image alone.

    Args:
        images: (n, height, width, 1 or 3) uint8.
        y_true: class numbers (n, height, width).
        y_pred: class numbers (n, height, width).
        class_names: one name per class.
        colours: (red, green, blue) of each class, 0..255.
        ignore: label of pixels that stay unpainted, or None.

    Returns:
        The figure.

    Raises:
        ValueError: if the numbers of images or of classes differ, or there is none.
    """
    check_lengths(images=images, y_true=y_true, y_pred=y_pred)
    check_lengths(class_names=class_names, colours=colours)
    height, width = images.shape[1:3]
    rows = len(images)
    figure = new_figure(9.6, 3.0 * rows * height / width + 0.4 + 0.25 * -(-len(class_names) // 6))
    panels = figure.subplots(rows, 3, squeeze=False)
    for row, image, labels, predicted in zip(panels, images, y_true, y_pred, strict=True):
        picture = np.broadcast_to(image, (height, width, 3))
        nowhere = np.zeros((height, width), bool)
        hidden = [m == ignore if ignore is not None else nowhere for m in (labels, predicted)]
        views = (
            picture,
            _blend(picture, labels, colours, hidden[0]),
            _blend(picture, predicted, colours, hidden[1]),
        )
        for axes, view in zip(row, views, strict=True):
            axes.imshow(view, interpolation="nearest")
            axes.set_axis_off()
    for axes, title in zip(panels[0], ("image", "labels", "prediction"), strict=True):
        axes.set_title(title, fontsize=10)
    handles = [
        Patch(color="#{:02x}{:02x}{:02x}".format(*colour), label=shorten(name))
        for name, colour in zip(class_names, colours, strict=True)
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=6, fontsize=9, frameon=False)
    return figure


def class_iou_bars(
    iou: Sequence[float] | np.ndarray, class_names: Sequence[str], mean: float
) -> Figure:
    """Intersection over union per class, with the mean as a line.

    Args:
        iou: (classes,) in [0, 1]; NaN for a class that does not occur.
        class_names: one name per class.
        mean: mean intersection over union.

    Returns:
        The figure.

    Raises:
        ValueError: if the numbers of values and names differ, or there is none.
    """
    iou = np.asarray(iou, float)
    check_lengths(iou=iou, class_names=class_names)
    figure = new_figure(6.4, 0.3 * len(iou) + 1.2)
    axes = figure.subplots()
    places = np.arange(len(iou))
    axes.barh(places, np.nan_to_num(iou), color=BLUE)
    for place, value in enumerate(iou):
        text = "does not occur" if np.isnan(value) else f"{100 * value:.1f}"
        axes.text(float(np.nan_to_num(value)) + 0.01, place, text, va="center", fontsize=8)
    axes.axvline(mean, color=VERMILION, linestyle="--", label=f"mean {100 * mean:.1f} %")
    axes.set_yticks(places, [shorten(name) for name in class_names])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.08)
    axes.set_xlabel("intersection over union")
    axes.grid(axis="x", alpha=0.3, color=GREY)
    axes.legend(fontsize="small", loc="lower right")
    return figure


def pixel_confusion_matrix(confusion: np.ndarray, class_names: Sequence[str]) -> Figure:
    """Pixels by true and predicted class, in per cent of the true class.

    Args:
        confusion: pixel counts (classes, classes), true classes in rows.
        class_names: one name per class.

    Returns:
        The figure.

    Raises:
        ValueError: if the numbers of rows and names differ, or there is none.
    """
    check_lengths(confusion=confusion, class_names=class_names)
    shares = 100 * confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    side = float(np.clip(0.5 * len(shares), 2.6, 9.0))
    figure = new_figure(side + 2.4, side + 1.4)
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=100)
    for (row, column), value in np.ndenumerate(shares):
        if value >= 0.5:
            colour = "white" if value > 60 else "black"
            axes.text(column, row, f"{value:.0f}", ha="center", va="center", color=colour,
                      fontsize=8)  # fmt: skip
    names = [shorten(name, 14) for name in class_names]
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class (100 % a row)")
    return figure


def _blend(image: np.ndarray, mask: np.ndarray, colours: Colours, hidden: np.ndarray) -> np.ndarray:
    mixed = 0.3 * image + 0.7 * colour_mask(np.where(hidden, 0, mask), colours)
    return np.where(hidden[..., None], image, np.rint(mixed)).astype(np.uint8)
