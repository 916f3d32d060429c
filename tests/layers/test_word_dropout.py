import keras
import numpy as np
import pytest

from keras_dl.layers import WordDropout

to_numpy = keras.ops.convert_to_numpy


def test_share_of_words_becomes_padding_in_training_only():
    words = np.arange(1, 20_001, dtype="int32").reshape(200, 100)
    layer = WordDropout(0.3, seed=0)
    np.testing.assert_array_equal(to_numpy(layer(words)), words)
    dropped = to_numpy(layer(words, training=True))
    assert dropped.dtype == np.int32
    assert ((dropped == words) | (dropped == 0)).all()
    assert np.mean(dropped == 0) == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / 20_000))
    assert (to_numpy(layer(words, training=True)) != dropped).any()


def test_a_text_keeps_a_word():
    words = np.array([[7, 0, 0]] * 500, "int32")
    dropped = to_numpy(WordDropout(0.9, seed=0)(words, training=True))
    np.testing.assert_array_equal(dropped, words)


def test_rate_is_checked():
    with pytest.raises(ValueError, match=r"`rate` must lie in \[0, 1\). Received: rate=1.5"):
        WordDropout(1.5)


def test_saved_and_loaded(tmp_path):
    inputs = keras.Input((3,), dtype="int32")
    keras.Model(inputs, WordDropout(0.25)(inputs)).save(tmp_path / "m.keras")
    assert keras.saving.load_model(tmp_path / "m.keras").layers[-1].rate == 0.25
