"""Classes and probabilities for images on disk, by a tracked model."""

from typing import Any

from keras_dl.data import read_images
from keras_dl.reporting import probabilities
from keras_dl.tracking import models

__all__ = ["predict"]


def predict(
    run_id: str, paths: list[str], top: int = 3
) -> list[tuple[str, list[tuple[str, float]]]]:
    """Classifies images.

    Args:
        run_id: of the run whose model is used, or its first characters.
        paths: image files, folders of images, or `.npz` files with `x`.
        top: classes to give for each image.

    Returns:
        (file, [(class, probability), …] likeliest first) for every image.

    Raises:
        ValueError: if the run has no image classifier, or an image cannot be read.
    """
    if top < 1:
        raise ValueError(f"`top` must be 1 or more. Received: top={top}")
    spec: dict[str, Any] = models.spec(run_id)
    if spec["kind"] != "image" or not spec["class_names"]:
        raise ValueError(f"`run_id` must name an image classifier. Received: {spec['kind']} data")
    images, files = read_images(paths, tuple(spec["input_shape"]))
    chances = probabilities(models.load(run_id), images)
    names = spec["class_names"]
    best = (-chances).argsort(axis=1)[:, :top]
    return [
        (file, [(names[i], float(row[i])) for i in order])
        for file, row, order in zip(files, chances, best, strict=True)
    ]
