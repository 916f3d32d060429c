import numpy as np
import pytest

from keras_dl.data.aligned_copy import ALIGNMENT, align

# Four bytes beyond a multiple: by chance, an array of NumPy's may begin at one.
ROOM = np.zeros(7 * 3 * 5 * 4 + 2 * ALIGNMENT, np.uint8)
START = -ROOM.ctypes.data % ALIGNMENT + 4
IMAGES = ROOM[START : START + 7 * 3 * 5 * 4].view(np.int32).reshape(7, 3, 5)
IMAGES[...] = np.arange(7 * 3 * 5).reshape(7, 3, 5)


def begins(array):
    return array.ctypes.data % ALIGNMENT


@pytest.mark.parametrize("rows", [None, np.array([4, 0, 4])])
@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32", "float64", "bool", "<U3", "S2"])
def test_same_rows_begin_at_a_multiple(dtype, rows):
    array = IMAGES.astype(dtype)
    result = align(array, rows)
    assert begins(result) == 0
    assert result.dtype == array.dtype
    np.testing.assert_array_equal(result, array if rows is None else array[rows])


def test_aligned_arrays_are_not_copied():
    assert begins(IMAGES) == 4
    once = align(IMAGES)
    assert align(once) is once
    assert not np.shares_memory(once, IMAGES)


def test_other_arrays_are_copied():
    once = align(IMAGES)
    assert not np.shares_memory(align(once[:, ::2]), once)
    once.flags.writeable = False
    assert not np.shares_memory(align(once), once)


def test_objects_stay_as_they_are():
    words = np.array(["a", None], dtype=object)
    assert align(words) is words
    assert align(words, np.array([1])).tolist() == [None]


def test_nothing_is_something_too():
    assert align(IMAGES[:0]).shape == (0, 3, 5)
    assert align(IMAGES, np.array([], dtype=int)).shape == (0, 3, 5)
