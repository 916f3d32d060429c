"""Spoken words with classes: log-mel spectrograms of one second."""

from dataclasses import replace
from typing import Any

from keras_dl.data.dataset import Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.overlap import notice_overlap
from keras_dl.data.reading import recorded
from keras_dl.data.specs import Classes, Spectrograms
from keras_dl.data.speech.protocols import divide
from keras_dl.data.speech.sounds import read_sounds
from keras_dl.data.speech.spectrograms import WordSpectrograms

__all__ = ["spoken_words"]


@recorded
def spoken_words(
    dataset: Any = "fsdd", *, protocol: str = "takes", fold: int = 0, batch_size: int = 64
) -> Data:
    """Loads recordings of words with their classes.

    Args:
        dataset: "fsdd", spoken digits; "tones", generated ones; the path of a folder or archive of
            `.wav` files by class; or a return value of this function.
        protocol: "takes" or "speaker", see `keras_dl.data.speech.divide`.
        fold: number of the test speaker of "speaker".
        batch_size: recordings per step.

    Returns:
        x (n, 40, 61, 1) float32, log-mel spectrograms of the first second; y class numbers (n,)
        int32. `extras["speakers"]` has the name of each test recording's speaker, if known.

    Raises:
        DatasetUnavailable: if there is no such set or path.
        DatasetError: if the recordings cannot be used.
        ValueError: if the protocol is unknown, or `fold` is no speaker.
    """
    if isinstance(dataset, Data):
        if not isinstance(dataset.preprocessor, WordSpectrograms):
            raise DatasetError(f"`dataset` must hold recordings of words. Received: {dataset.name}")
        return replace(dataset, batch_size=batch_size)
    sounds = read_sounds(dataset)
    rows = divide(sounds, protocol, fold)
    vectorizer = WordSpectrograms()
    x = vectorizer(sounds.signals)
    notice_overlap(x[rows["train"]], x[rows["test"]], "recording")
    heard = [sounds.speakers[i] for i in sounds.speaker[rows["test"]]] if sounds.speakers else []
    return Data.from_splits(
        str(dataset).rstrip("/").rpartition("/")[2],
        {name: Split(x[own], sounds.y[own]) for name, own in rows.items()},
        inputs=Spectrograms(),
        targets=Classes(sounds.names),
        source=sounds.source,
        batch_size=batch_size,
        preprocessor=vectorizer,
        extras={"speakers": heard},
    )
