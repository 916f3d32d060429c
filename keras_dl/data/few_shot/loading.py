"""Few-shot data sets by name or path, with the episodes of each split."""

import os
from typing import Any

from keras_dl.data.dataset import SPLITS, Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.few_shot.episodes import Episodes
from keras_dl.data.few_shot.folders import class_folders
from keras_dl.data.few_shot.glyphs import glyphs
from keras_dl.data.few_shot.images import FewShotImages, with_rotations
from keras_dl.data.few_shot.ink import BrightInk
from keras_dl.data.few_shot.omniglot import omniglot
from keras_dl.data.files import user_path
from keras_dl.data.reading import fact, recorded
from keras_dl.data.specs import Classes, Images

__all__ = ["TEST_EPISODES", "TEST_QUERY", "few_shot"]

TEST_EPISODES, TEST_QUERY = 1000, 5
VALIDATION_EPISODES, VALIDATION_WAY = 40, 20
DRAWINGS = {"omniglot": omniglot, "glyphs": glyphs}


@recorded
def few_shot(
    dataset: Any = "omniglot",
    *,
    way: int = 40,
    shot: int = 1,
    query: int = 2,
    episodes: int = 140,
    test_way: int = 5,
    rotations: bool = True,
    image_size: int = 28,
    batch_size: int = 1,
) -> Data:
    """Loads images whose classes are divided into train, validation and test, and their episodes.

    Validation episodes have 20 classes (fewer if the split is smaller), test episodes `test_way`;
    both have the `shot` of training. Test has 1,000 episodes, the same in every run.

    Args:
        dataset: "omniglot", "glyphs", the path of a folder or archive of images by class, or
            `FewShotImages`.
        way: classes in a training episode, at least 2.
        shot: support images of each class, at least 1.
        query: query images of each class in a training episode, at least 1.
        episodes: training episodes in an epoch.
        test_way: classes in a test episode.
        rotations: add each training class turned by 90°, 180° and 270° as new classes.
        image_size: side in pixels of the images of a folder; named sets have 28.
        batch_size: episodes per step.

    Returns:
        Images (n, height, width, channels) uint8 with class numbers of their own split, and a
        sampler of episodes for each split.

    Raises:
        DatasetUnavailable: if a named set is not there.
        DatasetError: if the data set cannot be used.
        ValueError: if a split has too few classes or a class too few images for the episodes.

    Reference:
        Snell, Swersky and Zemel, 2017, Prototypical Networks for Few-shot Learning,
        arXiv:1703.05175, section 3.1.
    """
    images = _find(dataset, image_size)
    parts = dict(images.splits)
    if rotations:
        parts["train"] = with_rotations(parts["train"])
        fact("classes", "each one of train is turned by 90°, 180° and 270° to three more")
    validation_way = min(VALIDATION_WAY, len(parts["validation"].names))
    sizes = {
        "train": (way, query, episodes),
        "validation": (validation_way, query, VALIDATION_EPISODES),
        "test": (test_way, TEST_QUERY, TEST_EPISODES),
    }
    samplers = {
        name: Episodes(parts[name].y, way=w, shot=shot, query=q, episodes=n, split=name)
        for name, (w, q, n) in sizes.items()
    }
    named = {name: part.names for name, part in parts.items()}
    return Data.from_splits(
        images.name,
        {name: Split(parts[name].x, parts[name].y) for name in SPLITS},
        inputs=Images(white=parts["train"].white),
        targets=Classes(named["train"], named),
        source=images.source,
        batch_size=batch_size,
        samplers=samplers,
        preprocessor=BrightInk() if images.name in DRAWINGS else None,
    )


def _find(dataset: Any, image_size: int) -> FewShotImages:
    if isinstance(dataset, FewShotImages):
        return dataset
    if isinstance(dataset, str) and dataset in DRAWINGS:
        return DRAWINGS[dataset]()
    if isinstance(dataset, str | os.PathLike) and user_path(dataset).exists():
        return class_folders(user_path(dataset), image_size=image_size)
    raise DatasetError(
        f"`dataset` must be one of {', '.join(DRAWINGS)}, or the path of a folder or archive of "
        f"images by class. Received: dataset={dataset!r}"
    )
