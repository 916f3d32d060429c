import keras
import numpy as np
import pytest

from keras_dl.algorithms.greedy import encode_data, layer_autoencoder
from keras_dl.data import load
from keras_dl.data.few_labels import with_labels


def flat(data):
    inputs = keras.Input(data.input_shape)
    return keras.Model(inputs, keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(inputs)))


def test_codes_are_inputs_and_targets_of_all_examples():
    digits = with_labels(load("digits"), 50)
    codes = encode_data(flat(digits), digits)
    expected = digits.train.x.reshape(-1, 64) / np.float32(255)
    np.testing.assert_allclose(codes.train.x, expected, rtol=1e-6)
    assert codes.train.y is codes.train.x
    assert codes.sampler("train").num_examples == digits.train.num_examples
    assert codes.num_classes == 0
    assert codes.digest != digits.digest


@pytest.mark.parametrize(
    ("activation", "loss"), [("sigmoid", "binary_crossentropy"), ("relu", "mean_squared_error")]
)
def test_decoder_and_loss_follow_the_range_of_the_codes(activation, loss):
    digits = load("digits")
    codes = encode_data(flat(digits), digits)
    first, second = (keras.layers.Dense(n, activation) for n in (40, 8))
    assert layer_autoencoder(first, codes, optimizer="adam").loss == "binary_crossentropy"
    first.set_weights([3 * w for w in first.get_weights()])  # some codes above 1
    codes = encode_data(keras.Sequential([keras.Input((64,)), first]), codes)
    pair = layer_autoencoder(second, codes, optimizer="adam", corruption=0.2)
    assert pair.loss == loss
    assert pair.input_shape == pair.output_shape == (None, 40)
    before = second.get_weights()[0].copy()
    below = [w.copy() for w in first.get_weights()]
    pair.fit(codes.train.x, codes.train.y, batch_size=256, verbose=0)
    assert (second.get_weights()[0] != before).any()
    for old, new in zip(below, first.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
