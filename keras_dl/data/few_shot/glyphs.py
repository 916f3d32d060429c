"""Generated characters: a small stand-in for Omniglot that needs no files."""

import numpy as np
from PIL import Image, ImageDraw

from keras_dl.data.few_shot.images import ClassImages, FewShotImages

__all__ = ["glyphs"]

CLASSES = {"train": 60, "validation": 20, "test": 20}
DRAWINGS, SIZE, STROKES, POINTS = 20, 28, 2, 4
TREMOR = 1.5  # pixels: standard deviation of each point from drawing to drawing
SEED = 20_260_101


def glyphs(*, classes: dict[str, int] | None = None) -> FewShotImages:
    """Draws random characters of two strokes, 20 drawings each; ink is 255, paper 0.

    A character is a set of points on 28×28 pixels; each drawing moves every point a little. The
    characters are the same in every run.

    Args:
        classes: characters of each split; by default 60, 20 and 20.

    Returns:
        The images of train, validation and test.
    """
    classes = CLASSES if classes is None else classes
    # RandomState rather than default_rng: its stream is frozen across NumPy releases.
    random = np.random.RandomState(SEED)
    splits = {name: _split(name, count, random) for name, count in classes.items()}
    return FewShotImages("glyphs", "generated", splits)


def _split(name: str, count: int, random: np.random.RandomState) -> ClassImages:
    characters = random.uniform(4, SIZE - 4, (count, 1, STROKES, POINTS, 2))
    tremor = random.normal(0, TREMOR, (count, DRAWINGS, STROKES, POINTS, 2))
    drawings = (characters + tremor).reshape(-1, STROKES, POINTS, 2)
    x = np.stack([_draw(strokes) for strokes in drawings])[..., None]
    y = np.repeat(np.arange(count, dtype=np.int32), DRAWINGS)
    names = tuple(f"{name} glyph {number + 1}" for number in range(count))
    groups = tuple("odd" if number % 2 else "even" for number in range(1, count + 1))
    return ClassImages(x, y, names, groups=groups)


def _draw(strokes: np.ndarray) -> np.ndarray:
    image = Image.new("L", (SIZE, SIZE))
    pen = ImageDraw.Draw(image)
    for points in strokes:
        pen.line([tuple(point) for point in points.tolist()], fill=255, width=2)
    return np.asarray(image)
