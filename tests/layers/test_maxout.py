import numpy as np
import pytest

from keras_dl.layers import Maxout
from tests.layers.checking import check_layer, images, values


def test_largest_of_neighbours_is_kept():
    inputs = np.array([[1.0, 5.0, -3.0, -2.0, 0.0, 0.5]], "float32")
    np.testing.assert_array_equal(values(Maxout(2), inputs), [[5, -2, 0.5]])
    np.testing.assert_array_equal(values(Maxout(3), inputs), [[5, 0.5]])


def test_maps_keep_their_places():
    inputs = images(2, 3, 5, 4)
    expected = inputs.reshape(2, 3, 5, 2, 2).max(axis=-1)
    np.testing.assert_array_equal(values(Maxout(2), inputs), expected)


def test_layer_saves_and_passes_gradients():
    check_layer(Maxout(3), (4, 6), 0)


def test_bad_input_is_refused():
    with pytest.raises(TypeError, match="`pieces` must be an integer"):
        Maxout(2.0)
    with pytest.raises(ValueError, match="`pieces` must be at least 1"):
        Maxout(0)
    with pytest.raises(ValueError, match=r"must divide the last axis.*pieces=4.*\(2, 6\)"):
        Maxout(4)(np.zeros((2, 6)))
