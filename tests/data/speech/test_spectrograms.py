import keras
import numpy as np
import pytest

from keras_dl.data.speech import (
    FrameSpectrograms,
    WordSpectrograms,
    log_mel,
    log_mel_frames,
    mel_filters,
    moments,
    stack_frames,
)
from keras_dl.data.speech.spectrograms import FRAMES, MELS, RATE


def tone(frequency, seconds=1.0):
    return np.sin(2 * np.pi * frequency * np.arange(int(seconds * RATE)) / RATE)


def test_filters_are_triangles_that_overlap():
    filters = mel_filters(20, 2048)
    assert filters.shape == (1025, 20)
    peaks = filters.argmax(axis=0)
    assert (np.diff(peaks) > 0).all()
    np.testing.assert_allclose(filters.max(axis=0), 1, atol=0.12)
    # Between the first and the last centre the weights of two neighbours add up to 1.
    np.testing.assert_allclose(filters[peaks[0] + 1 : peaks[-1]].sum(axis=1), 1, atol=1e-9)


@pytest.mark.parametrize("frequency", [300, 1000, 3000])
def test_a_tone_has_its_energy_in_its_band(frequency):
    spectrogram = log_mel(tone(frequency))
    assert spectrogram.shape == (MELS, FRAMES, 1)
    band = int(spectrogram[:, 5, 0].argmax())
    assert mel_filters()[round(frequency / RATE * 256), band] > 0.3


def test_short_recordings_end_in_silence_and_long_ones_are_cut():
    short, long = log_mel(tone(500, 0.3)), log_mel(tone(500, 2.0))
    assert (short[:, -20:] == short.min()).all()
    np.testing.assert_array_equal(long, log_mel(tone(500)))


def test_a_recording_has_the_same_values_in_every_batch():
    """The floor of Keras' own layer is relative to the loudest frame of the whole batch."""
    quiet, loud = 0.001 * tone(500), tone(1000)
    for make in (WordSpectrograms(), FrameSpectrograms()):
        np.testing.assert_array_equal(make([quiet])[0], make([quiet, loud])[0])
    layer = keras.layers.MelSpectrogram(256, 128, sampling_rate=RATE, max_freq=4000)
    alone, together = (
        np.asarray(keras.ops.convert_to_numpy(layer(np.float32(batch))))[0]
        for batch in ([quiet], [quiet, loud])
    )
    assert np.abs(alone - together).max() > 1  # dB


def test_frames_of_any_length_begin_as_those_of_a_second():
    signal = tone(500, 1.5)
    frames = log_mel_frames(signal)
    assert frames.shape == ((len(signal) - 256) // 128 + 1, MELS)
    np.testing.assert_array_equal(frames[:FRAMES].T, log_mel(signal)[..., 0])


def test_padding_is_zero_and_sound_is_not():
    x = stack_frames([log_mel_frames(np.zeros(400)), log_mel_frames(tone(500))])
    assert (x[0, :2] != 0).all()
    assert (x[0, 2:] == 0).all()
    mean, spread = moments(x)
    present = np.concatenate([x[0, :2], x[1]])
    assert mean == pytest.approx(present.mean(), rel=1e-5)
    assert spread == pytest.approx(present.std(), rel=1e-5)
