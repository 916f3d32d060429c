import os
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from keras_dl.data import DatasetError, DatasetUnavailable
from keras_dl.data.serialization import preprocessor_from_json, preprocessor_to_json
from keras_dl.data.speech import (
    compose,
    decode_wav,
    divide,
    frame_states,
    read_wavs,
    sound_folder,
    spoken_strings,
    spoken_words,
    tones,
)
from keras_dl.data.speech.spectrograms import HOP, WINDOW

REAL = Path(os.environ.get("KERAS_DL_DATA", "")) / "fsdd" / "fsdd.npz"


def sine(rate, seconds=0.5, frequency=440):
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(int(rate * seconds)) / rate)


def encoded(rate, kind, channels=1, **options):
    signal = sine(rate, **options)
    if kind == "uint8":
        samples = np.round(128 + 127 * signal).astype(kind)
    elif kind.startswith("int"):
        samples = np.round(signal * (np.iinfo(kind).max)).astype(kind)
    else:
        samples = signal.astype(kind)
    return np.repeat(samples[:, None], channels, axis=1) if channels > 1 else samples


def content(tmp_path, rate=8000, kind="int16", **options):
    path = tmp_path / "a.wav"
    wavfile.write(path, rate, encoded(rate, kind, **options))
    return path.read_bytes()


@pytest.fixture
def folder(tmp_path):
    """Ten recordings of two words, by tones of different pitch."""
    for word, frequency in (("high", 900), ("low", 300)):
        (tmp_path / "sounds" / word).mkdir(parents=True)
        for take in range(10):
            path = tmp_path / "sounds" / word / f"{take}.wav"
            wavfile.write(path, 16000, encoded(16000, "int16", frequency=frequency + 5 * take))
    return tmp_path / "sounds"


@pytest.mark.parametrize("kind", ["uint8", "int16", "int32", "float32"])
@pytest.mark.parametrize("channels", [1, 2])
def test_wav_of_every_kind_has_the_same_samples(tmp_path, kind, channels):
    signal = decode_wav(content(tmp_path, kind=kind, channels=channels), "a.wav")
    np.testing.assert_allclose(signal, sine(8000), atol=0.01)


@pytest.mark.parametrize("rate", [11025, 16000, 44100])
def test_wav_is_resampled(tmp_path, rate):
    signal = decode_wav(content(tmp_path, rate), "a.wav")
    assert len(signal) == pytest.approx(4000, abs=2)
    inner = slice(200, 3800)  # the filter rings at both ends
    np.testing.assert_allclose(signal[inner], sine(8000)[:4000][inner], atol=0.02)


def test_damaged_and_short_sounds_are_refused(tmp_path):
    whole = content(tmp_path)
    for bytes_ in (b"", b"RIFF", whole[:30], b"\0" * 100):
        with pytest.raises(DatasetError, match="`dataset` must be a .wav file"):
            decode_wav(bytes_, "a.wav")
    for milliseconds, rate in ((20, 8000), (0, 8000), (0, 16_000)):
        with pytest.raises(DatasetError, match=f"32 ms or more. Received: {milliseconds} ms"):
            decode_wav(content(tmp_path, rate, seconds=milliseconds / 1000), "a.wav")
    with pytest.raises(DatasetError, match="1,000 to 384,000 samples a second. Received: 100 "):
        decode_wav(content(tmp_path, 100), "a.wav")


def test_folder_of_sounds_is_data(folder):
    data = spoken_words(str(folder))
    assert data.class_names == ("high", "low")
    assert [split.num_examples for split in data.splits.values()] == [14, 2, 4]
    assert data.test.x.shape == (4, 40, 61, 1)
    strings = spoken_strings(str(folder), strings=20, longest=2)
    assert strings.test.y.max() == 2
    with pytest.raises(DatasetError, match="`dataset` must have known speakers"):
        spoken_words(str(folder), protocol="speaker")


def test_split_folders_are_the_splits(folder, tmp_path):
    for split in ("train", "test"):
        (tmp_path / "own" / split).mkdir(parents=True)
        for word in ("high", "low"):
            (tmp_path / "own" / split / word).mkdir()
            for take in range(*((0, 6) if split == "train" else (6, 10))):
                source = folder / word / f"{take}.wav"
                (tmp_path / "own" / split / word / source.name).write_bytes(source.read_bytes())
    rows = divide(sound_folder(tmp_path / "own"))
    assert [len(own) for own in rows.values()] == [10, 2, 8]


def test_what_holds_no_sounds_is_refused(tmp_path):
    with pytest.raises(DatasetUnavailable, match="`dataset` must be one of fsdd, tones, or the"):
        spoken_words("no_such_folder")
    (tmp_path / "a.wav").write_bytes(b"")
    with pytest.raises(DatasetError, match="`dataset` must be a folder or archive"):
        spoken_words(str(tmp_path / "a.wav"))
    with pytest.raises(ValueError, match="`protocol` must be one of takes, speaker"):
        spoken_words("tones", protocol="random")
    with pytest.raises(ValueError, match="`fold` must lie in 0 … 5"):
        spoken_words("tones", protocol="speaker", fold=6)
    with pytest.raises(ValueError, match="`targets` must be one of labels, states"):
        spoken_strings("tones", targets="words")


@pytest.mark.parametrize("fold", [0, 5])
def test_speakers_are_divided(fold):
    sounds = tones(["a", "b"])
    rows = divide(sounds, "speaker", fold)
    heard = {name: set(sounds.speaker[own]) for name, own in rows.items()}
    assert heard["test"] == {fold}
    assert heard["validation"] == {(fold + 1) % 6}
    assert len(heard["train"]) == 4
    assert not heard["train"] & (heard["test"] | heard["validation"])


def test_takes_are_divided():
    sounds = tones(["a", "b"])
    rows = divide(sounds)
    assert set(sounds.take[rows["test"]]) == {0}
    assert set(sounds.take[rows["validation"]]) == {1}
    assert sorted(np.concatenate(list(rows.values()))) == list(range(len(sounds.y)))


def test_strings_hold_recordings_of_one_speaker_and_their_split():
    sounds = tones(["a", "b", "c"])
    rows = divide(sounds)["train"]
    whole = compose(sounds, rows, count=40, longest=4, states=3, seed=0)
    assert set((whole.labels > 0).sum(axis=1)) == {1, 2, 3, 4}
    present = (whole.frames != 0).any(axis=-1)
    np.testing.assert_array_equal(present, whole.states >= 0)
    for labels, states in zip(whole.labels, whole.states, strict=True):
        entries = [s for s, before in zip(states[1:], states[:-1], strict=True) if s != before]
        words = [1 + (s - 1) // 3 for s in entries if s > 0 and (s - 1) % 3 == 0]
        assert words == [label for label in labels if label]


def test_states_divide_a_word_equally():
    start, stop = 10 * HOP, 22 * HOP
    states = frame_states([(start, stop)], np.array([2]), 40, 3)
    middles = HOP * np.arange(40) + WINDOW // 2
    inside = (middles >= start) & (middles < stop)
    np.testing.assert_array_equal(states > 0, inside)
    np.testing.assert_array_equal(states[inside], np.repeat([4, 5, 6], 4))


def test_padding_of_states_has_no_weight():
    data = spoken_strings("tones", targets="states", strings=20)
    split = data.train
    np.testing.assert_array_equal(split.sample_weight > 0, (split.x != 0).any(axis=-1))
    assert (split.y[split.sample_weight == 0] == 0).all()


def test_preprocessors_are_stored_with_runs(folder):
    signals, sources = read_wavs([str(folder)], [])
    assert len(sources) == 20
    for data in (spoken_words("tones"), spoken_strings("tones", strings=10)):
        restored = preprocessor_from_json(preprocessor_to_json(data.preprocessor))
        np.testing.assert_array_equal(restored(signals), data.preprocessor(signals))


def test_sounds_that_cannot_be_read_are_named(folder, tmp_path):
    (tmp_path / "bad.wav").write_bytes(b"RIFF")
    unreadable = []
    signals, _ = read_wavs(
        [str(tmp_path / "bad.wav"), "absent.wav", str(folder / "low")], unreadable
    )
    assert len(signals) == 10
    assert [source.rpartition("/")[2] for source, _ in unreadable] == ["bad.wav", "absent.wav"]


@pytest.mark.slow
@pytest.mark.skipif(not REAL.exists(), reason="fsdd.npz is not there")
def test_official_split_of_the_digits():
    data = spoken_words("fsdd")
    assert [split.num_examples for split in data.splits.values()] == [2400, 300, 300]
    assert (np.bincount(data.test.y) == 30).all()
    strings = spoken_strings("fsdd", strings=100)
    assert set((strings.test.y > 0).sum(axis=1)) == {1, 2, 3, 4, 5}
