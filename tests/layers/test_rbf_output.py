import numpy as np
import pytest

from keras_dl.layers import RBFOutput
from keras_dl.layers.rbf_output import DIGIT_CODES
from tests.layers.checking import check_layer, images, values


def test_codes_are_ten_different_pictures_of_7_by_12():
    assert DIGIT_CODES.shape == (10, 7 * 12)
    assert set(np.unique(DIGIT_CODES)) == {-1, 1}
    apart = (DIGIT_CODES[:, None] != DIGIT_CODES).sum(axis=-1)
    assert apart[~np.eye(10, dtype=bool)].min() >= 10  # pixels between any two digits
    one = DIGIT_CODES[1].reshape(12, 7)
    assert (one[2:11, 3] == 1).all()  # the stem of the 1 is a column: rows follow one another
    assert (one[2:11, 6] == -1).all()


def test_has_no_trainable_weights_and_loads():
    check_layer(RBFOutput(), (84,), params=0)
    check_layer(RBFOutput([(1, -1), (-1, -1), (1, 1)]), (2,), params=0)


def test_logits_are_minus_the_penalties():
    layer = RBFOutput([(1, 1), (1, -1), (-1, -1)])
    np.testing.assert_allclose(values(layer, np.array([[1.0, 1.0]], "float32")), [[0, -4, -8]])
    x = images(5, 84)
    expected = -((x[:, None] - DIGIT_CODES) ** 2).sum(axis=-1)
    np.testing.assert_allclose(values(RBFOutput(), x), expected, rtol=1e-5)


def test_each_code_is_its_own_class():
    logits = values(RBFOutput(), DIGIT_CODES.astype("float32"))
    np.testing.assert_array_equal(logits.argmax(axis=-1), np.arange(10))
    np.testing.assert_array_equal(np.diag(logits), 0)


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        ([(1, 0), (0, 1)], r"`codes` must be a table of -1 and 1.*shape \(2, 2\)"),
        ([1, -1], r"`codes` must be a table.*shape \(2,\)"),
        ([(1, 1), (1, 1)], r"`codes` must differ.*2 codes, 1 different"),
    ],
)
def test_bad_codes_are_refused(codes, message):
    with pytest.raises(ValueError, match=message):
        RBFOutput(codes)


def test_input_of_another_length_is_refused():
    with pytest.raises(ValueError, match="expected axis -1 of input shape to have value 84"):
        RBFOutput()(images(2, 83))
