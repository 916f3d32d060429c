"""Memory alignment: TensorFlow shares the memory of aligned arrays without a copy."""

import numpy as np

__all__ = ["ALIGNMENT", "align"]

ALIGNMENT = 64  # bytes, as TensorFlow aligns its tensors


def align(array: np.ndarray, rows: np.ndarray | None = None) -> np.ndarray:
    """Returns an array, or some of its rows, at an aligned address; copies only if necessary.

    Args:
        array: of any shape and type; object arrays are returned without alignment.
        rows: row numbers in the order of the result; None for all rows without a copy of arrays
            that are aligned, contiguous and writeable.
    """
    if array.dtype.hasobject:
        return array if rows is None else array[rows]
    aligned = array.ctypes.data % ALIGNMENT == 0 and array.flags.c_contiguous
    if rows is None and aligned and array.flags.writeable:
        return array
    shape = array.shape if rows is None else (len(rows), *array.shape[1:])
    size = int(np.prod(shape)) * array.itemsize
    buffer = np.empty(size + ALIGNMENT, np.uint8)
    start = -buffer.ctypes.data % ALIGNMENT
    copy = buffer[start : start + size].view(array.dtype).reshape(shape)
    if rows is None:
        copy[...] = array
    else:
        np.take(array, rows, axis=0, out=copy)
    return copy
