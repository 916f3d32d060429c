import keras
import numpy as np
import pytest

from keras_dl.losses import SmoothedCrossentropy


def _batch(classes=7, batch=12):
    rng = np.random.default_rng(0)
    logits = (5 * rng.normal(size=(batch, classes))).astype("float32")
    return rng.integers(0, classes, batch), logits


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.7])
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", None])
def test_equals_keras_one_hot_loss(smoothing, reduction):
    labels, logits = _batch()
    theirs = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=smoothing, reduction=reduction
    )
    expected = keras.ops.convert_to_numpy(theirs(np.eye(7)[labels], logits))
    ours = SmoothedCrossentropy(smoothing, reduction=reduction)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(ours(labels, logits)), expected, 1e-5)
    column = keras.ops.convert_to_numpy(ours(labels[:, None], logits))
    np.testing.assert_allclose(column, expected, 1e-5)


def test_value_by_hand():
    # p = (3/4, 1/4), ε = 0.2: labels 0.9 and 0.1.
    logits = np.log([[3.0, 1.0]]).astype("float32")
    loss = float(SmoothedCrossentropy(0.2)(np.array([0]), logits))
    assert loss == pytest.approx(-0.9 * np.log(0.75) - 0.1 * np.log(0.25), rel=1e-5)


def test_far_logits_stay_finite():
    loss = SmoothedCrossentropy(0.1)(np.array([0]), np.array([[-1e4, 1e4, 0]], "float32"))
    assert float(loss) == pytest.approx(0.9 * 2e4 + 0.1 * (2e4 + 0 + 1e4) / 3, rel=1e-5)


def test_best_logits_are_those_of_the_smoothed_labels():
    smoothed = np.full((1, 4), 0.05) + 0.8 * np.eye(4)[[2]]
    loss, labels = SmoothedCrossentropy(0.2), np.array([2])
    least = float(loss(labels, np.log(smoothed).astype("float32")))
    for step in 0.1 * np.eye(4):
        assert float(loss(labels, (np.log(smoothed) + step).astype("float32"))) > least


def test_config_rebuilds_the_loss():
    again = keras.losses.deserialize(keras.losses.serialize(SmoothedCrossentropy(0.3)))
    assert isinstance(again, SmoothedCrossentropy)
    assert again.label_smoothing == 0.3


@pytest.mark.parametrize(
    ("smoothing", "error", "message"),
    [
        (1.0, ValueError, r"`label_smoothing` must lie in \[0, 1\).*label_smoothing=1.0"),
        (-0.1, ValueError, r"`label_smoothing` must lie in \[0, 1\)"),
        ("0.1", TypeError, "`label_smoothing` must be a number.*'0.1'"),
    ],
)
def test_bad_input_is_refused(smoothing, error, message):
    with pytest.raises(error, match=message):
        SmoothedCrossentropy(smoothing)
