"""Images paired with recordings of their class, with different speakers in each split."""

from typing import Any

import numpy as np

from keras_dl.data.dataset import SPLITS, Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.loading import load
from keras_dl.data.reading import fact, recorded
from keras_dl.data.specs import Classes, Images, Spec
from keras_dl.data.speech.recordings import Recordings, as_recordings
from keras_dl.data.speech.sounds import SOUNDS, spoken_digits, tones

__all__ = ["spoken_images"]

# One constant for all runs: a run's own seed must not change the pairs of test.
SEED = 20_260_101


@recorded
def spoken_images(
    dataset: Any = "mnist",
    *,
    speech: str = "fsdd",
    fold: int = 0,
    pairs: int = 6000,
    test_pairs: int = 2000,
    image_size: int | None = None,
    batch_size: int = 128,
) -> Data:
    """Pairs each image with a recording of its class; the pairing is random and fixed.

    One speaker is heard in test only and one in validation only.

    Args:
        dataset: images with classes, as `keras_dl.data.load` takes them, of 16 pixels or more.
        speech: "fsdd", spoken digits, for classes "0" … "9"; or "tones", generated for any classes.
        fold: number of the test speaker, 0..5; the next one is that of validation.
        pairs: most pairs of train.
        test_pairs: most pairs of validation and of test.
        image_size: side of the square images in pixels, for images of various sizes.
        batch_size: pairs per step.

    Returns:
        `x` {"image": (n, height, width, channels) uint8, "speech": (n, 40, 61, 1) float32} and `y`
        class numbers (n,) int32. `extras["speakers"]` has the names by split.

    Raises:
        DatasetError: if the data are no images, or have other classes than the recordings.
        ValueError: if `speech` is unknown or `fold` is no speaker.
    """
    data = load(dataset, batch_size=batch_size, image_size=image_size, at_least=16)
    if not isinstance(data.inputs, Images) or not data.class_names:
        raise DatasetError(f"`dataset` must hold images with classes. Received: {data.name}")
    words = _recordings(speech, data.class_names)
    count = len(words.speakers)
    if not 0 <= fold < count:
        raise ValueError(f"`fold` must lie in 0 … {count - 1}, the speakers. Received: fold={fold}")
    held_out = {"test": [fold], "validation": [(fold + 1) % count]}
    rest = [n for n in range(count) if n not in (*held_out["test"], *held_out["validation"])]
    parts = {"train": rest, **held_out}
    random = np.random.RandomState(SEED)
    splits = {}
    for name in SPLITS:
        split = data.splits[name].sample(pairs if name == "train" else test_pairs, SEED)
        own = np.flatnonzero(np.isin(words.speaker, parts[name]))
        rows = np.zeros(split.num_examples, np.int64)
        for label in range(len(words.names)):
            places = np.flatnonzero(split.y == label)
            rows[places] = random.choice(own[words.y[own] == label], len(places))
        splits[name] = Split({"image": split.x, "speech": words.x[rows]}, split.y.astype(np.int32))
    speakers = {name: [words.speakers[n] for n in numbers] for name, numbers in parts.items()}
    fact("speech", f"{words.source}; test speaks {speakers['test'][0]}, validation "
         f"{speakers['validation'][0]}")  # fmt: skip
    return Data.from_splits(
        data.name,
        splits,
        inputs=Spec(),
        targets=Classes(data.class_names),
        source=data.source,
        batch_size=batch_size,
        extras={"speakers": speakers},
    )


def _recordings(speech: str, names: tuple[str, ...]) -> Recordings:
    if speech == "tones":
        return as_recordings(tones(names))
    if speech != "fsdd":
        raise ValueError(
            f"`speech` must be one of {', '.join(SOUNDS)}. Received: speech={speech!r}"
        )
    words = as_recordings(spoken_digits())
    if names != words.names:
        raise DatasetError(
            "`dataset` must have the classes 0 … 9 to be paired with spoken digits; speech='tones' "
            f"fits any. Received: {', '.join(names[:12])}"
        )
    return words
