"""Threads: generated curved lines on noise within a disc, with their masks."""

import numpy as np

from keras_dl.data.segmentation.labelled import VOID, LabelledImages, Pair

__all__ = ["draw_threads", "read_threads"]

COUNTS = {"train": 12, "validation": 4, "test": 6}
NOISE = 14.0  # standard deviation of the pixels, in grey levels


def read_threads(image_size: int | None = None) -> LabelledImages:
    """Generates the data set; the same in every run.

    Args:
        image_size: side of the images in pixels; None is 96.

    Returns:
        12 + 4 + 6 images with the classes background and thread; pixels outside of the disc have
        the label 255, which counts nowhere.
    """
    side = image_size or 96
    train, validation, test = (
        draw_threads(count, side, seed=seed) for seed, count in enumerate(COUNTS.values())
    )
    names, colours = ("background", "thread"), ((0, 0, 0), (0, 200, 120))
    return LabelledImages("threads", "generated", train, validation, test, names, VOID, colours)


def draw_threads(count: int, side: int, *, seed: int) -> Pair:
    """Draws six parabolas per image, darker than their surroundings and 1 to 4 pixels wide.

    Args:
        count: number of images.
        side: height and width in pixels.
        seed: of the draw.

    Returns:
        Images (count, side, side, 3) and masks (count, side, side), uint8: 0 background, 1 thread,
        255 outside of the disc.
    """
    # RandomState rather than default_rng: its stream is frozen across NumPy releases.
    random = np.random.RandomState(seed)
    rows, columns = np.mgrid[:side, :side] - (side - 1) / 2
    disc = rows**2 + columns**2 <= (0.48 * side) ** 2
    images = random.normal(120, NOISE, (count, side, side, 3))
    masks = np.zeros((count, side, side), np.uint8)
    for image, mask in zip(images, masks, strict=True):
        for _ in range(6):
            inside = _parabola(rows, columns, side, random)
            image[inside] -= random.uniform(30, 60)
            mask[inside] = 1
        image[~disc], mask[~disc] = 0, VOID
    return np.rint(images).clip(0, 255).astype(np.uint8), masks


def _parabola(
    rows: np.ndarray, columns: np.ndarray, side: int, random: np.random.RandomState
) -> np.ndarray:
    """Returns the pixels near a curve, (side, side) bool."""
    angle, shift = random.uniform(0, np.pi), random.uniform(-0.3, 0.3) * side
    bend, width = random.uniform(-1, 1) / side, random.uniform(0.5, 2.0)
    along = rows * np.cos(angle) + columns * np.sin(angle)
    across = columns * np.cos(angle) - rows * np.sin(angle)
    # The distance to a parabola is that along `across`, divided by the length of its slope.
    return np.abs(across - shift - bend * along**2) <= width * np.hypot(1, 2 * bend * along)
