"""Arrays in memory: tuples, dicts, `.npz` files and `tf.data` pipelines."""

import math
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Protocol, TypeGuard

import numpy as np

from keras_dl.data.dataset import MAX_BYTES, Raw
from keras_dl.data.errors import DatasetError
from keras_dl.data.files import open_regular, refuse_damaged
from keras_dl.data.split_names import split_named
from keras_dl.data.tables.frames import as_frame, read_frame

__all__ = ["from_arrays", "from_mapping", "read_npz"]

FORMS = (
    "`dataset` must be a name, a path, Data, (x, y), (x, y, sample_weight), (x_train, y_train, "
    "x_test, y_test), ((x_train, y_train), (x_test, y_test)), a dict with those keys, a DataFrame, "
    "or a tf.data.Dataset of (x, y), alone or as a (train, test) pair."
)

WEIGHT = "sample_weight"
READERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


class Pipeline(Protocol):
    """The methods of a `tf.data.Dataset` that are used here."""

    @property
    def element_spec(self) -> Any:
        """Shapes and types of an element."""
        ...

    def cardinality(self) -> Any:
        """Returns the number of elements; -1 for an endless pipeline."""
        ...

    def as_numpy_iterator(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Returns the elements as arrays."""
        ...


def from_arrays(dataset: object) -> Raw:
    """Assigns arrays to splits.

    Args:
        dataset: one of the forms that the error message lists.

    Raises:
        DatasetError: for another form, or an endless pipeline.
    """
    if (frame := as_frame(dataset)) is not None:
        return read_frame(frame)
    if isinstance(dataset, Mapping):
        return from_mapping(dataset, "the caller's arrays")
    if _is_pipeline(dataset):
        return _raw(_drain(dataset))
    if not isinstance(dataset, tuple | list) or len(dataset) not in (2, 3, 4):
        got = f"{type(dataset).__name__}"
        length = f" of length {len(dataset)}" if isinstance(dataset, tuple | list) else ""
        raise DatasetError(f"{FORMS} Received: {got}{length}")
    if len(dataset) == 4:
        return _raw((dataset[0], dataset[1]), (dataset[2], dataset[3]))
    if len(dataset) == 3:
        return _raw(tuple(dataset))
    if all(isinstance(part, tuple) and len(part) in (2, 3) for part in dataset):
        return _raw(dataset[0], dataset[1])
    first, second = dataset
    if _is_pipeline(first) and _is_pipeline(second):
        return _raw(_drain(first), _drain(second))
    return _raw((first, second))


def from_mapping(arrays: Mapping[str, Any], source: str, name: str = "arrays") -> Raw:
    """Assigns arrays to splits by key: x_train, y_train and optional x_test, y_test; or x, y.

    Args:
        arrays: by key, in any case; x_val (valid, validation, dev) and y_val are optional, too, and
            so are weights of the examples: sample_weight, sample_weight_train, ….
        source: origin of the arrays, in words.
        name: short name of the data set.

    Raises:
        DatasetError: for other keys, which would not be used; the message names them.
    """
    keys: dict[str, dict[str, str]] = {}
    unknown = []
    for key in map(str, arrays):
        axis, part = _axis(key.lower())
        split = split_named(part) if part else "train"
        if axis not in ("x", "y", WEIGHT) or split is None:
            unknown.append(key)
        elif axis in (of_split := keys.setdefault(split, {})):
            raise DatasetError(
                f"`dataset` must have one {axis} for {split}. "
                f"Received: keys {of_split[axis]} and {key} in {source}"
            )
        else:
            of_split[axis] = key
    if unknown or "train" not in keys:
        names = sorted(unknown or map(str, arrays))
        more = f" and {len(names) - 10} more" if len(names) > 10 else ""
        raise DatasetError(
            "`dataset` must have the keys x_train, y_train and optionally x_val, y_val, x_test and "
            f"y_test, or x and y; no others. Received: keys {names[:10]}{more} "
            f"in {source}"
        )
    for split, of_split in keys.items():
        if not {"x", "y"} <= set(of_split):
            only = " and ".join(of_split.values())
            raise DatasetError(
                f"`dataset` must have both x and y of {split}. Received: only {only} in {source}"
            )
    by_name = {str(key): array for key, array in arrays.items()}
    pairs: Any = {s: _pair(by_name[k["x"]], by_name[k["y"]]) for s, k in keys.items()}
    weights = {s: by_name[k[WEIGHT]] for s, k in keys.items() if WEIGHT in k}
    return Raw(name, source, sample_weight=weights, **pairs)


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """Reads all arrays of an `.npz` file.

    Raises:
        DatasetError: if the file is corrupt, holds Python objects, or more than 8 GiB.
    """
    kind = "a whole .npz file of plain number or text arrays"
    with refuse_damaged(path, kind), open_regular(path) as file, zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        size = sum(member.file_size for member in members)
        if size > MAX_BYTES:
            raise DatasetError(
                f"`{path}` must hold at most {MAX_BYTES >> 30} GiB; it is loaded whole. "
                f"Received: {size / 2**30:.1f} GiB"
            )
        arrays = {}
        for member in members:
            with archive.open(member) as stream:
                _check_header(stream, member, path)
            with archive.open(member) as stream:
                # Unpickling runs code of the file, so pickled objects are refused.
                array = np.lib.format.read_array(stream, allow_pickle=False)
            arrays[member.filename.removesuffix(".npy")] = array
        return arrays


def _check_header(stream: IO[bytes], member: zipfile.ZipInfo, path: Path) -> None:
    """Checks that an array has as many bytes as its header says, before memory is allocated."""
    if not member.filename.endswith(".npy"):
        raise DatasetError(
            f"`dataset` must be an .npz file of arrays alone. Received: {member.filename} in {path}"
        )
    version = np.lib.format.read_magic(stream)
    if version not in READERS:
        raise ValueError(f"version {version} of the format, in {member.filename}")
    shape, _, dtype = READERS[version](stream)
    if dtype.hasobject:
        raise DatasetError(
            "`dataset` must be an .npz file of plain number or text arrays; it holds pickled "
            f"Python objects. Received: {member.filename} in {path}"
        )
    count = math.prod(shape) * dtype.itemsize
    empty = count == 0 and shape[:1] != (0,)  # any number of rows without values fits into a file
    if min(shape, default=0) < 0 or empty or stream.tell() + count != member.file_size:
        raise ValueError(f"an array of another size than its header says, {member.filename}")


def _axis(key: str) -> tuple[str, str]:
    """Splits a key in lower case into x, y or sample_weight, and the name of a split."""
    axis, _, part = key.partition("_")
    if key.startswith(WEIGHT):
        axis, part = WEIGHT, key.removeprefix(WEIGHT).removeprefix("_")
    return axis, part


def _raw(train: tuple[Any, ...], test: tuple[Any, ...] | None = None) -> Raw:
    """Returns the contents of (x, y) or (x, y, sample_weight) for train and test."""
    weights = {"train": train[2:], "test": test[2:] if test else ()}
    return Raw(
        "arrays",
        "the caller's arrays",
        _pair(*train[:2]),
        test=None if test is None else _pair(*test[:2]),
        sample_weight={split: own[0] for split, own in weights.items() if own},
    )


def _pair(
    x: np.ndarray | Sequence[Any], y: np.ndarray | Sequence[Any]
) -> tuple[np.ndarray | list[np.ndarray], np.ndarray]:
    if isinstance(x, list) and x and all(isinstance(v, np.ndarray) and v.ndim == 3 for v in x):
        return x, np.asarray(y)  # images of various sizes
    try:
        return np.asarray(x), np.asarray(y)
    except ValueError as error:  # rows of various lengths
        raise DatasetError(f"`x` must be one regular array. Received: {error}") from None


def _is_pipeline(value: object) -> TypeGuard[Pipeline]:
    # A tf.data.Dataset exists only if TensorFlow is imported; the check must not import it.
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow is not None and isinstance(value, tensorflow.data.Dataset)


def _drain(pipeline: Pipeline) -> tuple[Any, Any]:
    """Reads all examples of a finite tf.data.Dataset of (x, y), batched or not."""
    spec = pipeline.element_spec
    if not isinstance(spec, tuple) or len(spec) != 2 or any(isinstance(s, dict) for s in spec):
        raise DatasetError(
            "`dataset` must yield (x, y) pairs; with tensorflow_datasets use as_supervised=True. "
            f"Received: {spec}"
        )
    if int(pipeline.cardinality()) == -1:
        raise DatasetError(
            "`dataset` must end; it is held in memory. Use take() or drop repeat(). "
            "Received: an endless tf.data.Dataset"
        )
    x_shape, y_shape = (s.shape.as_list() for s in spec)
    batched = len(y_shape) > 0 and len(x_shape) > 1 and x_shape[0] == y_shape[0]
    xs, ys, size = [], [], 0
    for x, y in pipeline.as_numpy_iterator():
        size += x.nbytes
        if size > MAX_BYTES:
            raise DatasetError(f"`dataset` must hold at most {MAX_BYTES >> 30} GiB in memory.")
        xs.append(x)
        ys.append(y)
    if not xs:
        raise DatasetError("`dataset` must hold examples. Received: an empty tf.data.Dataset")
    if batched:
        return np.concatenate(xs), np.concatenate(ys)
    equal_shapes = len({x.shape for x in xs}) == 1
    return (np.stack(xs) if equal_shapes else xs), np.stack(ys)
