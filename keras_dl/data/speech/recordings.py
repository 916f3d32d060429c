"""Recordings of words by class and speaker as log-mel spectrograms."""

from dataclasses import dataclass

import numpy as np

from keras_dl.data.speech.sounds import Sounds
from keras_dl.data.speech.spectrograms import log_mel

__all__ = ["Recordings", "as_recordings"]


@dataclass(frozen=True)
class Recordings:
    """Recordings of one word each.

    Attributes:
        x: log-mel spectrograms (n, 40, 61, 1) float32.
        y: class numbers (n,) int32.
        speaker: numbers of the speakers (n,) int32.
        names: one name per class.
        speakers: one name per speaker.
        source: origin of the bytes, in words.
    """

    x: np.ndarray
    y: np.ndarray
    speaker: np.ndarray
    names: tuple[str, ...]
    speakers: tuple[str, ...]
    source: str


def as_recordings(sounds: Sounds) -> Recordings:
    """Returns the log-mel spectrograms of a second of each recording."""
    x = np.stack([log_mel(signal) for signal in sounds.signals])
    return Recordings(x, sounds.y, sounds.speaker, sounds.names, sounds.speakers, sounds.source)
