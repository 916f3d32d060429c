"""Arrays that begin where a tensor may, so that TensorFlow takes them as they are."""

import numpy as np

__all__ = ["ALIGNMENT", "aligned"]

ALIGNMENT = 64  # bytes; TensorFlow's own tensors begin at multiples


def aligned(array: np.ndarray, rows: np.ndarray | None = None) -> np.ndarray:
    """The array, or some of its rows, in memory of its own if it does not begin at such a place.

    Args:
        array: any; one of objects comes back as it is.
        rows: numbers of the rows wanted, in their order; None for all.
    """
    if array.dtype.hasobject:
        return array if rows is None else array[rows]
    fitting = array.ctypes.data % ALIGNMENT == 0 and array.flags.c_contiguous
    if rows is None and fitting and array.flags.writeable:
        return array
    shape = array.shape if rows is None else (len(rows), *array.shape[1:])
    size = int(np.prod(shape)) * array.itemsize
    room = np.empty(size + ALIGNMENT, np.uint8)
    start = -room.ctypes.data % ALIGNMENT
    made = room[start : start + size].view(array.dtype).reshape(shape)
    if rows is None:
        made[...] = array
    else:
        np.take(array, rows, axis=0, out=made)
    return made
