import keras
import numpy as np
import pytest

from keras_dl.layers import RBFOutput
from keras_dl.layers.rbf_output import DIGIT_CODES
from keras_dl.losses import CodeDistance, MAPCriterion


def _value(loss, labels, penalties):
    logits = -np.array(penalties, "float32")
    return float(loss(np.array(labels), logits))


def test_code_distance_is_the_mean_penalty_of_the_right_class():
    assert _value(CodeDistance(), [0, 2], [[1, 9, 9], [7, 8, 3]]) == pytest.approx(2.0)


def test_code_distance_is_the_squared_error_to_the_codes():
    outputs = np.random.default_rng(0).normal(size=(5, 84)).astype("float32")
    labels = np.array([3, 1, 4, 1, 5])
    expected = np.mean(np.sum((outputs - DIGIT_CODES[labels]) ** 2, axis=1))
    assert float(CodeDistance()(labels, RBFOutput()(outputs))) == pytest.approx(expected, rel=1e-5)


def test_map_criterion_by_hand():
    # y = (ln 2, ln 4), j = ln 8: ln 2 + ln(1/8 + 1/2 + 1/4).
    expected = np.log(2) + np.log(7 / 8)
    found = _value(MAPCriterion(np.log(8)), [0], [[np.log(2), np.log(4)]])
    assert found == pytest.approx(expected, rel=1e-5)


def test_infinite_rubbish_is_cross_entropy():
    logits = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")
    labels = np.arange(6) % 4
    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    found = float(MAPCriterion(float("inf"))(labels, logits))
    assert found == pytest.approx(float(plain(labels, logits)), rel=1e-5)


def test_who_is_farther_than_the_rubbish_is_not_pushed():
    near = _value(MAPCriterion(20.0), [0], [[1.0, 15.0]])
    far = _value(MAPCriterion(20.0), [0], [[1.0, 60.0]])
    farther = _value(MAPCriterion(20.0), [0], [[1.0, 1000.0]])
    assert near > far == pytest.approx(farther, abs=1e-6)


def test_zero_penalty_is_worth_less_than_nothing_but_bounded():
    assert _value(MAPCriterion(0.0), [0], [[0.0, 1e4]]) == pytest.approx(np.log(2), rel=1e-5)


@pytest.mark.parametrize("loss", [CodeDistance(), MAPCriterion(7.0)])
def test_config_rebuilds_the_loss(loss):
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert type(again) is type(loss)
    assert again.get_config() == loss.get_config()


@pytest.mark.parametrize(
    ("rubbish", "error", "message"),
    [
        (-1.0, ValueError, "`rubbish` must be 0 or more.*rubbish=-1.0"),
        (float("nan"), ValueError, "`rubbish` must be 0 or more"),
        ("20", TypeError, "`rubbish` must be a number"),
    ],
)
def test_bad_input_is_refused(rubbish, error, message):
    with pytest.raises(error, match=message):
        MAPCriterion(rubbish)
