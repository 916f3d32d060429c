"""Preprocessors as JSON, and data sets as files for worker processes."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

import cloudpickle
import numpy as np

__all__ = [
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
    """Turns raw inputs into what a model takes; kept beside the model as JSON."""

    def __call__(self, inputs: Any) -> np.ndarray:
        """Returns the model's inputs for raw ones."""
        ...

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments in values that fit into JSON."""
        ...

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes a preprocessor from what `get_config` returned."""
        ...


def register_preprocessor(name: str) -> Callable[[Kind], Kind]:
    """Registers a class under the name by which runs store it.

    Only registered classes are ever made from a stored run: a file cannot name code to import.

    Args:
        name: unique, such as "words".

    Raises:
        ValueError: if another class has this name.
    """

    def register(kind: Kind) -> Kind:
        previous = _registry.setdefault(name, kind)
        # A notebook defines the same class again whenever its cell runs.
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
            "`preprocessor` must be of a class with @register_preprocessor(name), or no later "
            f"process could read it back. Received: {type(preprocessor).__name__}"
        )
    config = preprocessor.get_config()
    return json.dumps({"class": names[0], "config": config}, ensure_ascii=False)


def preprocessor_from_json(text: str) -> Any:
    """Makes the preprocessor that `preprocessor_to_json` described; None from "".

    Raises:
        ValueError: if the text describes none, or its class is not registered here.
    """
    if not text:
        return None
    stored = json.loads(text)
    kind = _registry.get(stored.get("class") if isinstance(stored, dict) else None)
    if kind is None:
        name = stored.get("class") if isinstance(stored, dict) else stored
        raise ValueError(
            f"`text` must describe a registered preprocessor, one of {', '.join(_registry)}; "
            f"import the module that registers it first. Received: {name!r}"
        )
    return kind.from_config(stored["config"])


@dataclass(frozen=True)
class Spooled:
    """Data whose arrays lie in a file, for processes that share the folder.

    Attributes:
        path: the `.npz` file.
        skeleton: everything but the arrays; it travels within a job, never in a file.
    """

    path: Path
    skeleton: bytes

    def load(self) -> Any:
        """Returns the data."""
        with np.load(self.path, allow_pickle=False) as file:
            return _Unpickler(io.BytesIO(self.skeleton), file).load()


def spool(data: Any, folder: Path) -> Spooled:
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
    """Puts arrays aside, each once."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.arrays: dict[str, np.ndarray] = {}
        self._names: dict[int, str] = {}

    def persistent_id(self, obj: Any) -> str | None:
        """Names arrays that go into the file."""
        if type(obj) is not np.ndarray or obj.dtype.hasobject or obj.nbytes < SMALL:
            return None
        name = self._names.setdefault(id(obj), f"a{len(self.arrays)}")
        self.arrays[name] = obj
        return name


class _Unpickler(cloudpickle.pickle.Unpickler):
    """Reads the arrays back from the file."""

    def __init__(self, file: io.BytesIO, arrays: Any) -> None:
        super().__init__(file)
        self._arrays = arrays

    def persistent_load(self, pid: str) -> np.ndarray:
        """Returns the array of this name."""
        return self._arrays[pid]
