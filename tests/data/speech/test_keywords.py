import numpy as np
import pytest

from keras_dl.data import DatasetError
from keras_dl.data.speech import background_noise, embed, keyword_windows, log_mel, tones
from keras_dl.data.speech.keywords import LENGTH

SMALL = {"windows": 200, "hours": 0.02}


def power_db(signal):
    return 10 * np.log10(np.mean(signal**2))


@pytest.mark.parametrize("snr", [0.0, 20.0])
def test_noise_lies_the_stated_ratio_below_the_word(snr):
    word = np.sin(np.arange(3000) / 3)
    window = embed(word, snr, np.random.RandomState(0))
    start = int(np.argmax(np.correlate(window, word)))
    noise = window.copy()
    noise[start : start + len(word)] -= word
    assert power_db(word) - power_db(noise) == pytest.approx(snr, abs=1e-6)


def test_offsets_are_random_and_long_words_are_cut():
    random = np.random.RandomState(0)
    click = np.ones(1)
    starts = {int(embed(click, 60, random).argmax()) for _ in range(20)}
    assert len(starts) > 15
    assert max(starts) - min(starts) > LENGTH // 2
    assert embed(np.ones(2 * LENGTH), 60, random).shape == (LENGTH,)


def test_noise_has_power_1_and_a_falling_spectrum():
    random = np.random.RandomState(0)
    for _ in range(5):
        noise = background_noise(LENGTH, random)
        assert np.mean(noise**2) == pytest.approx(1)
        energy = np.abs(np.fft.rfft(noise)) ** 2
        assert energy[1:1000].mean() > 0.8 * energy[-1000:].mean()


def test_windows_have_their_shares_and_words():
    data = keyword_windows("tones", keywords=("2", "5"), **SMALL)
    assert data.class_names == ("2", "5", "unknown", "silence")
    assert [s.num_examples for s in data.splits.values()] == [200, 20, 144]
    counts = np.bincount(data.train.y, minlength=4)
    assert counts[:2].sum() == pytest.approx(100, abs=25)
    assert counts[2] == pytest.approx(80, abs=25)
    assert counts[3] == pytest.approx(20, abs=15)
    speakers = np.array(data.extras["speakers"])
    assert ((speakers == "") == (data.test.y == 3)).all()
    again = keyword_windows("tones", keywords=("2", "5"), **SMALL)
    np.testing.assert_array_equal(again.test.x, data.test.x)


def test_speakers_of_test_are_heard_in_test_only():
    data = keyword_windows("tones", protocol="speaker", fold=2, **SMALL)
    assert set(data.extras["speakers"]) == {"", "voice 3"}


def test_train_has_clean_windows_too():
    """The floor of the spectrograms, which no noise at 10 dB reaches."""
    data = keyword_windows("tones", windows=200, hours=0.05)
    assert data.train.x.min() < data.test.x.min()
    assert log_mel(tones(["a"]).signals[0]).min() <= data.train.x.min()


def test_arguments_are_checked():
    with pytest.raises(DatasetError, match="`keywords` must be among the classes 0, 1"):
        keyword_windows("tones", keywords=("yes",))
    every = tuple(map(str, range(10)))
    for keywords in ((), ("1", "1"), every):
        with pytest.raises(ValueError, match="`keywords` must be different classes"):
            keyword_windows("tones", keywords=keywords)
    with pytest.raises(ValueError, match="`windows` must be 1 or more"):
        keyword_windows("tones", windows=0)
    with pytest.raises(ValueError, match="`hours` must be positive"):
        keyword_windows("tones", hours=0)
    data = keyword_windows("tones", **SMALL)
    assert keyword_windows(data, batch_size=7).batch_size == 7


def test_windows_without_keywords_last_as_long_as_stated():
    data = keyword_windows("tones", windows=200, hours=0.05)
    negatives = data.test.y >= data.num_classes - 2
    assert (len(negatives), negatives.sum()) == (360, 180)
