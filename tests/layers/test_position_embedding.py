import numpy as np
import pytest

from keras_dl.layers.position_embedding import PositionEmbedding
from tests.layers.checking import check_layer, drawn, images, values


def test_weights_get_gradients_and_saving_keeps_the_function():
    check_layer(PositionEmbedding(5), (5, 6), 5 * 6)


def test_row_t_of_the_table_is_added_at_position_t():
    layer = drawn(PositionEmbedding(5), (5, 6))
    inputs = images(2, 5, 6)
    table = np.array(layer.get_weights()[0])
    np.testing.assert_allclose(values(layer, inputs), inputs + table, rtol=1e-6)
    np.testing.assert_allclose(values(layer, inputs[:, :3]), inputs[:, :3] + table[:3], rtol=1e-6)


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="`length` must be"):
        PositionEmbedding(0)
