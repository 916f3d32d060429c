"""Data sets of TensorFlow Datasets, through its builders; the only file that imports it.

The decoded arrays are cached with the prepared files: decoding MNIST from records takes five
seconds and TensorFlow, reading the arrays a tenth of a second.
"""

import contextlib
import io
import shutil
import sys
import zipfile
from collections.abc import Container
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from keras_dl.data import locations
from keras_dl.data.dataset import MAX_BYTES, SPLITS, Raw
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.sources.downloads import check_content, find_unreachable
from keras_dl.utils.files import atomic_path

__all__ = ["list_names", "prepare", "read"]

ARRAYS = "arrays.npz"


def list_names() -> list[str]:
    """Returns the names of all data sets that TensorFlow Datasets can build."""
    import tensorflow_datasets as tfds

    return tfds.list_builders(with_community_datasets=False)


def read(name: str, folder: Path) -> Raw:
    """Reads a prepared data set as arrays.

    Args:
        name: "mnist", or "emnist/letters" with a configuration.
        folder: the return value of `prepare`.

    Raises:
        DatasetError: if the set is not one input and one target per example, or larger than 8 GiB.
    """
    source = f"TensorFlow Datasets {name} {folder.name} in {folder}"
    if not (folder / ARRAYS).exists():
        return _decode(name, folder, source)
    try:
        with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
            stored = {key: arrays[key] for key in arrays.files}
    except (
        OSError,
        ValueError,
        EOFError,
        zipfile.BadZipFile,
    ):  # truncated
        return _decode(name, folder, source)
    class_names = tuple(str(n) for n in stored.pop("class_names")) or None
    pairs: Any = {s: (stored[f"x_{s}"], stored[f"y_{s}"]) for s in _splits(stored, "x_")}
    return Raw(name, source, class_names=class_names, **pairs)


def prepare(name: str, originals: Path | None = None) -> Path:
    """Builds a data set with its official builder, from local original files or a download.

    Args:
        name: "mnist", or "emnist/letters" with a configuration.
        originals: folder with download files of the builder; files with the right checksum are
            copied from there, only the others are downloaded.

    Returns:
        The folder of the prepared set.

    Raises:
        DatasetUnavailable: if files are missing and their host does not answer within seconds.
        DatasetError: if the content of a local file differs from the official one.
    """
    with locations.locked(locations.tfds_folder() / f".{name.replace('/', '-')}.lock"):
        folder = locations.find_prepared(name)
        return folder or _build(name, originals)


def _build(name: str, originals: Path | None) -> Path:
    # TensorFlow Datasets takes seconds to import and imports TensorFlow.
    import tensorflow_datasets as tfds

    builder = tfds.builder(name, data_dir=locations.tfds_folder())
    _check_reachable(_missing(builder, originals))
    print(f"Preparing {name} with TensorFlow Datasets, once.", file=sys.stderr, flush=True)
    if not sys.stderr.isatty():
        tfds.disable_progress_bar()
    # Builders raise these if a download fails, has a wrong checksum, or must be done by hand.
    failures = (OSError, AssertionError, ImportError, tfds.download.DownloadError)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            builder.download_and_prepare()
    except failures as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise DatasetUnavailable(f"the builder stopped: {reason[0]}") from error
    return Path(builder.data_path)


def _missing(builder: Any, originals: Path | None) -> dict[str, Any]:
    """Copies local files to the builder's cache; returns the others by URL."""
    # A private module, the reason for the upper bound on the version: the public manual_dir refuses
    # recompressed files.
    from etils import epath
    from tensorflow_datasets.core.download import resource

    missing = {}
    cache = locations.tfds_folder() / "downloads" / builder.name
    for url, info in builder.url_infos.items():
        target = cache / resource.get_dl_fname(url, info.checksum)
        original = originals / info.filename if originals and originals.is_dir() else None
        if target.exists() and target.with_name(f"{target.name}.INFO").exists():
            continue
        if original is None or not original.exists():
            missing[url] = info
            continue
        check_content(original, builder.name, info.checksum)
        cache.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(original, target)
        resource.write_info_file(
            url=url, path=epath.Path(target), dataset_name=builder.name,
            original_fname=info.filename, url_info=info,
        )  # fmt: skip
    return missing


def _check_reachable(missing: dict[str, Any]) -> None:
    size = sum(int(info.size) for info in missing.values())
    files = ", ".join(f"{info.filename} ({info.size})" for info in missing.values())
    if size > MAX_BYTES:
        raise DatasetError(f"the set must fit in memory; its files are {size / 2**30:.0f} GiB")
    if missing and locations.is_offline():
        raise DatasetUnavailable(f"KERAS_DL_OFFLINE forbids the download of {files}")
    # Checked first, because the builder retries for minutes.
    silent = find_unreachable(missing)
    if silent:
        raise DatasetUnavailable(f"no answer within seconds from {', '.join(silent)} for {files}")


def _decode(name: str, folder: Path, source: str) -> Raw:
    import tensorflow_datasets as tfds

    builder = tfds.builder_from_directory(str(folder))
    features: Any = builder.info.features
    keys = builder.info.supervised_keys
    if not (isinstance(keys, tuple) and len(keys) == 2 and all(isinstance(k, str) for k in keys)):
        raise DatasetError(
            "`dataset` must have one input and one target per example. "
            f"Received: {name} with features {sorted(features)}"
        )
    x, y = (features[key] for key in keys)
    fixed = x.shape is not None and None not in x.shape
    pairs: Any = {s: _arrays(tfds, builder, s, fixed=fixed) for s in _splits(builder.info.splits)}
    if "test" not in pairs and "validation" in pairs:
        pairs["test"] = pairs.pop("validation")
    class_names = tuple(y.names) if isinstance(y, tfds.features.ClassLabel) else ()
    if fixed:
        flat = {f"{a}_{s}": pair[i] for s, pair in pairs.items() for i, a in enumerate("xy")}
        _cache(folder / ARRAYS, flat | {"class_names": np.array(class_names, dtype=np.str_)})
    return Raw(name, source, class_names=class_names or None, **pairs)


def _arrays(
    tfds: ModuleType, builder: Any, split: str, *, fixed: bool
) -> tuple[np.ndarray | list[np.ndarray], np.ndarray]:
    if fixed:
        shape = builder.info.features[builder.info.supervised_keys[0]].shape
        size = builder.info.splits[split].num_examples * int(np.prod(shape))
        if size > MAX_BYTES:
            raise DatasetError(f"`dataset` must fit in memory. Received: {size / 2**30:.0f} GiB")
        whole = builder.as_dataset(split=split, as_supervised=True, batch_size=-1)
        return tfds.as_numpy(whole)
    examples = list(tfds.as_numpy(builder.as_dataset(split=split, as_supervised=True)))
    return [x for x, _ in examples], np.array([y for _, y in examples])


def _splits(names: Container[str], prefix: str = "") -> list[str]:
    return [split for split in SPLITS if f"{prefix}{split}" in names]


def _cache(file: Path, arrays: dict[str, np.ndarray]) -> None:
    """Writes the arrays atomically; without write access the next read decodes again."""
    with (
        contextlib.suppress(OSError),
        atomic_path(file) as draft,
        draft.open("wb") as stream,
    ):
        np.savez(stream, **arrays)  # type: ignore[arg-type]
