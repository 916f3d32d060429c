"""What is explained: the model of a run, of a file, or in memory, with its classes and units."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_dl.data import read_images
from keras_dl.data.unreadable import Unreadable
from keras_dl.explanations.preprocessing import preprocess
from keras_dl.tasks import predicting
from keras_dl.tracking import store
from keras_dl.tracking.model_files import read_model

__all__ = ["Subject", "open_subject", "read"]

SCALING = (keras.layers.Rescaling, keras.layers.Normalization)


@dataclass(frozen=True)
class Subject:
    """A model with what is known of it.

    Attributes:
        model: the model.
        name: for titles.
        mode: units of its inputs, see `preprocess`; "" if unknown.
        classes: their names; empty if unknown.
        run_id: of its run, or "".
        white: number that is white in the images of the run's training, or None.
    """

    model: keras.Model
    name: str
    mode: str
    classes: tuple[str, ...] = ()
    run_id: str = ""
    white: float | None = None


def open_subject(model: Any, mode: str | None, labels: str | None) -> Subject:
    """Loads a model.

    Args:
        model: a Keras model, the path of a `.keras` file, the id of a run or its result.
        mode: how pixels become its inputs; None: "none" for models that scale by themselves.
        labels: file with the name of a class on each line, or None.

    Raises:
        ValueError: if there is no such run, its model takes no images, or the file is wrong.
    """
    classes = _read_labels(labels) if labels else ()
    if not isinstance(model, keras.Model) and not _is_file(model):
        return _of_run(str(getattr(model, "run_id", model)), mode, classes)
    path = None if isinstance(model, keras.Model) else Path(model).expanduser()
    loaded = model if path is None else read_model(path)
    flat: Any = loaded._flatten_layers()
    if mode is None:
        mode = "none" if any(isinstance(layer, SCALING) for layer in flat) else ""
    return Subject(loaded, path.name if path else loaded.name, mode, classes)


def _is_file(model: Any) -> bool:
    return isinstance(model, Path) or (isinstance(model, str) and model.endswith(".keras"))


def _of_run(run_id: str, mode: str | None, classes: tuple[str, ...]) -> Subject:
    run, saved = store.find_run(run_id), predicting.load_run(run_id)
    if saved.spec["inputs"]["type"] != "Images":
        raise ValueError(
            f"`run_id` must name a run on images. Received: {run.info.run_id}, a run on "
            f"{saved.spec['inputs']['type'].lower()}"
        )
    return Subject(
        saved.model,
        f"{run.info.run_name} on {saved.spec['name']}",
        mode or "none",
        classes or tuple(saved.spec["class_names"] or ()),
        run.info.run_id,
        saved.spec["inputs"].get("white"),
    )


def _read_labels(path: str) -> tuple[str, ...]:
    try:
        text = Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(
            f"`labels` must be a text file with a class on each line. Received: {path} ({error})"
        ) from None
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def read(
    subject: Subject, images: Any, limit: int
) -> tuple[np.ndarray, list[str], Unreadable, int]:
    """Returns images in the units of the model's inputs, evenly spread over those that are given.

    Args:
        subject: the model.
        images: an array in these units, or paths of images and folders.
        limit: images at most.

    Returns:
        The images, their names, what could not be read, and the number of images there were.

    Raises:
        ValueError: if the units are unknown, or there is no image.
    """
    unreadable: Unreadable = []
    if not isinstance(images, str | Path) and not _are_paths(images):
        x = np.asarray(images)
        names = [f"image {i}" for i in range(len(x))] if x.ndim else []
    else:
        shape = tuple(subject.model.input_shape[1:])
        if len(shape) != 3 or None in shape:
            raise ValueError(
                f"`model` must take images of one size to be read. Received: input shape {shape}"
            )
        if not subject.mode:
            raise ValueError(
                "`preprocess` must be stated, as the model has no Rescaling or Normalization: "
                "none for pixels 0..255, unit for [0, 1], tf for [-1, 1], torch or caffe. "
                "Received: none given"
            )
        pixels, names = read_images(images, shape, subject.white, unreadable)
        if not names:
            raise ValueError(f"`images` must hold a readable image. Received: {unreadable[0][1]}")
        x = preprocess(pixels, subject.mode)
    picked = np.unique(np.linspace(0, len(x) - 1, min(limit, len(x))).round().astype(int))
    return x[picked], [names[i] for i in picked], unreadable, len(x)


def _are_paths(images: Any) -> bool:
    return isinstance(images, Sequence) and all(isinstance(path, str | Path) for path in images)
