"""Shapes: generated images of discs, squares and triangles on noise, with their masks."""

import numpy as np

from keras_dl.data.segmentation.labelled import LabelledImages, Pair, voc_colours

__all__ = ["SIDES", "draw_shapes", "read_shapes"]

# Corners of the regular polygon of each class; many make a disc.
SIDES = {"disc": 60, "square": 4, "triangle": 3}
COUNTS = {"train": 300, "validation": 50, "test": 100}
NOISE = 24.0  # standard deviation of the pixels, in grey levels


def read_shapes(image_size: int | None = None) -> LabelledImages:
    """Generates the data set; the same in every run.

    Args:
        image_size: height of the images in pixels; None is 48. The width is 4/3 of it.

    Returns:
        300 + 50 + 100 images with the classes background, disc, square and triangle.
    """
    height = image_size or 48
    size = (height, round(height * 4 / 3))
    splits = {
        split: draw_shapes(count, size, seed=seed)
        for seed, (split, count) in enumerate(COUNTS.items())
    }
    names = ("background", *SIDES)
    parts = splits["train"], splits["validation"], splits["test"]
    return LabelledImages("shapes", "generated", *parts, names, None, voc_colours(len(names)))


def draw_shapes(count: int, size: tuple[int, int], *, seed: int) -> Pair:
    """Draws one to four shapes per image, of random place, size, angle and colour.

    The colour does not depend on the class, so that only the outline reveals it. Later shapes cover
    earlier ones.

    Args:
        count: number of images.
        size: (height, width) in pixels.
        seed: of the draw.

    Returns:
        Images (count, height, width, 3) and masks (count, height, width), uint8; label 0 is the
        background, the others follow `SIDES`.
    """
    # RandomState rather than default_rng: its stream is frozen across NumPy releases.
    random = np.random.RandomState(seed)
    images = random.normal(96, NOISE, (count, *size, 3))
    masks = np.zeros((count, *size), np.uint8)
    for image, mask in zip(images, masks, strict=True):
        for _ in range(random.randint(1, 5)):
            label = random.randint(len(SIDES))
            inside = _polygon(size, list(SIDES.values())[label], random)
            colour = random.randint(0, 256, 3)
            image[inside] += 0.7 * (colour - 96)
            mask[inside] = label + 1
    return np.rint(images).clip(0, 255).astype(np.uint8), masks


def _polygon(size: tuple[int, int], sides: int, random: np.random.RandomState) -> np.ndarray:
    """Returns the pixels of a regular polygon, (height, width) bool."""
    height, width = size
    radius = random.uniform(0.14, 0.28) * height
    row, column = random.uniform(0, height), random.uniform(0, width)
    angles = random.uniform(0, 2 * np.pi) + 2 * np.pi * np.arange(sides) / sides
    rows, columns = np.arange(height)[:, None, None] - row, np.arange(width)[:, None] - column
    # Inside are the points on the inner side of every edge.
    along = rows * np.sin(angles) + columns * np.cos(angles)
    return (along <= radius * np.cos(np.pi / sides)).all(axis=-1)
