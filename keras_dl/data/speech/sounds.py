"""Recordings as samples: spoken digits, generated tones, and folders of `.wav` files by class."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from keras_dl.data.archives import ARCHIVES
from keras_dl.data.arrays import read_npz
from keras_dl.data.class_folders import list_labelled_members
from keras_dl.data.class_order import order_classes
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.files import user_path
from keras_dl.data.sources import mirror
from keras_dl.data.speech.spectrograms import RATE
from keras_dl.data.speech.wav_files import SUFFIXES, decode_wav

__all__ = ["FILE", "SOUNDS", "Sounds", "read_sounds", "sound_folder", "spoken_digits", "tones"]

SOUNDS = ("fsdd", "tones")
FILE = "fsdd.npz"
KEYS = ("audio_mulaw", "offsets", "digit", "speaker", "take", "speaker_names")
DIGITS = tuple(map(str, range(10)))
SPEAKERS, TAKES, NOISE = 6, 12, 0.05  # of the generated tones
SEED = 20_260_101


@dataclass(frozen=True)
class Sounds:
    """Recordings of one word each.

    Attributes:
        signals: samples in [-1, 1] at 8,000 Hz, (samples,) each.
        y: class numbers (n,) int32.
        names: one name per class.
        source: origin of the bytes, in words.
        speaker: numbers of the speakers (n,) int32; all 0 where they are unknown.
        take: number of the recording of this word by this speaker (n,) int32; all 0 if unknown.
        speakers: one name per speaker; empty where they are unknown.
        split: "train", "validation" or "test" for each recording; empty where the source has none.
    """

    signals: tuple[np.ndarray, ...]
    y: np.ndarray
    names: tuple[str, ...]
    source: str
    speaker: np.ndarray
    take: np.ndarray
    speakers: tuple[str, ...] = ()
    split: tuple[str, ...] = ()


def read_sounds(dataset: object, names: Sequence[str] = DIGITS) -> Sounds:
    """Reads recordings by name or path.

    Args:
        dataset: "fsdd", "tones", or the path of a folder or archive of `.wav` files by class.
        names: classes of the tones.

    Raises:
        DatasetUnavailable: if there is no such set or path.
        DatasetError: if its recordings cannot be used.
    """
    if dataset == "fsdd":
        return spoken_digits()
    if dataset == "tones":
        return tones(names)
    path = user_path(str(dataset))
    if not path.exists():
        raise DatasetUnavailable(
            f"`dataset` must be one of {', '.join(SOUNDS)}, or the path of a folder with a folder "
            f"of .wav files for each class. Received: dataset={str(dataset)!r}"
        )
    return sound_folder(path)


def spoken_digits() -> Sounds:
    """Reads the free spoken digits: 3,000 recordings of "zero" to "nine" by six speakers.

    Raises:
        DatasetUnavailable: if the mirror has no file fsdd/fsdd.npz.
        DatasetError: if the file lacks an array.

    Reference:
        Jackson et al., Free Spoken Digit Dataset, github.com/Jakobovski/free-spoken-digit-dataset.
    """
    folder = mirror.find("fsdd")
    if folder is None or not (folder / FILE).exists():
        raise DatasetUnavailable(
            f"`speech` must be available; put {FILE} into the folder fsdd of the mirror that "
            "KERAS_DL_DATA names, or take 'tones', which are generated. Received: 'fsdd'"
        )
    arrays = read_npz(folder / FILE)
    if missing := [key for key in KEYS if key not in arrays]:
        raise DatasetError(
            f"`speech` must have the arrays {', '.join(KEYS)}. "
            f"Received: no {', '.join(missing)} in {folder / FILE}"
        )
    code, offsets, digit, speaker, take, names = (arrays[key] for key in KEYS)
    return Sounds(
        tuple(_expand(part) for part in np.split(code, offsets[1:-1])),
        digit.astype(np.int32),
        DIGITS,
        str(folder / FILE),
        speaker.astype(np.int32),
        take.astype(np.int32),
        tuple(map(str, names)),
    )


def _expand(code: np.ndarray) -> np.ndarray:
    """Returns samples in [-1, 1] of µ-law codes 0..255."""
    q = code / 255 * 2 - 1
    return np.sign(q) * (256 ** np.abs(q) - 1) / 255


def tones(names: Sequence[str]) -> Sounds:
    """Generates a word of three tones for each class, by six voices of different pitch.

    They are the same in every run; a stand-in for speech that needs no files.

    Args:
        names: of the classes, any number.
    """
    # RandomState rather than default_rng: its stream is frozen across NumPy releases.
    random = np.random.RandomState(SEED)
    words = random.uniform(300, 1800, (len(names), 3))  # Hz
    pitch = np.linspace(0.8, 1.25, SPEAKERS)
    label, speaker, take = np.indices((len(names), SPEAKERS, TAKES)).reshape(3, -1)
    signals = []
    for word, factor in zip(words[label], pitch[speaker], strict=True):
        time = np.arange(int(RATE * random.uniform(0.12, 0.2))) / RATE
        signal = np.concatenate([np.sin(2 * np.pi * tone * factor * time) for tone in word])
        signals.append(0.3 * signal + NOISE * random.normal(size=len(signal)))
    return Sounds(
        tuple(signals),
        label.astype(np.int32),
        tuple(names),
        "generated",
        speaker.astype(np.int32),
        take.astype(np.int32),
        tuple(f"voice {number + 1}" for number in range(SPEAKERS)),
    )


def sound_folder(path: Path) -> Sounds:
    """Reads a folder or archive of `.wav` files by class.

    Args:
        path: with `class/a.wav`, or `train/class/a.wav` and `test/` or `val/` next to train.

    Raises:
        DatasetError: if there are no such files, or one cannot be read.
    """
    if not path.is_dir() and not path.name.lower().endswith(ARCHIVES):
        raise DatasetError(
            "`dataset` must be a folder or archive with a folder of .wav files for each class. "
            f"Received: {path}"
        )
    splits = list_labelled_members(path, SUFFIXES, ".wav files")
    rows = [(split, *example) for split, examples in splits.items() for example in examples]
    names = order_classes({label for _, _, label in rows})
    count = len(rows)
    return Sounds(
        tuple(decode_wav(member.read(), path / member.path) for _, member, _ in rows),
        np.array([names.index(label) for _, _, label in rows], np.int32),
        tuple(names),
        str(path),
        np.zeros(count, np.int32),
        np.zeros(count, np.int32),
        split=tuple(split for split, _, _ in rows) if len(splits) > 1 else (),
    )
