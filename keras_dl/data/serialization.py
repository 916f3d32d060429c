"""Preprocessors as JSON, and data sets as files for worker processes."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

import cloudpickle
import numpy as np

__all__ = [
    "FRAME",
    "TEXTS",
    "Preprocessor",
    "Spooled",
    "preprocessor_from_json",
    "preprocessor_to_json",
    "register_preprocessor",
    "spool",
]

ARRAYS = "data.npz"
SMALL = 1024  # bytes; smaller arrays stay in the skeleton
_registry: dict[str, type] = {}
Kind = TypeVar("Kind", bound=type)


class Preprocessor(Protocol):
    """Converts raw inputs to model inputs; stored with the model as JSON."""

    def __call__(self, inputs: Any) -> np.ndarray:
        """Returns the model inputs for raw inputs."""
        ...

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments in JSON-serialisable values."""
        ...

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Returns the preprocessor of a config from `get_config`."""
        ...


def register_preprocessor(name: str) -> Callable[[Kind], Kind]:
    """Registers a class under the name that runs store.

    Only registered classes are restored from a stored run: a file cannot name code to import.

    Args:
        name: unique, such as "words".

    Raises:
        ValueError: if another class has this name.
    """

    def register(kind: Kind) -> Kind:
        previous = _registry.setdefault(name, kind)
        # A notebook defines the same class again each time its cell runs.
        if previous.__qualname__ != kind.__qualname__:
            raise ValueError(f"`name` must be unique. Received: name={name!r}, {previous} has it")
        _registry[name] = kind
        return kind

    return register


def preprocessor_to_json(preprocessor: Preprocessor | None) -> str:
    """Describes a preprocessor as JSON; "" for None.

    Raises:
        TypeError: if its class is not registered.
    """
    if preprocessor is None:
        return ""
    names = [name for name, kind in _registry.items() if kind is type(preprocessor)]
    if not names:
        raise TypeError(
            "`preprocessor` must be of a class with @register_preprocessor(name); other "
            f"processes cannot restore it otherwise. Received: {type(preprocessor).__name__}"
        )
    config = preprocessor.get_config()
    return json.dumps({"class": names[0], "config": config}, ensure_ascii=False)


def preprocessor_from_json(text: str) -> Any:
    """Returns the preprocessor that `preprocessor_to_json` describes; None for "".

    Raises:
        ValueError: if the text describes no preprocessor, or its class is not registered.
    """
    if not text:
        return None
    stored = json.loads(text)
    name = stored.get("class") if isinstance(stored, dict) else stored
    kind = _registry.get(str(name))
    if kind is None:
        raise ValueError(
            f"`text` must describe a registered preprocessor, one of {', '.join(_registry)}; "
            f"import the module that registers it first. Received: {name!r}"
        )
    return kind.from_config(stored["config"])


# Texts and DataFrames in memory, written for worker processes.
TEXTS, FRAME = "data.json", "frame.json"


@dataclass(frozen=True)
class Spooled:
    """Data with their arrays in a file, for processes that share the folder.

    Attributes:
        path: the `.npz` file.
        skeleton: pickle of everything but the arrays; sent within a job, never stored in a file.
    """

    path: Path
    skeleton: bytes

    def load(self) -> Any:
        """Returns the data."""
        with np.load(self.path, allow_pickle=False) as file:
            return _Unpickler(io.BytesIO(self.skeleton), file).load()


def spool(data: object, folder: Path) -> Spooled:
    """Writes the arrays of data to `data.npz` in a folder.

    Args:
        data: `Data`, or any picklable value with arrays in it.
        folder: must exist.
    """
    buffer = io.BytesIO()
    pickler = _Pickler(buffer)
    pickler.dump(data)
    np.savez(folder / ARRAYS, allow_pickle=False, **pickler.arrays)
    return Spooled(folder / ARRAYS, buffer.getvalue())


class _Pickler(cloudpickle.Pickler):
    """Pickler that collects arrays, each once, in place of pickling them."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.arrays: dict[str, np.ndarray] = {}
        self._names: dict[int, str] = {}

    def persistent_id(self, obj: object) -> str | None:
        """Returns the name of an array in the file; None for other values."""
        if type(obj) is not np.ndarray or obj.dtype.hasobject or obj.nbytes < SMALL:
            return None
        name = self._names.setdefault(id(obj), f"a{len(self.arrays)}")
        self.arrays[name] = obj
        return name


class _Unpickler(cloudpickle.pickle.Unpickler):
    """Unpickler that reads the arrays from the file."""

    def __init__(self, file: io.BytesIO, arrays: Mapping[str, np.ndarray]) -> None:
        super().__init__(file)
        self._arrays = arrays

    def persistent_load(self, pid: str) -> np.ndarray:
        """Returns the array of this name."""
        return self._arrays[pid]
