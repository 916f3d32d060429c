"""Division of recordings into splits: by take, by speaker, by folder or at random."""

import numpy as np

from keras_dl.data.dataset import SPLITS
from keras_dl.data.errors import DatasetError
from keras_dl.data.reading import fact
from keras_dl.data.speech.sounds import Sounds
from keras_dl.data.splitting import TEST_SHARE, VALIDATION_SHARE, record_cut, split_indices

__all__ = ["PROTOCOLS", "divide"]

PROTOCOLS = ("takes", "speaker")
HELD_OUT = 10  # one take of ten is test, the next one validation


def divide(sounds: Sounds, protocol: str = "takes", fold: int = 0) -> dict[str, np.ndarray]:
    """Returns the rows of train, validation and test.

    "takes" is the split of the Free Spoken Digit Dataset: the first tenth of each speaker's takes
    is test; the second tenth is validation here. All speakers are known then. With "speaker",
    speaker `fold` is heard in test only and the next one in validation only. Recordings without
    speakers, as those of a folder, are divided as their folders say, or at random by class.

    Args:
        sounds: recordings of words.
        protocol: "takes" or "speaker".
        fold: number of the test speaker of "speaker".

    Raises:
        ValueError: if the protocol is unknown, or `fold` is no speaker.
        DatasetError: if the recordings have no speakers to divide, or a split would be empty.
    """
    if protocol not in PROTOCOLS:
        raise ValueError(
            f"`protocol` must be one of {', '.join(PROTOCOLS)}. Received: protocol={protocol!r}"
        )
    count = len(sounds.speakers)
    if protocol == "speaker":
        if not count:
            raise DatasetError(
                "`dataset` must have known speakers for protocol='speaker'; files in folders by "
                f"class have none. Received: {sounds.source}"
            )
        if not 0 <= fold < count:
            raise ValueError(
                f"`fold` must lie in 0 … {count - 1}, the speakers. Received: fold={fold}"
            )
        test, validation = sounds.speaker == fold, sounds.speaker == (fold + 1) % count
        fact("speakers", f"test speaks {sounds.speakers[fold]}, validation "
             f"{sounds.speakers[(fold + 1) % count]}")  # fmt: skip
    elif count:
        takes = max(1, (int(sounds.take.max()) + 1) // HELD_OUT)
        test, validation = sounds.take < takes, (sounds.take // takes) == 1
        fact("split", f"takes below {takes} are test, below {2 * takes} validation; all speakers "
             "are known")  # fmt: skip
    else:
        return _divide_folder(sounds)
    masks = {"train": ~(test | validation), "validation": validation, "test": test}
    return {name: np.flatnonzero(masks[name]) for name in SPLITS}


def _divide_folder(sounds: Sounds) -> dict[str, np.ndarray]:
    split = np.array(sounds.split or ["train"] * len(sounds.y))
    rows = {name: np.flatnonzero(split == name) for name in SPLITS if (split == name).any()}
    shares = {"test": TEST_SHARE, "validation": VALIDATION_SHARE}
    shares = {name: share for name, share in shares.items() if name not in rows}
    record_cut(shares, stratified=True, unit="recordings")
    for name, share in shares.items():
        train = rows["train"]
        rest, drawn = split_indices(sounds.y[train], share, stratified=True)
        rows |= {"train": train[rest], name: train[drawn]}
    return {name: rows[name] for name in SPLITS}
