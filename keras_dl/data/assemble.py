"""Conversion of a source's contents to `Data`: one number format, one size, three splits."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from keras_dl.data.aligned_copy import align
from keras_dl.data.dataset import Data, Raw, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.images.checks import notice_blank_images, record_sizes
from keras_dl.data.images.pixels import to_pixels
from keras_dl.data.images.resizing import common_size, resize
from keras_dl.data.overlap import notice_overlap
from keras_dl.data.reading import notice
from keras_dl.data.reading_options import option
from keras_dl.data.specs import Classes, Features, Images, Spec, Values
from keras_dl.data.splitting import TEST_SHARE, VALIDATION_SHARE, record_cut, split_indices
from keras_dl.data.tables.encoding import ColumnEncoder
from keras_dl.data.targets import encode
from keras_dl.utils.text import list_first, plural

__all__ = ["assemble", "resize_data"]

ORDER = ("train", "validation", "test")
LOST = 1e-3  # standard deviations of a feature that rounding may change it by


def assemble(raw: Raw, batch_size: int, image_size: int | None, at_least: int | None) -> Data:
    """Converts a source's examples to `Data` and splits off missing splits.

    Args:
        raw: contents of the source.
        batch_size: examples per step.
        image_size: side of the square that images are resized to, in pixels; None keeps the size
            of images that are all equal.
        at_least: minimum length of the shorter side in pixels if `image_size` is None, or None.

    Raises:
        DatasetError: if inputs or targets cannot be used; the message names the data set.
    """
    present = {name: getattr(raw, name) for name in ORDER if getattr(raw, name) is not None}
    try:
        for name, (x, y) in present.items():
            _check_counts(name, x, y)
        contents = {name: x for name, (x, _) in present.items()}
        inputs, xs = _inputs(contents, image_size, at_least, raw)
        ys, class_names = encode(
            [y for _, y in present.values()],
            tabular=isinstance(inputs, Features),
            class_names=raw.class_names,
            task=option("task") or raw.task,
        )
        weights = {n: _weights((raw.sample_weight or {}).get(n), x) for n, x in present.items()}
        splits = {n: Split(x, y, weights[n]) for n, x, y in zip(present, xs, ys, strict=True)}
        splits = _add_missing_splits(splits, stratified=bool(class_names))
        _check_classes(splits, class_names)
        encoder = ColumnEncoder.fit(raw.columns, splits["train"].x) if raw.columns else None
        if encoder is not None:
            splits = {n: replace(split, x=encoder(split.x)) for n, split in splits.items()}
            inputs = Features(encoder.names)
            _notice_gaps(encoder)
        notice_overlap(splits["train"].x, splits["test"].x)
    except DatasetError as error:
        raise type(error)(f"{error} (data set '{raw.name}', {raw.source})") from None
    targets = Classes(class_names) if class_names else Values()
    return Data.from_splits(
        raw.name,
        splits,
        inputs=inputs,
        targets=targets,
        source=raw.source,
        batch_size=batch_size,
        preprocessor=encoder,
    )


def resize_data(data: Data, batch_size: int, image_size: int | None, at_least: int | None) -> Data:
    """Returns the data with another batch size and, if necessary, resized images.

    Args:
        data: a data set.
        batch_size: examples per step.
        image_size: side of the square images in pixels; None keeps their size.
        at_least: minimum length of the shorter side in pixels if `image_size` is None, or None.
    """
    if not isinstance(data.inputs, Images) or (image_size is None and at_least is None):
        return replace(data, batch_size=batch_size)
    size = common_size([data.input_shape[:2]], image_size, at_least)
    if data.input_shape[:2] == size:
        return replace(data, batch_size=batch_size)
    record_sizes([data.input_shape[:2]], size, asked=True)
    splits = {n: replace(split, x=resize(split.x, size)) for n, split in data.splits.items()}
    return data.with_splits(splits, batch_size=batch_size)


def _check_counts(name: str, x: Sequence[np.ndarray] | np.ndarray, y: np.ndarray) -> None:
    if isinstance(x, np.ndarray) and x.ndim == 0:
        raise DatasetError(f"`x` must be an array of examples. Received: one value in {name}")
    if len(x) == 0:
        raise DatasetError(f"`x` must hold at least one example. Received: 0 in the {name} split")
    if np.ndim(y) == 0 or len(x) != len(y):
        raise DatasetError(
            f"`x` and `y` must have one row per example. Received: {len(x)} examples "
            f"and {len(y) if np.ndim(y) else 1} targets in the {name} split"
        )


def _weights(weights: Any, pair: tuple[Any, Any]) -> np.ndarray | None:
    """Returns weights of examples as float32, (n,)."""
    if weights is None:
        return None
    weights = np.asarray(weights)
    if weights.shape != (len(pair[0]),) or weights.dtype.kind not in "biuf":
        raise DatasetError(
            "`sample_weight` must have one weight per example. "
            f"Received: shape={weights.shape}, dtype={weights.dtype}, {len(pair[0])} examples"
        )
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise DatasetError(
            "`sample_weight` must be finite and 0 or more. "
            f"Received: {weights.min()} … {weights.max()}"
        )
    if len(weights) and not weights.any():
        raise DatasetError(
            "`sample_weight` must have a weight above 0; with 0 alone nothing is learnt. "
            f"Received: {len(weights)} zeros"
        )
    return weights.astype(np.float32)


def _inputs(
    splits: dict[str, Any], image_size: int | None, at_least: int | None, raw: Raw
) -> tuple[Spec, list[np.ndarray]]:
    xs, white = list(splits.values()), raw.white
    ranks = {3 if isinstance(x, list) else x.ndim for x in xs}
    if not (ranks == {2} or ranks <= {3, 4}):
        raise DatasetError(
            "`x` must have rank 2 (features) in all splits, or rank 3 or 4 (images) in all. "
            f"Received: shapes={[np.shape(x) for x in xs]}"
        )
    if ranks == {2}:
        if image_size or at_least:
            raise DatasetError(
                "`dataset` must hold images for this network; a table has no height and width. "
                f"Received: features of shape {xs[0].shape}"
            )
        return raw.features or Features(), xs if raw.columns else _tables(xs)
    if white is None:
        pixels = to_pixels(splits)
        sizes = {image.shape[:2] for x in pixels.images for image in _one_per_size(x)}
        size = common_size(sizes, image_size, at_least)
        record_sizes(sizes, size, asked=bool(image_size))
        xs, white = [resize(x, size) for x in pixels.images], pixels.white
    notice_blank_images(_check_widths(xs))
    return Images(white=white), xs


def _one_per_size(images: np.ndarray | list[np.ndarray]) -> list[np.ndarray]:
    return [images[0]] if isinstance(images, np.ndarray) else images


def _notice_gaps(encoder: ColumnEncoder) -> None:
    gaps = {c.name: f"{c.fill:g}" for c in encoder.columns if c.gaps and c.kind != "nominal"}
    if gaps:
        listed = ", ".join(f"{name} {value}" for name, value in list(gaps.items())[:10])
        notice(f"Missing cells have the median of train ({listed}) and a feature that marks them.")
    nominal = [c.name for c in encoder.columns if c.gaps and c.kind == "nominal"]
    if nominal:
        notice(f"Missing cells of {list_first(nominal, 10)} are a category of their own.")


def _tables(xs: list[np.ndarray]) -> list[np.ndarray]:
    if any(x.dtype.kind not in "biuf" for x in xs):
        raise DatasetError(
            f"`x` must hold numbers; encode text as numbers first. Received: dtype={xs[0].dtype}"
        )
    exact, xs = xs, [x.astype(np.float32) for x in xs]
    bad = sum(int((~np.isfinite(x)).sum()) for x in xs)
    if bad:
        raise DatasetError(
            "`x` must be finite in float32; fill or remove missing values. "
            f"Received: {bad} NaN or inf"
        )
    _check_widths(xs)
    _notice_lost_digits(np.concatenate(exact), np.concatenate(xs))
    return xs


def _notice_lost_digits(exact: np.ndarray, rounded: np.ndarray) -> None:
    """Records the columns whose differences float32 does not resolve, such as times in seconds."""
    if not len(exact) or exact.dtype == np.float32 or exact.dtype.kind == "b":
        return
    lost = np.abs(exact - rounded.astype(np.float64)).max(axis=0)
    columns = np.flatnonzero(lost > LOST * exact.std(axis=0, dtype=np.float64))
    if len(columns):
        whole = f"of {plural(exact.shape[1], 'feature', 'features')}"
        words = plural(len(columns), f"{whole} loses", f"{whole} lose")
        notice(
            f"{words} digits in float32 (numbers from 0: {list_first(columns, 5)}); subtract a "
            "constant from large values."
        )


def _check_widths(xs: list[np.ndarray]) -> list[np.ndarray]:
    if len({x.shape[1:] for x in xs}) > 1:
        raise DatasetError(
            "`x` must have the same features in all splits. "
            f"Received: shapes={[x.shape for x in xs]}"
        )
    return xs


def _add_missing_splits(splits: dict[str, Split], *, stratified: bool) -> dict[str, Split]:
    """Splits test, then validation, off train if the source has none."""
    shares = {"test": TEST_SHARE, "validation": VALIDATION_SHARE}
    shares = {name: share for name, share in shares.items() if name not in splits}
    record_cut(shares, stratified=stratified)
    for name, share in shares.items():
        x, y, weight = splits["train"].x, splits["train"].y, splits["train"].sample_weight
        if len(x) < 2:
            raise DatasetError(
                f"`x` must hold enough examples for three splits. Received: {len(x)} left to cut "
                f"the {name} split from"
            )
        indices = split_indices(y, share, stratified=stratified)
        weights = [None if weight is None else weight[rows] for rows in indices]
        parts = [
            Split(align(x, rows), align(y, rows), own)
            for rows, own in zip(indices, weights, strict=True)
        ]
        splits |= {"train": parts[0], name: parts[1]}
    return splits


def _check_classes(splits: dict[str, Split], class_names: tuple[str, ...]) -> None:
    """Checks that train has two classes or more, and each that another split has."""
    if not class_names:
        return
    present = {name: set(np.unique(splits[name].y).tolist()) for name in ORDER}
    if len(present["train"]) < 2:
        raise DatasetError(
            "`y` must hold at least two classes in train; one class cannot be classified. "
            f"Received: {len(present['train'])} class"
        )
    for name in ORDER:
        extra = present[name] - present["train"]
        lacking = [label for i, label in enumerate(class_names) if i not in present[name]]
        if extra:
            unseen = [class_names[i] for i in sorted(extra)]
            raise DatasetError(
                "`y` must have an example of each class in train. "
                f"Received: {list_first(unseen)} only in {name}"
            )
        if lacking:
            whole = f"of {len(class_names)} classes"
            words = plural(len(lacking), f"{whole} has", f"{whole} have")
            notice(f"{words} no example in {name}: {list_first(lacking)}.")
