import keras
import numpy as np
import pytest

from keras_dl.layers.bilinear_upsampling import BilinearUpsampling, bilinear_kernel
from tests.checks import check_saving, forward


def upsample(x, factor, height=None, width=None):
    like = np.zeros((len(x), height or factor * x.shape[1], width or factor * x.shape[2], 1))
    return keras.ops.convert_to_numpy(BilinearUpsampling(factor)([x, like]))


@pytest.mark.parametrize("factor", [2, 3, 8])
def test_constant_and_ramp_are_reproduced_inside(factor):
    rows, columns = np.mgrid[:6, :7].astype("float32")
    x = np.stack([np.full_like(rows, 3), rows, columns], axis=-1)[None]
    y = upsample(x, factor)[0]
    inside = slice(factor, -factor)
    # The centre of coarse pixel i lies at factor·(i + ½) − ½.
    fine_rows, fine_columns = (
        (g + 0.5) / factor - 0.5 for g in np.mgrid[: 6 * factor, : 7 * factor]
    )
    for channel, expected in enumerate((np.full_like(fine_rows, 3), fine_rows, fine_columns)):
        np.testing.assert_allclose(y[inside, inside, channel], expected[inside, inside], atol=1e-5)


def test_kernel_is_symmetric_and_sums_to_the_block():
    for factor in (2, 3, 8, 32):
        kernel = bilinear_kernel(factor)
        assert kernel.shape == (2 * factor - factor % 2,) * 2
        np.testing.assert_allclose(kernel, kernel[::-1, ::-1].T, atol=1e-7)
        assert kernel.sum() == pytest.approx(factor**2, rel=1e-5)


@pytest.mark.parametrize(("factor", "height", "width"), [(2, 7, 9), (2, 8, 10), (8, 29, 33)])
def test_equals_torch(factor, height, width):
    torch = pytest.importorskip("torch")
    random = np.random.default_rng(0)
    x = random.normal(size=(2, 4, 5, 3)).astype("float32")
    layer = BilinearUpsampling(factor)
    like = np.zeros((2, height, width, 1), "float32")
    layer([x, like])
    kernel = random.normal(size=layer.kernel.shape).astype("float32")
    layer.set_weights([kernel])
    ours = keras.ops.convert_to_numpy(layer([x, like]))
    theirs = torch.nn.functional.conv_transpose2d(
        torch.tensor(x).permute(0, 3, 1, 2),
        torch.tensor(kernel).permute(3, 2, 0, 1),  # (inputs, outputs, rows, columns)
        stride=factor,
        padding=factor // 2,
    ).permute(0, 2, 3, 1)[:, :height, :width]
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-4, atol=1e-4)


def test_a_fixed_kernel_is_saved_and_not_trained():
    x, like = keras.Input((None, None, 2)), keras.Input((None, None, 1))
    layer = BilinearUpsampling(2, learned=False)
    model = keras.Model([x, like], layer([x, like]))
    assert model.output_shape == (None, None, None, 2)
    assert not layer.trainable_weights
    check_saving(model, [np.ones((1, 3, 4, 2), "float32"), np.ones((1, 5, 8, 1), "float32")])
    assert forward(model, [np.ones((1, 3, 4, 2)), np.ones((1, 5, 8, 1))]).shape == (1, 5, 8, 2)


def test_bad_factors_are_refused():
    with pytest.raises(ValueError, match="`factor` must be at least 2"):
        BilinearUpsampling(1)
    with pytest.raises(TypeError, match="`factor` must be an integer"):
        BilinearUpsampling(2.0)
