import numpy as np
import pytest

from keras_dl.layers import LocalResponseNormalization
from tests.layers.checking import check_layer, images, values


def test_has_no_weights_and_loads():
    check_layer(LocalResponseNormalization(), (3, 3, 7), params=0)


@pytest.mark.parametrize(("size", "channels"), [(5, 8), (3, 8), (5, 2), (1, 4)])
def test_values_equal_the_paper_s_formula(size, channels):
    x = 10 * images(2, 3, 4, channels)
    expected = np.empty_like(x)
    for i in range(channels):
        lowest, highest = max(0, i - size // 2), min(channels - 1, i + size // 2)
        around = (x[..., lowest : highest + 1] ** 2).sum(axis=-1)
        expected[..., i] = x[..., i] / (1.5 + 0.01 * around) ** 0.75
    layer = LocalResponseNormalization(size, offset=1.5, alpha=0.01)
    np.testing.assert_allclose(values(layer, x), expected, rtol=1e-5)


def test_torch_s_alpha_is_divided_by_the_window():
    torch = pytest.importorskip("torch", reason="the peer is written in PyTorch")
    x = 30 * images(2, 3, 4, 9)
    peer = torch.nn.LocalResponseNorm(size=5, alpha=5 * 1e-4, beta=0.75, k=2.0)
    expected = peer(torch.from_numpy(x).permute(0, 3, 1, 2)).permute(0, 2, 3, 1).numpy()
    np.testing.assert_allclose(values(LocalResponseNormalization(), x), expected, rtol=1e-5)


def test_alpha_zero_only_scales():
    x = images(1, 2, 2, 6)
    layer = LocalResponseNormalization(alpha=0.0)
    np.testing.assert_allclose(values(layer, x), x / 2**0.75, rtol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"size": 4}, ValueError, r"`size` must be odd.*size=4"),
        ({"size": 5.0}, TypeError, r"`size` must be an integer"),
        ({"offset": 0.0}, ValueError, r"`offset` must be positive.*offset=0.0"),
        ({"beta": None}, TypeError, r"`beta` must be a number"),
    ],
)
def test_bad_input_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        LocalResponseNormalization(**arguments)
