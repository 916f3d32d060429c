"""Spoken words as log-mel spectrograms: single ones, strings of them, and pairs with images."""

from keras_dl.data.speech.keywords import (
    NEGATIVES,
    background_noise,
    embed,
    keyword_windows,
)
from keras_dl.data.speech.pairing import spoken_images
from keras_dl.data.speech.protocols import divide
from keras_dl.data.speech.recordings import Recordings, as_recordings
from keras_dl.data.speech.sounds import Sounds, read_sounds, sound_folder, spoken_digits, tones
from keras_dl.data.speech.spectrograms import (
    FrameSpectrograms,
    WordSpectrograms,
    log_mel,
    log_mel_frames,
    mel_filters,
    moments,
    stack_frames,
)
from keras_dl.data.speech.strings import SILENCE, compose, frame_states, spoken_strings
from keras_dl.data.speech.wav_files import decode_wav, read_wavs
from keras_dl.data.speech.words import spoken_words

__all__ = [
    "NEGATIVES",
    "SILENCE",
    "FrameSpectrograms",
    "Recordings",
    "Sounds",
    "WordSpectrograms",
    "as_recordings",
    "background_noise",
    "compose",
    "decode_wav",
    "divide",
    "embed",
    "frame_states",
    "keyword_windows",
    "log_mel",
    "log_mel_frames",
    "mel_filters",
    "moments",
    "read_sounds",
    "read_wavs",
    "sound_folder",
    "spoken_digits",
    "spoken_images",
    "spoken_strings",
    "spoken_words",
    "stack_frames",
    "tones",
]
