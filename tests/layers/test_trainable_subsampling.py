import numpy as np
import pytest

from keras_dl.layers import TrainableSubsampling
from tests.layers.checking import check_layer, drawn, images, values


def test_weights_learn_and_load():
    check_layer(TrainableSubsampling(activation="tanh"), (5, 6, 3), params=6)


def test_values_by_hand():
    layer = drawn(TrainableSubsampling(activation="sigmoid"), (5, 6, 3))
    coefficient, bias = layer.get_weights()
    x = images(2, 5, 6, 3)
    average = x[:, :4].reshape(2, 2, 2, 3, 2, 3).mean(axis=(2, 4))
    expected = 1 / (1 + np.exp(-(average * coefficient + bias)))
    np.testing.assert_allclose(values(layer, x), expected, rtol=1e-5, atol=1e-6)


def test_starts_as_average_pooling():
    x = images(1, 4, 4, 2)
    expected = x.reshape(1, 2, 2, 2, 2, 2).mean(axis=(2, 4))
    np.testing.assert_allclose(values(TrainableSubsampling(), x), expected, rtol=1e-5, atol=1e-6)


def test_bad_size_is_refused():
    with pytest.raises(ValueError, match=r"`size` must be at least 1.*size=0"):
        TrainableSubsampling(0)
