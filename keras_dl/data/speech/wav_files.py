"""Sound files: `.wav` of any rate and number of channels, as samples at 8,000 Hz."""

import io
import math
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from scipy.io import wavfile
from scipy.signal import resample_poly

from keras_dl.data.archives import ARCHIVES, list_members
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.files import read_regular, refuse_damaged, user_path
from keras_dl.data.speech.spectrograms import RATE, WINDOW
from keras_dl.data.unreadable import Unreadable

__all__ = ["SUFFIXES", "decode_wav", "read_wavs"]

SUFFIXES = (".wav",)
RATES = (1000, 384_000)  # samples a second; other numbers are damaged headers


def decode_wav(content: bytes, source: object) -> np.ndarray:
    """Returns the mean of the channels of a `.wav` file at 8,000 Hz.

    Args:
        content: bytes of the file: integers of 8 to 32 bits or floats.
        source: name of the file, for messages.

    Returns:
        (samples,) float64; integers are divided by their range, so that they lie in [-1, 1].

    Raises:
        DatasetError: if the file is damaged, shorter than a window of 32 ms, or not finite.
    """
    with refuse_damaged(source, "a .wav file of integers or floats"), warnings.catch_warnings():
        warnings.simplefilter("ignore", wavfile.WavFileWarning)  # chunks with names and dates
        rate, samples = wavfile.read(io.BytesIO(content))
    if not RATES[0] <= rate <= RATES[1]:
        raise DatasetError(
            f"`dataset` must have {RATES[0]:,} to {RATES[1]:,} samples a second. "
            f"Received: {rate:,} in {source}"
        )
    channels = samples.size // len(samples) if len(samples) else 1
    signal = samples.reshape(len(samples), channels).astype(np.float64)
    if samples.dtype == np.uint8:
        signal = (signal - 128) / 128
    elif samples.dtype.kind == "i":
        signal = signal / -float(np.iinfo(samples.dtype).min)
    mono = signal.mean(axis=1)
    if not np.isfinite(mono).all():
        raise DatasetError(f"`dataset` must hold finite samples. Received: NaN or inf in {source}")
    shared = math.gcd(rate, RATE)
    if len(mono) and rate != RATE:
        mono = resample_poly(mono, RATE // shared, rate // shared)
    if len(mono) < WINDOW:
        raise DatasetError(
            f"`dataset` must hold sounds of {1000 * WINDOW // RATE} ms or more. "
            f"Received: {1000 * len(mono) / RATE:.0f} ms in {source}"
        )
    return mono


def read_wavs(
    inputs: str | Iterable[str], unreadable: Unreadable
) -> tuple[list[np.ndarray], list[str]]:
    """Reads sounds to predict, and a name for each.

    Args:
        inputs: `.wav` files, folders (recursive) or archives of them.
        unreadable: list that the names of inputs that cannot be read are added to, with reasons.

    Returns:
        The signals at 8,000 Hz and the names of their files.
    """
    signals: list[np.ndarray] = []
    sources: list[str] = []
    for item in [inputs] if isinstance(inputs, str) else inputs:
        try:
            contents = _contents(item)
        except DatasetError as error:
            unreadable.append((item, str(error)))
            continue
        for source, read in contents:
            try:
                signals.append(decode_wav(read(), source))
                sources.append(source)
            except DatasetError as error:
                unreadable.append((source, str(error)))
    return signals, sources


def _contents(item: str) -> Sequence[tuple[str, Callable[[], bytes]]]:
    """Names and readers of the sounds of one input."""
    path: Path = user_path(item)
    if not path.exists():
        raise DatasetUnavailable(f"`paths` must exist. Received: {item[:200]}")
    if path.is_dir() or path.name.lower().endswith(ARCHIVES):
        members = list_members(path, SUFFIXES)
        if not members:
            raise DatasetError(f"`paths` must hold .wav files. Received: none in {path}")
        return [(str(path / member.path), member.read) for member in members]
    return [(str(path), lambda: read_regular(path))]
