import keras
import numpy as np
import pytest

from keras_dl.losses.pixel_crossentropy import PixelCrossentropy

RANDOM = np.random.default_rng(0)
LABELS = RANDOM.integers(0, 4, size=(3, 5, 6)).astype("uint8")  # 3 is ignored
LOGITS = RANDOM.normal(size=(3, 5, 6, 3)).astype("float32")
WEIGHTS = (0.5, 1.0, 2.0)


def value(loss, labels=LABELS, logits=LOGITS):
    return float(keras.ops.convert_to_numpy(loss(labels, logits)))


@pytest.mark.parametrize("weights", [None, WEIGHTS])
@pytest.mark.parametrize("ignore", [3, None])
def test_equals_torch(weights, ignore):
    torch = pytest.importorskip("torch")
    labels = LABELS if ignore == 3 else LABELS % 3
    expected = torch.nn.functional.cross_entropy(
        torch.tensor(LOGITS).permute(0, 3, 1, 2),
        torch.tensor(labels.astype("int64")),
        weight=None if weights is None else torch.tensor(weights),
        ignore_index=-100 if ignore is None else ignore,
    )
    assert value(PixelCrossentropy(ignore, weights), labels) == pytest.approx(
        float(expected), rel=1e-5
    )


def test_equals_keras_without_weights():
    twin = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=3)
    assert value(PixelCrossentropy(3)) == pytest.approx(value(twin), rel=1e-5)


def test_ignored_pixels_do_not_count():
    other = np.where(LABELS[..., None] == 3, 100 * LOGITS, LOGITS)
    assert value(PixelCrossentropy(3), logits=other) == pytest.approx(value(PixelCrossentropy(3)))


def test_without_a_labelled_pixel_the_loss_is_0():
    assert value(PixelCrossentropy(3, WEIGHTS), np.full_like(LABELS, 3)) == 0.0


def test_config():
    loss = PixelCrossentropy(11, WEIGHTS)
    again = PixelCrossentropy.from_config(loss.get_config())
    assert again.get_config() == loss.get_config()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"ignore": -1}, ValueError, "`ignore` must be at least 0"),
        ({"ignore": 1.5}, TypeError, "`ignore` must be an integer"),
        ({"class_weights": [1.0, -1.0]}, ValueError, r"`class_weights\[1\]` must be finite and 0"),
        ({"class_weights": ["1"]}, TypeError, r"`class_weights\[0\]` must be a number"),
        ({"class_weights": [0, 0]}, ValueError, "`class_weights` must hold a weight above 0"),
    ],
)
def test_bad_input_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        PixelCrossentropy(**arguments)
