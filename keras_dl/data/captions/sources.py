"""Captioned images by name or path: Flickr8k's slice, a folder with a table, generated shapes."""

import csv
import io
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from keras_dl.data.archives import ARCHIVES, IMAGES, Member, scan
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.files import user_path
from keras_dl.data.images.image_files import decode_images, stack_images
from keras_dl.data.reading import fact, notice
from keras_dl.data.sources import mirror
from keras_dl.data.split_names import split_named
from keras_dl.data.splitting import TEST_SHARE, VALIDATION_SHARE, record_cut, split_indices
from keras_dl.data.text_files import read_text

__all__ = ["NAMED", "Captioned", "read_captioned"]

NAMED = ("flickr8k_1000", "captioned_shapes")
TABLE = ("captions.tsv", "captions.csv", "captions.txt")
COLOURS = {"red": (220, 40, 40), "green": (40, 170, 60), "blue": (50, 80, 220)}
SHAPES = ("circle", "square", "triangle")
PLACES = {"left": 0.25, "middle": 0.5, "right": 0.75}
GENERATED, SEED = 160, 20_260_101


class Captioned(NamedTuple):
    """Images with their captions.

    Attributes:
        name: short name of the set.
        source: origin, in words.
        images: (n, side, side, 3) uint8.
        captions: of each image.
        rows: images by split.
    """

    name: str
    source: str
    images: np.ndarray
    captions: list[list[str]]
    rows: dict[str, np.ndarray]


def read_captioned(dataset: str, side: int) -> Captioned:
    """Reads captioned images.

    Args:
        dataset: "flickr8k_1000"; "captioned_shapes", which are generated; or a folder of images, or
            with an archive of them, and a table captions.tsv or captions.csv with the columns
            image and caption, and perhaps split; an image has one line for each caption.
        side: of the square images in pixels.

    Raises:
        DatasetUnavailable: if there is no such set or folder.
        DatasetError: if images or captions are missing or cannot be read.
    """
    if dataset == "captioned_shapes":
        return _shapes(side)
    folder = mirror.find(dataset) if dataset in NAMED else user_path(dataset)
    if folder is None or not folder.is_dir():
        raise DatasetUnavailable(
            f"`dataset` must be one of {', '.join(NAMED)}, of which the first is a folder of the "
            "mirror that KERAS_DL_DATA names, or a folder of images with captions.tsv. "
            f"Received: dataset={dataset!r}"
        )
    return _read_folder(folder, side)


def _read_folder(folder: Path, side: int) -> Captioned:
    captions, splits = _read_table(folder)
    members = _images(folder)
    absent = sorted(set(captions) - set(members))
    if absent:
        raise DatasetError(
            "`dataset` must have each image of its table. "
            f"Received: no {absent[0]} and {len(absent) - 1} more in {folder}"
        )
    unused = len(members) - len(captions)
    if unused:
        notice(f"{unused:,} of {len(members):,} images have no caption and are left out.")
    names = list(captions)
    images = stack_images(decode_images([members[name] for name in names], (side, side)).images, 3)
    part = np.array([splits[name] for name in names])
    return Captioned(
        folder.resolve().name, str(folder), images, [captions[name] for name in names], _rows(part)
    )


def _read_table(folder: Path) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Captions and split of each image, "" where the table names none."""
    path = next((folder / name for name in TABLE if (folder / name).is_file()), None)
    if path is None:
        raise DatasetError(
            f"`dataset` must hold a table {' or '.join(TABLE[:2])} with the columns image and "
            f"caption. Received: {folder}"
        )
    text = read_text(path)
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    quoting = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, quoting=quoting)
    if not {"image", "caption"} <= set(reader.fieldnames or ()):
        raise DatasetError(
            "`dataset` must have a table with the columns image and caption. "
            f"Received: {', '.join(reader.fieldnames or ())} in {path}"
        )
    captions: dict[str, list[str]] = defaultdict(list)
    splits: dict[str, str] = {}
    left_out = 0
    for line in reader:
        word = (line.get("split") or "").strip()
        split = split_named(word) if word else ""
        if split is None:
            left_out += 1
            continue
        captions[line["image"]].append(line["caption"] or "")
        splits[line["image"]] = split
    if left_out:
        notice(f"{left_out:,} captions are of no split and are left out.")
    return dict(captions), splits


def _images(folder: Path) -> dict[str, Member]:
    """Image files by name, of the folder or of the archives in it."""
    archives = [path for path in folder.iterdir() if path.name.lower().endswith(ARCHIVES)]
    members = [m for place in (folder, *sorted(archives)) for m in scan(place, IMAGES).members]
    return {member.path.name: member for member in members}


def _rows(part: np.ndarray) -> dict[str, np.ndarray]:
    """Rows of the splits; those that are not named are cut off train."""
    part = np.where(part == "", "train", part)
    rows = {name: np.flatnonzero(part == name) for name in ("train", "validation", "test")}
    shares = {"test": TEST_SHARE, "validation": VALIDATION_SHARE}
    shares = {name: share for name, share in shares.items() if not len(rows[name])}
    record_cut(shares, stratified=False, unit="images")
    for name, share in shares.items():
        train = rows["train"]
        if len(train) < 2:
            raise DatasetError(f"`dataset` must hold more images. Received: {len(train)} to divide")
        rest, drawn = split_indices(train, share, stratified=False)
        rows["train"], rows[name] = train[rest], train[drawn]
    return rows


def _shapes(side: int) -> Captioned:
    """Draws a coloured shape at one of three places, with two captions."""
    random = np.random.RandomState(SEED)
    images, captions = np.full((GENERATED, side, side, 3), 235, np.uint8), []
    for image in images:
        colour, place = random.choice(list(COLOURS)), random.choice(list(PLACES))
        shape, size = random.choice(SHAPES), side * random.uniform(0.12, 0.2)
        x, y = side * PLACES[place], side * random.uniform(0.35, 0.65)
        canvas = Image.fromarray(image)
        box = (x - size, y - size, x + size, y + size)
        draw = ImageDraw.Draw(canvas)
        if shape == "circle":
            draw.ellipse(box, fill=COLOURS[colour])
        elif shape == "square":
            draw.rectangle(box, fill=COLOURS[colour])
        else:
            draw.polygon([(x, box[1]), (box[0], box[3]), (box[2], box[3])], fill=COLOURS[colour])
        image[:] = np.asarray(canvas)
        captions.append(
            [f"a {colour} {shape} on the {place}", f"there is a {colour} {shape} at the {place} ."]
        )
    fact("images", f"{GENERATED} generated shapes")
    return Captioned(
        "captioned_shapes", "generated", images, captions, _rows(np.full(GENERATED, ""))
    )
