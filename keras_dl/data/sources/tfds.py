"""Data sets of TensorFlow Datasets, through its builders; the only file that names it.

Read once, the arrays are kept beside the prepared files: decoding MNIST from records takes five
seconds and TensorFlow, reading the arrays a tenth of one.
"""

import contextlib
import io
import os
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from keras_dl.data import locations
from keras_dl.data.dataset import MAX_BYTES, Raw
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.sources.downloads import check_content, unreachable

__all__ = ["names", "prepare", "read"]

ARRAYS = "arrays.npz"


def names() -> list[str]:
    """All data sets that TensorFlow Datasets can build."""
    import tensorflow_datasets as tfds

    return tfds.list_builders(with_community_datasets=False)


def read(name: str, folder: Path) -> Raw:
    """A prepared data set as arrays.

    Args:
        name: "mnist", or "emnist/letters" with a configuration.
        folder: what `prepare` gave.

    Raises:
        DatasetError: if the set is not one input and one target per example, or larger than 8 GiB.
    """
    source = f"TensorFlow Datasets {name} {folder.name} in {folder}"
    if not (folder / ARRAYS).exists():
        return _decoded(name, folder, source)
    try:
        with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
            stored = {key: arrays[key] for key in arrays.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):  # cut short, say by a full disk
        return _decoded(name, folder, source)
    class_names = tuple(str(n) for n in stored.pop("class_names")) or None
    pairs: Any = {s: (stored[f"x_{s}"], stored[f"y_{s}"]) for s in _splits(stored, "x_")}
    return Raw(name, source, class_names=class_names, **pairs)


def prepare(name: str, originals: Path | None = None) -> Path:
    """Builds a data set with its official builder, from local original files or a download.

    Args:
        name: "mnist", or "emnist/letters" with a configuration.
        originals: folder that may hold the builder's download files; those are taken from there
            once their content is found right, only the others are downloaded.

    Returns:
        The folder of the prepared set.

    Raises:
        DatasetUnavailable: if files are missing and their host does not answer within seconds.
        DatasetError: if a local file has other content than the official one.
    """
    with locations.locked(locations.official() / f".{name.replace('/', '-')}.lock"):
        folder = locations.prepared(name)
        return folder or _built(name, originals)


def _built(name: str, originals: Path | None) -> Path:
    # TensorFlow Datasets takes seconds to import and drags TensorFlow in.
    import tensorflow_datasets as tfds

    builder = tfds.builder(name, data_dir=locations.official())
    _check_reachable(_missing(builder, originals))
    print(f"Preparing {name} with TensorFlow Datasets, once.", file=sys.stderr, flush=True)
    if not sys.stderr.isatty():
        tfds.disable_progress_bar()
    # What a builder raises when a download breaks off, is tampered with, or must be done by hand.
    failures = (OSError, AssertionError, ImportError, tfds.download.DownloadError)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            builder.download_and_prepare()
    except failures as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise DatasetUnavailable(f"the builder stopped: {reason[0]}") from error
    return Path(builder.data_path)


def _missing(builder: Any, originals: Path | None) -> dict[str, Any]:
    """The builder's files by URL that are in no local place; local ones go to its cache."""
    # A private module, the reason for the upper bound on the version: the public way, manual_dir,
    # refuses files that were compressed anew.
    from etils import epath
    from tensorflow_datasets.core.download import resource

    missing = {}
    cache = locations.official() / "downloads" / builder.name
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
    if missing and locations.offline():
        raise DatasetUnavailable(f"KERAS_DL_OFFLINE forbids the download of {files}")
    # Asked first, because the builder would retry for minutes before it gave up.
    silent = unreachable(missing)
    if silent:
        raise DatasetUnavailable(f"no answer within seconds from {', '.join(silent)} for {files}")


def _decoded(name: str, folder: Path, source: str) -> Raw:
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
        _keep(folder / ARRAYS, flat | {"class_names": np.array(class_names, dtype=np.str_)})
    return Raw(name, source, class_names=class_names or None, **pairs)


def _arrays(tfds: Any, builder: Any, split: str, *, fixed: bool) -> tuple[Any, np.ndarray]:
    if fixed:
        shape = builder.info.features[builder.info.supervised_keys[0]].shape
        size = builder.info.splits[split].num_examples * int(np.prod(shape))
        if size > MAX_BYTES:
            raise DatasetError(f"`dataset` must fit in memory. Received: {size / 2**30:.0f} GiB")
        whole = builder.as_dataset(split=split, as_supervised=True, batch_size=-1)
        return tfds.as_numpy(whole)
    examples = list(tfds.as_numpy(builder.as_dataset(split=split, as_supervised=True)))
    return [x for x, _ in examples], np.array([y for _, y in examples])


def _splits(found: Any, prefix: str = "") -> list[str]:
    return [s for s in ("train", "validation", "test") if f"{prefix}{s}" in found]


def _keep(file: Path, arrays: dict[str, np.ndarray]) -> None:
    """Writes the arrays in one step; where that is not possible the next read decodes again."""
    with contextlib.suppress(OSError):
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            with draft.open("wb") as stream:
                np.savez(stream, **arrays)  # type: ignore[arg-type]
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
