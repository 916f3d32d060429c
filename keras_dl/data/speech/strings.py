"""Strings of words: recordings of one speaker that follow one another with short pauses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from keras_dl.data.dataset import Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.reading import fact, recorded
from keras_dl.data.specs import FrameStates, Spectrograms, Transcripts
from keras_dl.data.speech.protocols import divide
from keras_dl.data.speech.sounds import Sounds, read_sounds
from keras_dl.data.speech.spectrograms import (
    HOP,
    RATE,
    WINDOW,
    FrameSpectrograms,
    log_mel_frames,
    stack_frames,
)

__all__ = ["SILENCE", "Utterances", "compose", "frame_states", "spoken_strings"]

LONGEST = 3 * RATE  # samples of a string; words beyond are left out
PAUSE = (0.02, 0.2)  # seconds before, between and after the words
HISS = 1e-3  # standard deviation of the noise in pauses
SEED = 20_260_101
SILENCE = 0  # state of a frame between words


@dataclass(frozen=True)
class Utterances:
    """Strings of words.

    Attributes:
        frames: log-mel spectrograms (n, frames, 40) float32; padding frames are 0.
        labels: 1 + class of each word, (n, words) int32; padding is 0.
        states: by frame, (n, frames) int32, see `frame_states`; padding is -1.
    """

    frames: np.ndarray
    labels: np.ndarray
    states: np.ndarray


def compose(
    sounds: Sounds, rows: np.ndarray, *, count: int, longest: int, states: int, seed: int
) -> Utterances:
    """Draws words of one speaker and joins them, with noise in the pauses.

    Args:
        sounds: recordings of words.
        rows: recordings to draw from.
        count: number of strings.
        longest: most words of a string, at most three seconds of them; each number from 1 on is
            equally frequent.
        states: states of a word, for `frame_states`.
        seed: of the draws.
    """
    # RandomState rather than default_rng: its stream is frozen across NumPy releases.
    random = np.random.RandomState(seed)
    own = {number: rows[sounds.speaker[rows] == number] for number in set(sounds.speaker[rows])}
    speakers = sorted(own)
    parts, labels, aligned = [], np.zeros((count, longest), np.int32), []
    for string in labels:
        drawn = random.choice(own[speakers[random.randint(len(speakers))]], longest)
        drawn = drawn[: 1 + random.randint(longest)]
        signal, spans = _join([sounds.signals[i] for i in drawn], random)
        string[: len(spans)] = 1 + sounds.y[drawn[: len(spans)]]
        parts.append(log_mel_frames(signal))
        aligned.append(frame_states(spans, string, len(parts[-1]), states))
    frames = stack_frames(parts)
    state = np.full(frames.shape[:2], -1, np.int32)
    for own, row in zip(state, aligned, strict=True):
        own[: len(row)] = row
    return Utterances(frames, labels, state)


def _join(
    words: Sequence[np.ndarray], random: np.random.RandomState
) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Returns the samples of a string, and the first and last sample of each word."""

    def pause() -> np.ndarray:
        return HISS * random.normal(size=int(RATE * random.uniform(*PAUSE)))

    parts, spans = [pause()], []
    length = len(parts[0])
    for word in words:
        if spans and length + len(word) > LONGEST:
            break
        spans.append((length, length + len(word)))
        parts += [word, pause()]
        length += len(word) + len(parts[-1])
    signal = np.concatenate(parts)
    padded = np.zeros(max(WINDOW, len(signal)))
    padded[: len(signal)] = signal
    return padded, spans


def frame_states(
    spans: Sequence[tuple[int, int]], labels: np.ndarray, frames: int, states: int
) -> np.ndarray:
    """Aligns frames to the states of their words in equal parts.

    Args:
        spans: first and last sample of each word.
        labels: 1 + class of each word.
        frames: number of frames, each of the sample in its middle.
        states: states of a word.

    Returns:
        (frames,) int32: 0 in pauses, else 1 + class·states + 0..states-1.
    """
    middle = HOP * np.arange(frames) + WINDOW // 2
    states_by_frame = np.full(frames, SILENCE, np.int32)
    for (start, stop), label in zip(spans, labels[: len(spans)], strict=True):
        inside = (start <= middle) & (middle < stop)
        part = (middle[inside] - start) * states // (stop - start)
        states_by_frame[inside] = 1 + (label - 1) * states + part
    return states_by_frame


@recorded
def spoken_strings(
    dataset: Any = "fsdd",
    *,
    targets: str = "labels",
    states: int = 3,
    protocol: str = "takes",
    fold: int = 0,
    strings: int = 3000,
    longest: int = 5,
    batch_size: int = 32,
) -> Data:
    """Composes strings of 1 to `longest` words; a recording is heard in one split only.

    Args:
        dataset: recordings of words as `spoken_words` takes them, or a return value of this
            function.
        targets: "labels" for the words of a string, "states" for the state of each frame.
        states: states of a word.
        protocol: "takes" or "speaker", see `keras_dl.data.speech.divide`.
        fold: number of the test speaker of "speaker".
        strings: of train; validation has a tenth and test a fifth of that number more.
        longest: most words of a string.
        batch_size: strings per step.

    Returns:
        x (n, frames, 40) float32, padding frames are 0; y labels (n, longest) int32 with padding 0,
        or states (n, frames) int32, padding frames are 0 with weight 0.

    Raises:
        DatasetUnavailable: if there is no such set or path.
        DatasetError: if the recordings cannot be used.
        ValueError: if a number is too small, or `targets` or the protocol is unknown.
    """
    if isinstance(dataset, Data):
        if not isinstance(dataset.preprocessor, FrameSpectrograms):
            raise DatasetError(f"`dataset` must hold strings of words. Received: {dataset.name}")
        return replace(dataset, batch_size=batch_size)
    for name, value in (("strings", strings), ("longest", longest), ("states", states)):
        if value < 1:
            raise ValueError(f"`{name}` must be 1 or more. Received: {name}={value}")
    if targets not in TARGETS:
        raise ValueError(
            f"`targets` must be one of {', '.join(TARGETS)}. Received: targets={targets!r}"
        )
    sounds = read_sounds(dataset)
    counts = {"train": strings, "validation": -(-strings // 10), "test": -(-strings // 5)}
    splits = {}
    for seed, (name, rows) in enumerate(divide(sounds, protocol, fold).items(), SEED):
        parts = compose(sounds, rows, count=counts[name], longest=longest, states=states, seed=seed)
        splits[name] = TARGETS[targets](parts)
    fact(
        "strings", f"1 to {longest} words of one speaker with pauses of {PAUSE[0]} to {PAUSE[1]} s"
    )
    return Data.from_splits(
        str(dataset).rstrip("/").rpartition("/")[2],
        splits,
        inputs=Spectrograms(),
        targets=Transcripts(sounds.names)
        if targets == "labels"
        else FrameStates(sounds.names, states),
        source=sounds.source,
        batch_size=batch_size,
        preprocessor=FrameSpectrograms(),
    )


def _with_labels(parts: Utterances) -> Split:
    return Split(parts.frames, parts.labels)


def _with_states(parts: Utterances) -> Split:
    present = parts.states >= 0
    return Split(parts.frames, np.where(present, parts.states, 0), present.astype(np.float32))


TARGETS: dict[str, Callable[[Utterances], Split]] = {
    "labels": _with_labels,
    "states": _with_states,
}
