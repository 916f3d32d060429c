"""Windows of one second with a keyword, another word, or background noise alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from keras_dl.data.dataset import Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.reading import fact, recorded
from keras_dl.data.specs import Classes, Spectrograms
from keras_dl.data.speech.protocols import divide
from keras_dl.data.speech.sounds import Sounds, read_sounds
from keras_dl.data.speech.spectrograms import RATE, SECONDS, WordSpectrograms

__all__ = ["NEGATIVES", "background_noise", "embed", "keyword_windows"]

NEGATIVES = ("unknown", "silence")  # classes behind the keywords
SHARES = (0.5, 0.4, 0.1)  # of keywords, unknown words and silence among the windows
LENGTH = int(SECONDS * RATE)  # samples of a window
CLEAN = 60.0  # dB; at such a ratio the noise is below the floor of the spectrograms
SEED = 20_260_101


@dataclass(frozen=True)
class _Windows:
    x: np.ndarray
    y: np.ndarray
    speakers: list[str]


def background_noise(count: int, random: np.random.RandomState) -> np.ndarray:
    """Generates noise of power 1 whose spectrum falls with 1/f^α, α uniform in [0, 2].

    α = 0 is white noise, 1 pink noise and 2 brown noise.

    Args:
        count: samples, 2 or more.
        random: source of randomness.

    Returns:
        (count,) float64.
    """
    spectrum = np.fft.rfft(random.normal(size=count))
    spectrum[0] = 0
    frequencies = np.maximum(1, np.arange(len(spectrum)))
    noise = np.fft.irfft(spectrum * frequencies ** (-random.uniform(0, 2) / 2), count)
    return noise / np.sqrt(np.mean(noise**2))


def embed(word: np.ndarray, snr: float, random: np.random.RandomState) -> np.ndarray:
    """Places a word at a random offset in a second of background noise.

    Args:
        word: samples (n,); what exceeds a second is cut off at the end.
        snr: power of the word, within its own extent, over that of the noise, in dB.
        random: source of randomness.

    Returns:
        (8000,) float64.
    """
    word = word[:LENGTH]
    window = background_noise(LENGTH, random) * _noise_level(word, snr)
    start = random.randint(LENGTH - len(word) + 1)
    window[start : start + len(word)] += word
    return window


def _noise_level(word: np.ndarray, snr: float) -> float:
    return float(np.sqrt(np.mean(word**2)) * 10 ** (-snr / 20))


@recorded
def keyword_windows(
    dataset: Any = "fsdd",
    *,
    keywords: Sequence[str] = ("0", "1", "2", "3"),
    snr: float = 10.0,
    protocol: str = "takes",
    fold: int = 0,
    windows: int = 12_000,
    hours: float = 1.0,
    batch_size: int = 64,
) -> Data:
    """Composes windows of which half hold a keyword, 40 % another word and 10 % noise alone.

    A recording is heard in one split only. In validation and test the signal-to-noise ratio is
    `snr`; in train it lies between `snr` and 60 dB, half of the time in the lowest quarter, so that
    clean sounds are known too. Noise alone is as loud as beside a word.

    Args:
        dataset: recordings of words as `spoken_words` takes them, or a return value of this
            function.
        keywords: names of the classes to spot; the words of all others are "unknown".
        snr: signal-to-noise ratio in dB.
        protocol: "takes" or "speaker", see `keras_dl.data.speech.divide`.
        fold: number of the test speaker of "speaker".
        windows: of train; validation has a tenth of that number more.
        hours: of windows without keywords in test, 3,600 windows an hour.
        batch_size: windows per step.

    Returns:
        x (n, 40, 61, 1) float32, log-mel spectrograms; y class numbers (n,) int32: keywords as they
        are listed, then "unknown" and "silence". `extras["speakers"]` has the name of each test
        window's speaker, "" for noise alone and for unknown speakers.

    Raises:
        DatasetUnavailable: if there is no such set or path.
        DatasetError: if the recordings cannot be used, or a keyword is no class of theirs.
        ValueError: if `keywords` are none, all classes or repeated, a number is too small, or the
            protocol is unknown.
    """
    if isinstance(dataset, Data):
        if tuple(dataset.class_names[-2:]) != NEGATIVES:
            raise DatasetError(f"`dataset` must hold windows of keywords. Received: {dataset.name}")
        return replace(dataset, batch_size=batch_size)
    _check_sizes(windows, hours)
    sounds = read_sounds(dataset)
    _check_keywords(tuple(keywords), sounds)
    negatives = max(1, round(3600 * hours))
    counts = {"train": windows, "validation": -(-windows // 10),
              "test": round(negatives / (1 - SHARES[0]))}  # fmt: skip
    parts = {}
    for seed, (name, rows) in enumerate(divide(sounds, protocol, fold).items(), SEED):
        ratios = (snr, max(snr, CLEAN)) if name == "train" else (snr, snr)
        parts[name] = _compose(sounds, rows, tuple(keywords), counts[name], ratios, seed)
    fact("keywords", f"{', '.join(keywords)}; {snr:g} dB above noise in validation and test")
    return Data.from_splits(
        str(dataset).rstrip("/").rpartition("/")[2],
        {name: Split(part.x, part.y) for name, part in parts.items()},
        inputs=Spectrograms(),
        targets=Classes((*keywords, *NEGATIVES)),
        source=sounds.source,
        batch_size=batch_size,
        preprocessor=WordSpectrograms(),
        extras={"speakers": parts["test"].speakers},
    )


def _compose(
    sounds: Sounds,
    rows: np.ndarray,
    keywords: tuple[str, ...],
    count: int,
    ratios: tuple[float, float],
    seed: int,
) -> _Windows:
    """Draws the windows of a split; each keyword, and each other word, is equally frequent."""
    # RandomState rather than default_rng: its stream is frozen across NumPy releases.
    random = np.random.RandomState(seed)
    classes = [sounds.names.index(word) for word in keywords]
    others = [number for number in range(len(sounds.names)) if number not in classes]
    by_class = {number: rows[sounds.y[rows] == number] for number in (*classes, *others)}
    signals, labels, speakers = [], [], []
    low, high = ratios
    for kind in _kinds(count, random):
        number = random.choice(classes if kind == 0 else others)
        row = random.choice(by_class[number])
        word, snr = sounds.signals[row], low + (high - low) * random.uniform() ** 2
        if kind == 2:
            signals.append(background_noise(LENGTH, random) * _noise_level(word, snr))
        else:
            signals.append(embed(word, snr, random))
        labels.append(classes.index(number) if kind == 0 else len(classes) + kind - 1)
        by_speaker = sounds.speakers and kind != 2
        speakers.append(sounds.speakers[sounds.speaker[row]] if by_speaker else "")
    return _Windows(WordSpectrograms()(signals), np.array(labels, np.int32), speakers)


def _kinds(count: int, random: np.random.RandomState) -> np.ndarray:
    """Returns 0 for a keyword, 1 for another word, 2 for noise alone, in exactly their shares.

    A rate of one false alarm an hour allows none where the windows without keywords are less than
    an hour by a second.
    """
    negatives = round(count * (1 - SHARES[0]))
    others = round(negatives * SHARES[1] / (1 - SHARES[0]))
    kinds = np.repeat([0, 1, 2], [count - negatives, others, negatives - others])
    random.shuffle(kinds)
    return kinds


def _check_sizes(windows: int, hours: float) -> None:
    if windows < 1:
        raise ValueError(
            f"`windows` must be 1 or more; they are those of train. Received: windows={windows}"
        )
    if not hours > 0:
        raise ValueError(
            "`hours` must be positive; it is the duration of the test windows without keywords. "
            f"Received: hours={hours}"
        )


def _check_keywords(keywords: tuple[str, ...], sounds: Sounds) -> None:
    if missing := [word for word in keywords if word not in sounds.names]:
        raise DatasetError(
            f"`keywords` must be among the classes {', '.join(sounds.names[:20])}. "
            f"Received: {', '.join(missing)}"
        )
    repeated = len(set(keywords)) < len(keywords)
    if repeated or not 0 < len(keywords) < len(sounds.names) or set(keywords) & set(NEGATIVES):
        raise ValueError(
            "`keywords` must be different classes, at least one and not all, without 'unknown' and "
            f"'silence', which name the others. Received: keywords={keywords}"
        )
