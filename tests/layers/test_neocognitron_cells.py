import numpy as np
import pytest

from keras_dl.layers import ComplexCells2D, SimpleCells2D
from tests.layers.checking import check_layer, images, values


def test_weights_learn_and_load():
    check_layer(SimpleCells2D(5, 3, padding="same"), (6, 5, 2), params=9 * 2 * 5 + 5)
    check_layer(ComplexCells2D(3), (6, 5, 2), params=0)


def _falling(size):
    offsets = np.arange(size) - (size - 1) / 2
    return 0.9 ** np.hypot(offsets[:, None], offsets)


def _fields(x, size):
    """For each place its field, (batch, rows, columns, planes, size, size)."""
    return np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))


def test_simple_cells_by_the_formula():
    """2r/(1 + r) is the paper's factor of the inhibition; 4/3 for r = 2."""
    x = np.abs(images(2, 6, 5, 3))
    layer = SimpleCells2D(4, 3, selectivity=2.0)
    layer.build(x.shape)
    rng = np.random.default_rng(0)
    layer.set_weights([rng.random((3, 3, 3, 4)), rng.random(4)])
    a, b = layer.get_weights()
    c = _falling(3) / _falling(3).sum() / 3
    excited = np.einsum("byxcij,ijcf->byxf", _fields(x, 3), a)
    mean = np.sqrt(np.einsum("byxcij,ij->byx", _fields(x**2, 3), c))[..., None]
    expected = 2 * np.maximum((1 + excited) / (1 + 4 / 3 * b * mean) - 1, 0)
    np.testing.assert_allclose(values(layer, x), expected, rtol=1e-4, atol=1e-5)


def test_complex_cells_by_the_formula():
    x = np.abs(images(2, 6, 5, 3))
    blur = np.einsum("byxcij,ij->byxc", _fields(x, 3), _falling(3))
    z = np.maximum((1 + blur) / (1 + blur.mean(axis=-1, keepdims=True)) - 1, 0)
    layer = ComplexCells2D(3, saturation=0.5)
    np.testing.assert_allclose(values(layer, x), z / (0.5 + z), rtol=1e-4, atol=1e-5)


def test_simple_cells_hardly_care_how_strong_a_pattern_is():
    x = 10 * np.abs(images(1, 3, 3, 1))
    layer = SimpleCells2D(2, 3)
    layer.build(x.shape)
    layer.set_weights([np.full((3, 3, 1, 2), 20.0), np.full(2, 20.0)])
    once, twice = values(layer, x), values(layer, 2 * x)
    np.testing.assert_allclose(twice, once, rtol=0.05)


def test_empty_image_gives_nothing_and_a_finite_gradient():
    empty = np.zeros((1, 6, 6, 2), "float32")
    np.testing.assert_allclose(values(SimpleCells2D(3, 3), empty), 0, atol=1e-3)
    np.testing.assert_array_equal(values(ComplexCells2D(3), empty), 0)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: SimpleCells2D(2, 3, selectivity=0), "`selectivity` must be positive"),
        (lambda: SimpleCells2D(2, 0), "`kernel_size` must be at least 1"),
        (lambda: ComplexCells2D(3, saturation=-1.0), "`saturation` must be positive"),
        (lambda: ComplexCells2D(3, padding="full"), '`padding` must be "valid" or "same"'),
    ],
)
def test_bad_input_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()
