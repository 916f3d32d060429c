"""Facts and notices on images: sizes, and images of one colour."""

from collections.abc import Collection, Sequence

import numpy as np

from keras_dl.data.reading import fact, notice

__all__ = ["notice_blank_images", "record_sizes"]

SAMPLE = 1000  # images that are looked at first
SHARE = 0.5


def record_sizes(sizes: Collection[tuple[int, ...]], size: tuple[int, ...], asked: bool) -> None:
    """Records the size of images before and after resizing.

    Args:
        sizes: (height, width) of the source, in pixels.
        size: (height, width) of the data set.
        asked: True if the caller chose the size.
    """
    ordered = sorted(sizes)
    first, last = (f"{height}×{width}" for height, width in (ordered[0], ordered[-1]))
    own = first if len(ordered) == 1 else f"{len(ordered)} sizes from {first} to {last}"
    after = f"{size[0]}×{size[1]}"
    same = ordered == [tuple(size)]
    fact("image size", after if same else f"{own} → {after}")
    if len(ordered) > 1 and not asked:
        notice(
            f"Images of {len(ordered)} sizes ({first} to {last} pixels) are cropped and resized to "
            f"{after}; `image_size` sets another size."
        )


def notice_blank_images(splits: Sequence[np.ndarray]) -> None:
    """Records a notice if most images have one colour.

    Args:
        splits: images (n, height, width, channels) of each split.
    """
    count = sum(map(len, splits))
    step = max(1, count // SAMPLE)
    sample = [images[::step] for images in splits]
    if sum(map(_blank, sample)) <= SHARE * sum(map(len, sample)):
        return
    blank = sum(map(_blank, splits))
    if blank > SHARE * count:
        notice(
            f"{blank:,} of {count:,} images are of one colour in every pixel; check the files and "
            "their unit (transparent pixels are read as white)."
        )


def _blank(images: np.ndarray) -> int:
    if images[0].size == images.shape[-1]:  # images of one pixel
        return 0
    equal = images.max(axis=(1, 2)) == images.min(axis=(1, 2))
    return int(equal.all(axis=-1).sum())
