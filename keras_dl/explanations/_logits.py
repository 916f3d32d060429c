"""Class scores before the softmax, and the classes that are explained."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.backend.gradients import gradients
from keras_dl.utils.layers import activation_name, leaf_layers, shadowed

__all__ = [
    "BATCH",
    "as_images",
    "class_logits",
    "input_gradient",
    "logits_only",
    "resolve_targets",
    "target_score",
]

BATCH = 16  # images at a time
NORMALIZING = ("softmax", "sigmoid")


def as_images(model: keras.Model, images: Any) -> np.ndarray:
    """Checks images and converts them to float32.

    Args:
        model: takes the images.
        images: (n, height, width, channels) in the units of the model's inputs.

    Raises:
        ValueError: if there is none, they have another shape, or they hold NaN or inf.
    """
    array = np.asarray(images)
    expected = getattr(model, "input_shape", None)
    expected = expected[1:] if isinstance(expected, tuple) else (None,) * 3
    fits = array.ndim == 4 and len(expected) == 3
    if not fits or not len(array) or array.dtype.kind not in "biuf" or not all(
        want in (None, have) for want, have in zip(expected, array.shape[1:], strict=True)
    ):  # fmt: skip
        raise ValueError(
            "`images` must be an array (n, height, width, channels) of numbers that the model "
            f"takes, {expected}. Received: shape={array.shape}, dtype={array.dtype}"
        )
    array = array.astype("float32")
    if not np.isfinite(array).all():
        raise ValueError("`images` must be finite. Received: NaN or inf")
    return array


@contextlib.contextmanager
def logits_only(model: keras.Model) -> Iterator[None]:
    """Leaves out a softmax or sigmoid at the end of a model until the block ends.

    The gradient of a probability vanishes where the net is certain, that of the logit does not.
    """
    last = (leaf_layers(model) or [None])[-1]
    pairs: dict[str, list[tuple[Any, Any]]] = {"activation": [], "call": []}
    if isinstance(last, keras.layers.Softmax):
        pairs["call"].append((last, lambda inputs, **_: inputs))
    elif last is not None and activation_name(last) in NORMALIZING:
        pairs["activation"].append((last, keras.activations.linear))
    with shadowed("activation", pairs["activation"]), shadowed("call", pairs["call"]):
        yield


def class_logits(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Logits of images (n, classes); a single output s counts as the logits -s/2 and s/2.

    Raises:
        ValueError: if the model has no logits (n, classes).
    """
    parts = []
    with logits_only(model):
        for start in range(0, len(images), BATCH):
            output = model(ops.convert_to_tensor(images[start : start + BATCH]), training=False)
            if isinstance(output, (list, tuple, dict)) or len(output.shape) != 2:
                raise ValueError(
                    "`model` must have one output (n, classes) to explain a class; methods that "
                    f"take `layer` explain filters. Received: model {model.name!r} with outputs "
                    f"{getattr(model, 'output_shape', 'of another form')}"
                )
            parts.append(np.asarray(ops.convert_to_numpy(_two_classes(output)), "float32"))
    return np.concatenate(parts)


def _two_classes(output: Any) -> Any:
    return ops.concatenate([-output / 2, output / 2], axis=1) if output.shape[1] == 1 else output


def resolve_targets(logits: np.ndarray, targets: int | Sequence[int] | None) -> np.ndarray:
    """Returns a class number for each image.

    Args:
        logits: (n, classes).
        targets: one class for all images, one for each, or None for the most probable one.

    Raises:
        ValueError: if a class is out of range, or their number is not that of the images.
    """
    count, classes = logits.shape
    if targets is None:
        return logits.argmax(axis=1)
    labels = np.asarray(targets)
    right = labels.dtype.kind in "iu" and labels.shape in ((), (count,))
    if not right or labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"`targets` must be a class number from 0 to {classes - 1}, or one for each of the "
            f"{count} images. Received: targets={targets!r}"
        )
    return np.broadcast_to(labels, (count,))


def target_score(model: keras.Model, x: Any, targets: np.ndarray) -> Any:
    """Sum over images of the logit of each one's target, a scalar tensor.

    Args:
        model: within `logits_only`.
        x: images as a tensor.
        targets: class numbers, (n,).
    """
    logits: Any = ops.cast(_two_classes(model(x, training=False)), "float32")
    return ops.sum(logits * ops.one_hot(targets, logits.shape[1], dtype="float32"))


def input_gradient(model: keras.Model, images: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Computes the gradient of each image's target logit with respect to the image.

    Args:
        model: a classifier.
        images: inputs of the model (n, …).
        targets: class numbers (n,).

    Returns:
        An array of the shape of `images`.
    """
    parts = []
    with logits_only(model):
        for start in range(0, len(images), BATCH):
            part = slice(start, start + BATCH)
            logit = targets[part]
            parts += gradients(
                lambda values, logit=logit: target_score(model, values[0], logit), [images[part]]
            )
    return np.concatenate(parts)
