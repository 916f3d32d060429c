"""Log-mel spectrograms of one recording each: a recording never depends on others of its batch."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Self

import numpy as np

from keras_dl.data.serialization import register_preprocessor

__all__ = [
    "FRAMES",
    "HOP",
    "MELS",
    "RATE",
    "WINDOW",
    "FrameSpectrograms",
    "WordSpectrograms",
    "log_mel",
    "log_mel_frames",
    "mel_filters",
    "moments",
    "stack_frames",
]

RATE = 8000  # samples a second
SECONDS = 1.0  # of a word; shorter recordings are padded with silence, longer ones cut at the end
WINDOW, HOP = 256, 128  # samples: 32 and 16 ms
MELS = 40
FRAMES = int(SECONDS * RATE - WINDOW) // HOP + 1
FLOOR = 1e-6  # energy of silence


def mel_filters(mels: int = MELS, window: int = WINDOW, rate: int = RATE) -> np.ndarray:
    """Returns triangular filters with centres at equal distances on the mel scale.

    Args:
        mels: number of filters.
        window: samples of the Fourier transform.
        rate: samples a second.

    Returns:
        (window/2 + 1, mels), the weight of each frequency in each filter; peaks are 1.

    Reference:
        Davis and Mermelstein, 1980, Comparison of parametric representations for monosyllabic word
        recognition, IEEE Transactions on Acoustics, Speech, and Signal Processing 28; mel scale
        2595·log₁₀(1 + f/700).
    """
    highest = 2595 * np.log10(1 + rate / 2 / 700)
    corners = 700 * (10 ** (np.linspace(0, highest, mels + 2) / 2595) - 1)
    frequencies = np.arange(window // 2 + 1)[:, None] * rate / window
    low, centre, high = corners[:-2], corners[1:-1], corners[2:]
    rising, falling = (frequencies - low) / (centre - low), (high - frequencies) / (high - centre)
    return np.maximum(0, np.minimum(rising, falling))


@cache
def _filters() -> np.ndarray:
    return mel_filters()


def log_mel_frames(signal: np.ndarray) -> np.ndarray:
    """Computes the log-mel spectrogram of a sound of any length.

    The floor is a constant energy. `keras.layers.MelSpectrogram` has one relative to the loudest
    frame of the whole batch, so that a recording's values depend on its neighbours.

    Args:
        signal: samples (n,) in [-1, 1] at 8,000 Hz, at least a window of 256.

    Returns:
        (frames, 40) float32: logarithm of the energy by frame and mel band.
    """
    starts = HOP * np.arange((len(signal) - WINDOW) // HOP + 1)
    frames = signal[starts[:, None] + np.arange(WINDOW)] * np.hanning(WINDOW)
    energy = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    return np.log(energy @ _filters() + FLOOR).astype(np.float32)


def log_mel(signal: np.ndarray) -> np.ndarray:
    """Computes the log-mel spectrogram of a second of sound.

    Args:
        signal: samples (n,) in [-1, 1] at 8,000 Hz, any length.

    Returns:
        (40, 61, 1) float32: logarithm of the energy by mel band and frame.
    """
    length = int(SECONDS * RATE)
    padded = np.zeros(length)
    padded[: min(length, len(signal))] = signal[:length]
    return log_mel_frames(padded).T[..., None]


def stack_frames(spectrograms: Sequence[np.ndarray]) -> np.ndarray:
    """Returns spectrograms as one array, the shorter ones followed by frames of zeros.

    A frame of sound is never all 0: silence is log(10⁻⁶) in each band.

    Args:
        spectrograms: (frames, 40) each.

    Returns:
        (n, longest, 40) float32.
    """
    x = np.zeros((len(spectrograms), max(map(len, spectrograms)), MELS), np.float32)
    for row, frames in zip(x, spectrograms, strict=True):
        row[: len(frames)] = frames
    return x


def moments(x: np.ndarray) -> tuple[float, float]:
    """Returns mean and standard deviation of the log energies, without padding frames.

    Args:
        x: (n, frames, bands), or (n, bands, frames, 1) without padding.
    """
    present = x[(x != 0).any(axis=-1)]
    return float(present.mean(dtype=np.float64)), float(present.std(dtype=np.float64))


class _Spectrograms:
    """Preprocessor without settings."""

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments: none."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Returns the preprocessor of a config from `get_config`."""
        return cls(**config)


@register_preprocessor("word_spectrograms")
class WordSpectrograms(_Spectrograms):
    """Converts recordings of a word to the log-mel spectrograms of one second."""

    def __call__(self, signals: Sequence[np.ndarray]) -> np.ndarray:
        """Returns (n, 40, 61, 1) float32."""
        return np.stack([log_mel(signal) for signal in signals])


@register_preprocessor("frame_spectrograms")
class FrameSpectrograms(_Spectrograms):
    """Converts recordings of any length to log-mel frames, padded with zeros."""

    def __call__(self, signals: Sequence[np.ndarray]) -> np.ndarray:
        """Returns (n, frames of the longest, 40) float32."""
        return stack_frames([log_mel_frames(signal) for signal in signals])
