"""Decodes mask files, PNGs with a class number per pixel, and pairs them with images."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageOps

from keras_dl.data.archives import Member
from keras_dl.data.errors import DatasetError
from keras_dl.data.images.checks import record_sizes
from keras_dl.data.images.formats import open_image
from keras_dl.data.images.image_files import decode_images, read_sizes, stack_images
from keras_dl.data.images.pixels import to_bytes
from keras_dl.data.reading import notice
from keras_dl.data.segmentation.labelled import Pair

__all__ = ["Palette", "common_size", "decode_masks", "decode_pairs"]

INDEX_MODES = ("1", "L", "P", "I", "I;16")
CODE = np.array([65536, 256, 1])  # one number for red, green and blue
Palette = Mapping[tuple[int, int, int], int]


def decode_pairs(
    splits: Mapping[str, Sequence[tuple[Member, Member]]],
    size: tuple[int, int],
    channels: int | None = None,
    palette: Palette | None = None,
) -> tuple[dict[str, Pair], float]:
    """Decodes images and masks and brings both to one size: the same centred part of each.

    Args:
        splits: image file and mask file of each example, by split.
        size: (height, width) in pixels.
        channels: 1 or 3, or None: 1 where nearly all images are gray, else 3.
        palette: labels by colour, of masks that hold colours; None for class numbers.

    Returns:
        By split, images (n, height, width, channels) and masks (n, height, width), uint8; and the
        number that was white in files of more than 8 bits, else 255.

    Raises:
        DatasetError: if a file cannot be decoded, a mask is no index image or has a colour without
            a label, or the two differ in size.
    """
    pairs = [pair for split in splits.values() for pair in split]
    for image, mask in pairs:
        sizes = read_sizes([image]), read_sizes([mask])
        if sizes[0] != sizes[1]:
            (own,), (other,) = sizes
            raise DatasetError(
                "`dataset` must have masks of their images' size. "
                f"Received: {image.path} of {own[0]}×{own[1]} pixels, "
                f"{mask.path} of {other[0]}×{other[1]}"
            )
    decoded = decode_images([image for image, _ in pairs], size)
    record_sizes(decoded.sizes, size, asked=True)
    images = stack_images(decoded.images, channels)
    if images.dtype != np.uint8:
        notice("Images of more than 8 bits are rounded to 256 grey levels for segmentation.")
    images, masks = to_bytes(images), decode_masks([mask for _, mask in pairs], size, palette)
    ends = np.cumsum([len(split) for split in splits.values()])[:-1]
    parts = zip(np.split(images, ends), np.split(masks, ends), strict=True)
    return dict(zip(splits, parts, strict=True)), decoded.white


def decode_masks(
    members: Sequence[Member], size: tuple[int, int], palette: Palette | None = None
) -> np.ndarray:
    """Decodes class numbers; resizing takes the nearest pixel, so that no new label arises.

    Args:
        members: mask files.
        size: (height, width) in pixels.
        palette: labels by colour, of masks that hold colours; None for class numbers.

    Returns:
        (n, height, width) uint8.

    Raises:
        DatasetError: if a file cannot be decoded, holds colours without a palette, or a colour that
            is not in it.
    """
    masks = np.empty((len(members), *size), np.uint8)
    for slot, member in zip(masks, members, strict=True):
        slot[...] = _labels(member, size, palette)
    return masks


def common_size(
    pairs: Mapping[str, Sequence[tuple[Member, Member]]], image_size: int | None
) -> tuple[int, int]:
    """Returns the (height, width) that all images are brought to.

    Args:
        pairs: image and mask files by split.
        image_size: height in pixels; the width follows from the most frequent size. None keeps
            images that are all of one size.

    Raises:
        DatasetError: if images differ in size and `image_size` is None.
    """
    sizes = Counter(
        size for split in pairs.values() for image, _ in split for size in read_sizes([image])
    )
    (height, width), _ = sizes.most_common(1)[0]
    if image_size is not None:
        return image_size, max(1, round(image_size * width / height))
    if len(sizes) > 1:
        raise DatasetError(
            "`image_size` must be set for images of various sizes; it is the height that all are "
            f"brought to. Received: {len(sizes)} sizes, such as {height}×{width} pixels"
        )
    return height, width


def _labels(member: Member, size: tuple[int, int], palette: Palette | None) -> np.ndarray:
    try:
        mask = open_image(member)
        mask.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise DatasetError(
            f"`dataset` must hold masks that can be decoded. Received: {member.path} ({error})"
        ) from None
    if palette is not None:
        values = _by_colour(np.asarray(mask.convert("RGB")), palette, member)
    elif mask.mode in INDEX_MODES:
        values = np.asarray(mask)
    else:
        raise DatasetError(
            "`dataset` must hold masks with one class number per pixel, such as PNG files of mode "
            "L or P, or state the colour of each class in classes.txt, as in `grass 0 128 0`. "
            f"Received: {member.path} of mode {mask.mode}"
        )
    if values.max() > 255 or values.min() < 0:
        raise DatasetError(
            "`dataset` must hold masks with class numbers from 0 to 255. "
            f"Received: {member.path} with {values.min()} … {values.max()}"
        )
    image = Image.fromarray(values.astype(np.uint8))
    if image.size != size[::-1]:
        image = ImageOps.fit(image, (size[1], size[0]), method=Image.Resampling.NEAREST)
    return np.asarray(image)


def _by_colour(pixels: np.ndarray, palette: Palette, member: Member) -> np.ndarray:
    """Labels of the pixels (height, width, 3)."""
    codes = pixels.astype(np.int64) @ CODE
    listed = np.array(sorted(np.array(colour) @ CODE for colour in palette))
    labels = {int(np.array(colour) @ CODE): label for colour, label in palette.items()}
    strange = ~np.isin(codes, listed)
    if strange.any():
        red, green, blue = pixels[strange][0]
        raise DatasetError(
            "`dataset` must have masks in the colours of classes.txt; JPEG changes colours, PNG "
            f"does not. Received: colour {red} {green} {blue} in {member.path}"
        )
    return np.array([labels[int(code)] for code in listed])[np.searchsorted(listed, codes)]
