import keras
import numpy as np

from keras_dl.losses import CodedSquares


def test_is_keras_squared_error_of_squashed_outputs_and_codes():
    rng = np.random.default_rng(0)
    sums, labels = rng.normal(size=(6, 4)).astype("float32"), rng.integers(0, 4, 6)
    codes = 2 * np.eye(4)[labels] - 1
    outputs = 1.7159 * np.tanh(2 / 3 * sums)
    expected = 4 / 2 * float(keras.losses.MeanSquaredError()(codes, outputs))
    assert np.isclose(float(CodedSquares()(labels, sums)), expected, rtol=1e-5)
    assert np.isclose(float(CodedSquares()(labels[:, None], sums)), expected, rtol=1e-5)


def test_vanishes_where_the_outputs_are_the_codes():
    sums = np.array([[1.0, -1.0, -1.0]], "float32")  # the scaled tanh maps ±1 to ±1
    assert float(CodedSquares()(np.array([0]), sums)) < 1e-7
    assert float(CodedSquares()(np.array([1]), sums)) > 3.9
