"""Tensors of a PyTorch state dict in the format before 1.6, read without PyTorch.

The pickle in such a file can name any function of Python. This reader resolves four names, to
functions of its own, and refuses all others.
"""

import pickle
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

__all__ = ["read_state_dict"]

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
TYPES = {"FloatStorage": "<f4", "LongStorage": "<i8"}


def read_state_dict(path: Path) -> dict[str, np.ndarray]:
    """Reads the tensors of a state dict.

    Args:
        path: a file that `torch.save` wrote in its format before PyTorch 1.6.

    Returns:
        Name → array, in the order of the file.

    Raises:
        pickle.UnpicklingError: if the file has another format, or names anything but tensors.
    """
    with path.open("rb") as file:
        if _Reader(file).load() != MAGIC or _Reader(file).load() != PROTOCOL:
            raise pickle.UnpicklingError(f"{path} is no state dict of the format before 1.6")
        _Reader(file).load()  # sizes of C types
        reader = _Reader(file)
        tensors: dict[str, Callable[[], np.ndarray]] = reader.load()
        for key in _Reader(file).load():
            dtype, count = reader.storages[key].dtype, len(reader.storages[key])
            if int.from_bytes(file.read(8), "little") != count:
                raise pickle.UnpicklingError(f"{path} has a storage of another length than stated")
            content = file.read(count * dtype.itemsize)
            if len(content) < count * dtype.itemsize:
                raise pickle.UnpicklingError(f"{path} ends within a storage")
            reader.storages[key][:] = np.frombuffer(content, dtype)
    return {name: tensor() for name, tensor in tensors.items()}


class _Reader(pickle.Unpickler):
    """Unpickles numbers, containers and tensors; the numbers of the tensors follow in the file."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.storages: dict[str, np.ndarray] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in TYPES:
            return TYPES[name]
        raise pickle.UnpicklingError(f"a state dict must not name {module}.{name}")

    def persistent_load(self, pid: Any) -> np.ndarray:
        kind, dtype, key, _, count, view = pid
        if kind != "storage" or view is not None:
            raise pickle.UnpicklingError(f"a state dict must not refer to {kind!r}")
        return self.storages.setdefault(key, np.zeros(count, dtype))


def _tensor(
    storage: np.ndarray, offset: int, size: Sequence[int], stride: Sequence[int], *_: Any
) -> Callable[[], np.ndarray]:
    """Returns a function that cuts the tensor out of its storage once that is read."""
    item = storage.itemsize
    steps = [item * step for step in stride]
    # NumPy refuses a view that leaves its buffer.
    return lambda: np.ndarray(tuple(size), storage.dtype, storage.data, item * offset, steps)
