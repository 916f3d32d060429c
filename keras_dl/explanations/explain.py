"""Explains what a model looks at: reads images, computes, draws, stores with the run."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_dl import plots
from keras_dl.data.unreadable import Unreadable
from keras_dl.explanations import preprocessing
from keras_dl.explanations._classes import (
    Ranking,
    captions,
    class_names,
    class_number,
    rankings,
)
from keras_dl.explanations._logits import as_images, class_logits, resolve_targets
from keras_dl.explanations.methods import METHODS, Request
from keras_dl.explanations.subjects import Subject, open_subject, read
from keras_dl.tracking.attachments import attach
from keras_dl.utils.checks import check_choice
from keras_dl.utils.files import atomic_path

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["WITHOUT_IMAGES", "Explanation", "explain"]

FOLDER = "explanations"
WITHOUT_IMAGES = ("filters", "maximize")
LIMITS = {"top_patches": 500}  # images, where they are searched and not drawn
LIMIT = 8
OF_LAYERS = ("feature_maps", "top_patches", "filters")  # methods without a class


@dataclass(frozen=True)
class Explanation:
    """What a method found.

    Attributes:
        method: name of the method.
        values: its arrays, as the function of `keras_dl.explanations` returns them.
        images: names of the images.
        rankings: for each image the classes with their probabilities, best first; empty for
            models without classes.
        targets: name of the explained class for each image.
        figures: by name.
        notes: sentences on how it was computed.
        files: what was written: paths, and artifacts of the run.
        unreadable: images that could not be read, with reasons.
    """

    method: str
    values: Any = field(repr=False)
    images: list[str]
    rankings: list[Ranking]
    targets: list[str]
    figures: "dict[str, Figure]" = field(repr=False)
    notes: list[str]
    files: list[str]
    unreadable: Unreadable


def explain(
    model: Any,
    images: Any = None,
    *,
    method: str = "gradcam",
    layer: str | None = None,
    target: str | int | None = None,
    units: Sequence[int] = (),
    preprocess: str | None = None,
    labels: str | None = None,
    limit: int | None = None,
    out: str | None = None,
) -> Explanation:
    """Explains a model; see `keras_dl.explain`."""
    check_choice("method", method, METHODS)
    subject = open_subject(model, preprocess, labels)
    x, names, unreadable, total = _images(subject, images, method, limit)
    logits = None if method in ("filters", "top_patches") else _logits(subject, x, method, layer)
    classes = class_names(subject.classes, logits)
    number = None if target is None else class_number(target, classes)
    targets = None if logits is None else resolve_targets(logits, number)
    ranked = rankings(logits, classes)
    low, high = _bounds(subject, x)
    if method == "maximize" and not units and not layer and targets is not None:
        chosen = range(min(10, len(classes))) if images is None and target is None else targets[:6]
        units = [int(unit) for unit in chosen]
    request = Request(
        subject.model,
        x,
        preprocessing.to_display(x, low, high),
        targets,
        captions(names, ranked, targets, classes),
        classes,
        layer,
        units,
        (low, high),
        preprocessing.black(x.shape[1:], subject.mode)[0] if subject.mode else np.array(low),
    )
    values, parts = METHODS[method](request)
    if len(x) < total:
        request.notes.append(f"{len(x)} of {total:,} images, evenly spread; `limit` takes more")
    figures = {f"{method}{end}": figure for end, figure in parts.items()}
    for figure in figures.values():
        plots.add_title(figure, f"{method.replace('_', ' ')}: {subject.name}")
    explained = [] if targets is None or images is None else [classes[t] for t in targets]
    result = Explanation(
        method, values, names, ranked, explained, figures, request.notes, [], unreadable
    )
    return replace(result, files=_write(subject, figures, out))


def _images(
    subject: Subject, images: Any, method: str, limit: int | None
) -> tuple[np.ndarray, list[str], Unreadable, int]:
    if images is not None:
        most = LIMITS.get(method, LIMIT) if limit is None else limit
        x, names, unreadable, total = read(subject, images, most)
        return as_images(subject.model, x), names, unreadable, total
    if method not in WITHOUT_IMAGES:
        raise ValueError(f"`images` must be given to explain by {method}. Received: none")
    shape = tuple(subject.model.input_shape[1:])
    if len(shape) != 3 or None in shape:
        raise ValueError(f"`model` must take images of one size. Received: input shape {shape}")
    middle = preprocessing.preprocess(np.full((1, *shape), 127.5), subject.mode or "none")
    return middle, [], [], 1


def _logits(subject: Subject, x: np.ndarray, method: str, layer: str | None) -> np.ndarray | None:
    """Logits of a classifier; None for a model without classes, if the method can do without."""
    try:
        return class_logits(subject.model, x)
    except ValueError:
        if method in OF_LAYERS or (layer and method != "gradcam"):
            return None
        raise


def _bounds(subject: Subject, x: np.ndarray) -> tuple[float, float]:
    if subject.mode:
        return preprocessing.bounds(x.shape[1:], subject.mode)
    return float(x.min()), float(x.max())


def _write(subject: Subject, figures: "dict[str, Figure]", out: str | None) -> list[str]:
    """Stores figures with the run, and as files in a folder."""
    written = []
    if subject.run_id:
        paths = attach(subject.run_id, FOLDER, figures)
        written += [f"{path} of run {subject.run_id}" for path in paths]
    if out is not None:
        for name, figure in figures.items():
            path = Path(out).expanduser() / f"{name}.png"
            with atomic_path(path) as part:
                figure.savefig(part, format="png")
            written.append(str(path))
    return written
