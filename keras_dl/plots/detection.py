"""Detections: images with boxes round what is there and what was found."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from keras_dl.plots._style import COLOURS, check_lengths, new_figure, shorten

__all__ = ["detection_overlays", "draw_boxes"]

Box = tuple[np.ndarray, int, str]
LINE = 2  # pixels


def detection_overlays(
    images: np.ndarray,
    objects: Sequence[Sequence[Box]],
    detected: Sequence[Sequence[Box]],
    class_names: Sequence[str],
) -> Figure:
    """Objects and detections side by side, a row per image, with a legend of the classes.

    Args:
        images: (n, height, width, 1 or 3) uint8.
        objects: of each image (box, class number, caption), boxes as (left, top, right, bottom).
        detected: the same of the detections.
        class_names: one name per class.

    Returns:
        The figure.

    Raises:
        ValueError: if the numbers of images differ, or there is none.
    """
    check_lengths(images=images, objects=objects, detected=detected)
    height, width = images.shape[1:3]
    figure = new_figure(9.6, 4.4 * len(images) * height / width + 0.7)
    panels = figure.subplots(len(images), 2, squeeze=False)
    for row, image, *sides in zip(panels, images, objects, detected, strict=True):
        for axes, boxes in zip(row, sides, strict=True):
            axes.imshow(np.broadcast_to(image, (height, width, 3)))
            axes.set_axis_off()
            for (left, top, right, bottom), label, caption in boxes:
                colour = COLOURS[label % len(COLOURS)]
                corner, sides_ = (left - 0.5, top - 0.5), (right - left, bottom - top)
                axes.add_patch(Rectangle(corner, *sides_, fill=False, color=colour, linewidth=1.4))
                axes.text(left, top - 1, caption, color=colour, fontsize=6, va="bottom")
    panels[0][0].set_title("objects", fontsize=10)
    panels[0][1].set_title("detections", fontsize=10)
    handles = [
        Patch(color=COLOURS[label % len(COLOURS)], label=shorten(name))
        for label, name in enumerate(class_names)
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=6, fontsize=9, frameon=False)
    return figure


def draw_boxes(image: np.ndarray, boxes: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Draws the outlines of boxes on an image, in one colour for each class.

    Args:
        image: (height, width, 1 or 3) uint8.
        boxes: (n, 4) as (left, top, right, bottom) in pixels.
        classes: class numbers (n,).

    Returns:
        (height, width, 3) uint8.
    """
    height, width = image.shape[:2]
    picture = np.broadcast_to(image, (height, width, 3)).copy()
    for box, label in zip(np.rint(boxes).astype(int), classes, strict=True):
        code = COLOURS[int(label) % len(COLOURS)].lstrip("#")
        colour = [int(code[place : place + 2], 16) for place in (0, 2, 4)]
        left, right = np.clip(box[[0, 2]], 0, width)
        top, bottom = np.clip(box[[1, 3]], 0, height)
        edge = picture[top:bottom, left:right]
        for part in (edge[:LINE], edge[-LINE:], edge[:, :LINE], edge[:, -LINE:]):
            part[...] = colour
    return picture
