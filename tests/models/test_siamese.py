import keras
import numpy as np
import pytest

from keras_dl.models import koch_encoder, koch_siamese
from tests.checks import check_saving, count_parameters

SMALL = {"filters": (3, 4, 4, 5), "kernels": (4, 3, 2, 2), "units": 6}


def test_small_kernels_suit_28_pixels():
    model = koch_encoder((28, 28, 1), **SMALL)
    assert model.get_layer("conv4").output.shape[1:] == (1, 1, 5)
    assert count_parameters(model) == (51 + 112 + 68 + 85) + (5 + 1) * 6
    check_saving(model, np.random.default_rng(0).random((2, 28, 28, 1)))


def test_logit_is_a_weighted_sum_of_absolute_differences():
    keras.utils.set_random_seed(0)
    model = koch_siamese((28, 28, 1), **SMALL)
    rng = np.random.default_rng(0)
    first, second = rng.random((2, 3, 28, 28, 1))
    encoder, (alpha, bias) = model.get_layer("koch_encoder"), model.get_layer("logit").get_weights()
    h1, h2 = (encoder.predict(x, verbose=0) for x in (first, second))
    expected = np.abs(h1 - h2) @ alpha + bias
    np.testing.assert_allclose(model.predict([first, second], verbose=0), expected, rtol=1e-4)
    np.testing.assert_allclose(model.predict([second, first], verbose=0), expected, rtol=1e-4)


def test_small_images_are_refused():
    with pytest.raises(ValueError, match="at least 65×65 pixels"):
        koch_encoder((64, 105, 1))
    with pytest.raises(TypeError, match="`units` must be an integer"):
        koch_encoder((105, 105, 1), units=2.5)
