import keras
import numpy as np
import pytest

from keras_dl.layers import SparseMapConv2D
from tests.layers.checking import check_layer, drawn, images, values

TABLE = [(0, 1), (2,), (1, 3, 0), (3,)]


@pytest.mark.parametrize(("bias", "biases"), [("map", 4), ("unit", 4 * 3 * 3)])
def test_only_connected_kernels_are_weights(bias, biases):
    layer = SparseMapConv2D(TABLE, 3, 2, "same", bias, activation="tanh", kernel_regularizer="l2")
    check_layer(layer, (6, 6, 4), params=7 * 9 + biases)


@pytest.mark.parametrize("bias", ["map", "unit"])
@pytest.mark.parametrize(("strides", "padding"), [(1, "valid"), (2, "same")])
def test_is_the_convolution_whose_other_kernels_are_zero(bias, strides, padding):
    x = images(2, 7, 8, 4)
    layer = drawn(SparseMapConv2D(TABLE, (3, 2), strides, padding, bias), (7, 8, 4))
    kernel, biases = layer.get_weights()
    full, number = np.zeros((3, 2, 4, 4)), 0
    for unit, maps in enumerate(TABLE):
        for seen in maps:
            full[:, :, seen, unit] = kernel[:, :, number]
            number += 1
    convolution = keras.layers.Conv2D(4, (3, 2), strides, padding, use_bias=False)
    convolution.build(x.shape)
    convolution.set_weights([full])
    expected = values(convolution, x) + biases
    np.testing.assert_allclose(values(layer, x), expected, rtol=1e-5, atol=1e-5)


def test_each_map_is_drawn_for_its_own_number_of_inputs():
    keras.utils.set_random_seed(0)
    table = [range(50), range(2)]
    layer = SparseMapConv2D(table, 5, kernel_initializer="he_normal")
    layer.build((None, 8, 8, 50))
    kernel = layer.get_weights()[0]
    wide, narrow = kernel[:, :, :50], kernel[:, :, 50:]
    # 1250 and 50 draws: standard errors of 4 % and 20 % in the variance; three of them.
    assert wide.var() == pytest.approx(2 / 1250, rel=0.12)
    assert narrow.var() == pytest.approx(2 / 50, rel=0.6)


def test_fixed_seed_draws_maps_apart():
    initializer = keras.initializers.GlorotUniform(seed=3)
    layer = SparseMapConv2D([(0,), (0,)], 3, kernel_initializer=initializer)
    layer.build((None, 8, 8, 1))
    kernel = layer.get_weights()[0]
    assert (kernel[..., 0] != kernel[..., 1]).all()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"connections": []}, ValueError, r"`connections` must have a row for each map"),
        (
            {"connections": [(0,), ()]},
            ValueError,
            r"`connections\[1\]` must hold one index or more",
        ),
        ({"connections": [(0, 0)]}, ValueError, r"each once.*\(0, 0\)"),
        ({"connections": [(-1,)]}, ValueError, r"`connections\[0\]` must be at least 0"),
        ({"connections": [(0.5,)]}, TypeError, r"`connections\[0\]` must be an integer"),
        ({"bias": "layer"}, ValueError, r'`bias` must be "map" or "unit".*bias=\'layer\''),
    ],
)
def test_bad_input_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        SparseMapConv2D(**{"connections": [(0,)], "kernel_size": 3, **arguments})


def test_map_beyond_the_input_is_refused():
    with pytest.raises(ValueError, match="`connections` must hold indices of input maps, 0 to 2"):
        SparseMapConv2D([(0, 3)], 3)(keras.Input((8, 8, 3)))
