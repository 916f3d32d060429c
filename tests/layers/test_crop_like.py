import keras
import numpy as np
import pytest

from keras_dl.layers import CropLike
from tests.checks import check_saving

MAPS = np.arange(2 * 5 * 6, dtype="float32").reshape(2, 5, 6, 1)


@pytest.mark.parametrize(
    ("centred", "rows", "columns"),
    [(False, slice(0, 3), slice(0, 2)), (True, slice(1, 4), slice(2, 4))],
)
def test_part_of_the_maps(centred, rows, columns):
    cropped = CropLike(centred)([MAPS, np.zeros((2, 3, 2, 4), "float32")])
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(cropped), MAPS[:, rows, columns])


def test_sizes_may_vary_and_the_layer_is_saved():
    maps, like = keras.Input((None, None, 1)), keras.Input((None, None, 3))
    model = keras.Model([maps, like], CropLike(True)([maps, like]))
    assert model.output_shape == (None, None, None, 1)
    check_saving(model, [MAPS, np.zeros((2, 3, 4, 3), "float32")])
