"""Shape boxes: generated discs and squares on noise, with their boxes."""

import numpy as np

from keras_dl.data.dataset import Data, Split
from keras_dl.data.specs import Boxes, Images

__all__ = ["draw_shape_boxes"]

NAMES = ("disc", "square")
COUNTS = {"train": 120, "validation": 24, "test": 40}
SLOTS = 3
NOISE = 16.0  # standard deviation of the pixels, in grey levels


def draw_shape_boxes(batch_size: int, image_size: int | None = None) -> Data:
    """Generates the data set; the same in every run.

    Args:
        batch_size: images per step.
        image_size: side of the images in pixels; None is 64.

    Returns:
        120 + 24 + 40 images with one to three bright discs and squares, and exact boxes.
    """
    side = image_size or 64
    splits = {split: _draw(count, side, seed) for seed, (split, count) in enumerate(COUNTS.items())}
    return Data.from_splits(
        "shape_boxes", splits, inputs=Images(), targets=Boxes(NAMES), batch_size=batch_size
    )


def _draw(count: int, side: int, seed: int) -> Split:
    # RandomState rather than default_rng: its stream is frozen across NumPy releases.
    random = np.random.RandomState(seed)
    images = random.normal(80, NOISE, (count, side, side, 3))
    boxes = np.zeros((count, SLOTS, 4), np.float32)
    classes = np.full((count, SLOTS), -1, np.int32)
    rows, columns = np.mgrid[:side, :side] + 0.5
    for image, places, labels in zip(images, boxes, classes, strict=True):
        # One object in each of three strips, so that none covers another.
        for slot, strip in enumerate(random.permutation(3)[: random.randint(1, SLOTS + 1)]):
            size = random.randint(side // 6, side // 3)
            left = strip * side // 3 + random.randint(0, side // 3 - size + 1)
            top, label = random.randint(0, side - size), random.randint(2)
            y, x = rows - top - size / 2, columns - left - size / 2
            inside = np.hypot(y, x) if label == 0 else np.maximum(abs(y), abs(x))
            image[inside <= size / 2] += 0.7 * (random.randint(140, 256, 3) - 80)
            places[slot], labels[slot] = (left, top, left + size, top + size), label
    return Split(
        np.rint(images).clip(0, 255).astype(np.uint8), {"boxes": boxes, "classes": classes}
    )
