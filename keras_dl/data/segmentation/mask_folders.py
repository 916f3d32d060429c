"""Users' own images and masks: a folder or archive with ``images/`` and ``masks/``."""

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_dl.data.archives import IMAGES, Listing, Member, list_members, notice_left_out, scan
from keras_dl.data.errors import DatasetError
from keras_dl.data.segmentation.labelled import VOID, LabelledImages, Pair, voc_colours
from keras_dl.data.segmentation.masks import common_size, decode_pairs
from keras_dl.data.split_names import split_in_name

__all__ = ["read_mask_folder"]

CLASS_FILE = "classes.txt"
COLOUR = re.compile(r"\S\s+\d+\s+\d+\s+\d+$")


def read_mask_folder(path: Path, image_size: int | None = None) -> LabelledImages:
    """Reads ``images/NAME.jpg`` with ``masks/NAME.png``.

    Both folders may stand below ``train/``, ``val/`` and ``test/``. Masks hold one class number per
    pixel; 255 marks unlabelled pixels. ``classes.txt`` has one class name per line, in the order of
    the numbers; without it the numbers are the names. If every line ends with a colour, as in
    ``grass 0 128 0``, masks hold these colours instead; that of ``void`` marks unlabelled pixels.

    Args:
        path: folder, or tar, tar.gz, tgz or zip file.
        image_size: height of the images in pixels; None keeps images that are all of one size.

    Returns:
        The images; without ``test/`` or ``val/``, those splits are None.

    Raises:
        DatasetError: if images or masks are missing, cannot be decoded or hold labels without a
            class.
    """
    pairs = _paired(path)
    size = common_size(pairs, image_size)
    lines = _class_lines(path)
    palette = _palette(lines)
    splits, white = decode_pairs(pairs, size, palette=palette)
    if palette is None:
        names = tuple(lines) or _numbers(splits)
        colours = voc_colours(len(names))
    else:
        names = tuple(line.rsplit(maxsplit=3)[0] for line in lines if not _is_void(line))
        colours = tuple(colour for colour, label in palette.items() if label != VOID)
    _check_labels(pairs, splits, names)
    return LabelledImages(
        path.name.partition(".")[0],
        str(path),
        splits["train"],
        splits.get("validation"),
        splits.get("test"),
        names,
        VOID,
        colours,
        white,
    )


def _paired(path: Path) -> dict[str, list[tuple[Member, Member]]]:
    """Image and mask files by split."""
    files: dict[str, dict[str, dict[str, Member]]] = defaultdict(
        lambda: {"images": {}, "masks": {}}
    )
    listing = scan(path, IMAGES)
    members, others = [], [p for p in listing.left_out if p.name != CLASS_FILE]
    for member in listing.members:
        parts = member.path.parts[:-1]
        place = next((i for i, part in enumerate(parts) if part in ("images", "masks")), None)
        if place is None:
            others.append(member.path)
            continue
        members.append(member)
        stem = "/".join(member.path.with_suffix("").parts[place + 1 :])
        split, part = _split(parts[:place], path), parts[place]
        if stem in files[split][part]:
            raise DatasetError(
                "`dataset` must have one file per name in images/ and masks/ of a split. "
                f"Received: {files[split][part][stem].path} and {member.path} in {path}"
            )
        files[split][part][stem] = member
    notice_left_out(Listing(members, sorted(others), []), "images or masks")
    if not files["train"]["images"]:
        raise DatasetError(
            "`dataset` must hold the folders images/ and masks/ with files of the same names. "
            f"Received: {path}"
        )
    pairs = {}
    for split, parts in files.items():
        lone = sorted(set(parts["images"]) ^ set(parts["masks"]))
        if lone:
            raise DatasetError(
                "`dataset` must have one mask for each image, of the same name. "
                f"Received: {len(lone)} without a partner in {path}, such as {lone[0]}"
            )
        pairs[split] = [(parts["images"][s], parts["masks"][s]) for s in sorted(parts["images"])]
    return pairs


def _split(above: tuple[str, ...], path: Path) -> str:
    """Returns the split that the folders above images/ and masks/ name; train without a name."""
    splits = {split for part in above if (split := split_in_name(part))}
    if len(splits) > 1:
        raise DatasetError(
            "`dataset` must have images/ and masks/ below one folder of a split. "
            f"Received: {'/'.join(above)} in {path}"
        )
    return splits.pop() if splits else "train"


def _class_lines(path: Path) -> list[str]:
    """The lines of classes.txt; none without that file."""
    for member in list_members(path, (".txt",)):
        if member.path.name == CLASS_FILE:
            lines = member.read().decode("utf-8", "replace").splitlines()
            return [line.strip() for line in lines if line.strip()]
    return []


def _numbers(splits: dict[str, Pair]) -> tuple[str, ...]:
    """Numbers as names, up to the largest label."""
    labels = np.unique(np.concatenate([np.unique(masks) for _, masks in splits.values()]))
    labels = labels[labels != VOID]
    return tuple(str(label) for label in range(int(labels.max(initial=0)) + 1))


def _palette(lines: Sequence[str]) -> dict[tuple[int, int, int], int] | None:
    """Labels by colour, if every line ends with one."""
    if not lines or not all(COLOUR.search(line) for line in lines):
        return None
    palette: dict[tuple[int, int, int], int] = {}
    for line in lines:
        red, green, blue = (int(number) for number in line.split()[-3:])
        colour = red, green, blue
        if max(colour) > 255 or colour in palette:
            raise DatasetError(
                f"`dataset` must have a colour of its own, in 0 … 255, for each line of "
                f"{CLASS_FILE}. Received: {line!r}"
            )
        palette[colour] = VOID if _is_void(line) else sum(v != VOID for v in palette.values())
    return palette


def _is_void(line: str) -> bool:
    return line.split()[0].lower() == "void"


def _check_labels(
    pairs: dict[str, list[tuple[Member, Member]]],
    splits: dict[str, Pair],
    names: tuple[str, ...],
) -> None:
    if len(names) < 2:
        raise DatasetError(
            "`dataset` must have two classes or more; number them 0, 1, … in the masks, where 255 "
            f"marks unlabelled pixels. Received: {len(names)} class(es)"
        )
    for split, (_, masks) in splits.items():
        outside = ((masks >= len(names)) & (masks != VOID)).any(axis=(1, 2))
        if outside.any():
            index = int(np.argmax(outside))
            mask = masks[index]
            raise DatasetError(
                f"`dataset` must have masks with labels below {len(names)}, the number of classes, "
                f"or {VOID}. Received: {mask[mask != VOID].max()} in {pairs[split][index][1].path}"
            )
