"""Annotation files: CSV with a row per box, COCO's JSON, PASCAL VOC's XML with a file per image."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import numpy as np

from keras_dl.data.archives import Member
from keras_dl.data.detection.annotated import Annotated, check_boxes
from keras_dl.data.errors import DatasetError

__all__ = ["read_coco", "read_csv", "read_voc"]

EDGES = ("xmin", "ymin", "xmax", "ymax")
CSV_NAMES = {"filename": "image", "file": "image", "label": "class", "name": "class"}


def read_csv(file: Member) -> list[Annotated]:
    """Reads a table with the columns image, class, xmin, ymin, xmax, ymax, a row per box.

    `filename` stands for image and `label` for class; other columns have no effect. Rows whose
    edges and class are empty name an image without objects.

    Args:
        file: the CSV file, UTF-8.

    Raises:
        DatasetError: if a column is missing or a cell is no number.
    """
    rows = csv.DictReader(io.StringIO(_text(file)))
    header = {name: CSV_NAMES.get(name.strip().lower(), name.strip().lower())
              for name in rows.fieldnames or ()}  # fmt: skip
    missing = {"image", "class", *EDGES} - set(header.values())
    if missing:
        raise DatasetError(
            "`dataset` must have a CSV file with the columns image, class, xmin, ymin, xmax, ymax. "
            f"Received: {file.path} without {', '.join(sorted(missing))}"
        )
    by_file: dict[str, list[tuple[list[float], str]]] = defaultdict(list)
    for number, row in enumerate(rows, start=2):
        cells = {header[name]: (cell or "").strip() for name, cell in row.items() if name in header}
        boxes = by_file[cells["image"]]
        if any(cells[name] for name in (*EDGES, "class")):
            boxes.append(
                (_edges(cells, f"line {number} of {file.path}"), _label(cells, number, file))
            )
    return _collect(by_file, file)


def read_coco(file: Member) -> list[Annotated]:
    """Reads COCO's JSON: images, annotations with bbox = [x, y, width, height], categories.

    Annotations of crowds (`iscrowd`) are left out.

    Args:
        file: the JSON file.

    Raises:
        DatasetError: if it is not such a file, or an annotation names an unknown image or category.
    """
    try:
        stored = json.loads(_text(file))
        names = {entry["id"]: str(entry["file_name"]) for entry in stored["images"]}
        kinds = {entry["id"]: str(entry["name"]) for entry in stored["categories"]}
        by_file: dict[str, list[tuple[list[float], str]]] = {name: [] for name in names.values()}
        for entry in stored["annotations"]:
            if not entry.get("iscrowd"):
                left, top, width, height = map(float, entry["bbox"])
                box = [left, top, left + width, top + height]
                by_file[names[entry["image_id"]]].append((box, kinds[entry["category_id"]]))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DatasetError(
            "`dataset` must have a JSON file in COCO's format: images with id and file_name, "
            "categories with id and name, annotations with image_id, category_id and bbox. "
            f"Received: {file.path} ({type(error).__name__}: {error})"
        ) from None
    return _collect(by_file, file)


def read_voc(files: Sequence[Member]) -> list[Annotated]:
    """Reads PASCAL VOC's XML: a file per image with filename and objects with name and bndbox.

    VOC counts pixels from 1 and includes the last one: xmin − 1 is the left edge, xmax the right.

    Args:
        files: the XML files.

    Raises:
        DatasetError: if a file is no XML, declares a document type, or lacks an element.
    """
    images = []
    for file in files:
        text = _text(file)
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise DatasetError(
                "`dataset` must have XML files without a document type, whose entities can expand "
                f"without limit. Received: {file.path}"
            )
        try:
            root = ElementTree.fromstring(text)
        except ElementTree.ParseError as error:
            raise DatasetError(
                f"`dataset` must have XML files that can be parsed. Received: {file.path} ({error})"
            ) from None
        boxes, labels = [], []
        for place, element in enumerate(root.iter("object"), start=1):
            where = f"object {place} of {file.path}"
            cells = {name: element.findtext(f"bndbox/{name}", "").strip() for name in EDGES}
            left, top, right, bottom = _edges(cells, where)
            boxes.append([left - 1, top - 1, right, bottom])
            labels.append(_text_of(element, "name", where))
        name = _text_of(root, "filename", str(file.path))
        images.append(Annotated(name, np.array(boxes, float).reshape(-1, 4), tuple(labels)))
    return check_boxes(images, f"{len(files)} XML files")


def _collect(by_file: dict[str, list[tuple[list[float], str]]], file: Member) -> list[Annotated]:
    images = [
        Annotated(
            name, np.array([b for b, _ in rows], float).reshape(-1, 4), tuple(c for _, c in rows)
        )
        for name, rows in by_file.items()
    ]
    return check_boxes(images, str(file.path))


def _text(file: Member) -> str:
    try:
        return file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"`dataset` must have annotations in UTF-8. Received: {file.path} ({error})"
        ) from None


def _edges(cells: dict[str, str], where: str) -> list[float]:
    try:
        return [float(cells[name]) for name in EDGES]
    except ValueError:
        values = ", ".join(f"{name}={cells[name]!r}" for name in EDGES)
        raise DatasetError(
            f"`dataset` must have numbers for {', '.join(EDGES)}. Received: {values} in {where}"
        ) from None


def _label(cells: dict[str, str], number: int, file: Member) -> str:
    if not cells["class"]:
        raise DatasetError(
            f"`dataset` must name the class of each box. Received: none in line {number} of "
            f"{file.path}"
        )
    return cells["class"]


def _text_of(element: Any, name: str, where: str) -> str:
    text = (element.findtext(name) or "").strip()
    if not text:
        raise DatasetError(
            f"`dataset` must have XML files with <{name}> in each image and object. "
            f"Received: none in {where}"
        )
    return text
