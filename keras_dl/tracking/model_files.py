"""Model files of strangers: checked before Keras allocates what they ask for, and loaded safely."""

import json
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from keras_dl.utils.files import unpacked_limit
from keras_dl.utils.printing import printable

__all__ = ["read_model"]

CONFIG, WEIGHTS = "config.json", "model.weights.h5"
MAX_CONFIG = 64 * 2**20  # bytes; a network of a thousand layers has one
MAX_SIZE = 2**31 - 1  # of an axis
REASON = 300  # characters


def read_model(path: Path) -> Any:
    """Loads a `.keras` file in safe mode: it brings no code of its own.

    Args:
        path: the file.

    Raises:
        ValueError: if the file is damaged, holds code, names classes that are not registered, asks
            for more memory than its weights fill, or unpacks to more than its size explains.
    """
    import keras

    try:
        _check(path)
        return keras.saving.load_model(path, safe_mode=True)
    except Exception as error:  # decoders of damaged and hostile files raise any error
        cause = str(error).rpartition("Exception encountered:")[2]  # Keras puts it last
        reason = printable(" ".join(cause.split()) or type(error).__name__, most=REASON)
        raise ValueError(
            f"`path` must be a whole model file without code of its own. Received: {path.name} "
            f"({reason})"
        ) from None


def _check(path: Path) -> None:
    if not path.is_file():  # a FIFO would be waited for
        raise ValueError("no regular file")
    with zipfile.ZipFile(path) as archive:
        members = {member.filename: member for member in archive.infolist()}
        for name in members:
            if ".." in PurePosixPath(name).parts or PurePosixPath(name).is_absolute():
                raise ValueError(f"a name that leaves the archive, {name}")
        missing = [name for name in (CONFIG, WEIGHTS) if name not in members]
        if missing:
            raise ValueError(f"no {missing[0]}")
        total = sum(member.file_size for member in members.values())
        if total > unpacked_limit(path) or members[CONFIG].file_size > MAX_CONFIG:
            raise ValueError("a small file that unpacks to more than its size explains")
        config = json.loads(archive.read(CONFIG))
    for layer in _layers(config):
        _check_layer(layer, members[WEIGHTS].file_size)


def _layers(config: Any) -> Iterator[dict[str, Any]]:
    """Yields all serialized objects of a config, at any depth."""
    pending = [config]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if "class_name" in value and isinstance(value.get("config"), dict):
                yield value
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)


def _check_layer(layer: dict[str, Any], weights: int) -> None:
    """Checks the sizes of a layer against the bytes of all weights.

    A layer that is built allocates its weights before the file with their values is read.
    """
    config = layer["config"]
    sizes = [v for k, v in config.items() if isinstance(v, int) and not k.endswith("seed")]
    if any(abs(size) > MAX_SIZE for size in sizes):
        raise ValueError(f"a {layer['class_name']} of an impossible size")
    built = (layer.get("build_config") or {}).get("input_shape") or [1]
    width = built[-1] if isinstance(built, list) and isinstance(built[-1], int) else 1
    kernel = config.get("kernel_size") or [1]
    kernel = kernel if isinstance(kernel, list) else [kernel]
    by_kind = {
        "Dense": [width, config.get("units")],
        "Embedding": [config.get("input_dim"), config.get("output_dim")],
    }
    if layer["class_name"].startswith("Conv"):
        groups = config.get("groups") or 1
        by_kind[layer["class_name"]] = [max(1, width // groups), config.get("filters"), *kernel]
    factors = [f for f in by_kind.get(layer["class_name"], [1]) if isinstance(f, int)]
    if math.prod(factors) > 2 * weights:  # quantized to 4 bits, two weights share a byte
        raise ValueError(f"a {layer['class_name']} that is larger than the file of all weights")
