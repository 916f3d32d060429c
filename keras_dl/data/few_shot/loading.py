"""Few-shot data sets by name or path, with the episodes of each split."""

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from keras_dl.data.dataset import SPLITS, Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.few_shot.episodes import Episodes
from keras_dl.data.few_shot.folders import class_folders
from keras_dl.data.few_shot.glyphs import glyphs
from keras_dl.data.few_shot.images import ClassImages, FewShotImages, with_rotations
from keras_dl.data.few_shot.ink import BrightInk
from keras_dl.data.few_shot.official_runs import RUNS_FILE, official_runs
from keras_dl.data.few_shot.omniglot import omniglot
from keras_dl.data.files import user_path
from keras_dl.data.reading import fact, recorded
from keras_dl.data.specs import Classes, Images

__all__ = ["TEST_EPISODES", "TEST_QUERY", "few_shot"]

TEST_EPISODES, TEST_QUERY = 1000, 5
VALIDATION_EPISODES, VALIDATION_WAY = 40, 20
NAMED = 3  # classes that a message lists
OMNIGLOT = "omniglot"
DRAWINGS = {OMNIGLOT: omniglot, "glyphs": glyphs}


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
    within_groups: bool | None = False,
    test_query: int = TEST_QUERY,
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
        within_groups: the classes of an episode are of one group, such as an alphabet; validation
            episodes have as many classes as the largest group, at most 20. None: in the splits with
            a group of enough classes.
        test_query: query images of each class in a test episode.

    Returns:
        Images (n, height, width, channels) uint8 with class numbers of their own split, and a
        sampler of episodes for each split. `extras["groups"]` has the group of each test class;
        `extras["official_runs"]` those of Omniglot where the mirror has their file, see
        `official_runs`.

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
    _check_examples(parts, shot, {"train": query, "validation": query, "test": test_query})
    if rotations:
        parts["train"] = with_rotations(parts["train"])
        fact("classes", "each one of train is turned by 90°, 180° and 270° to three more")
    _check_ways(parts, {"way": way, "test_way": test_way}, rotations)
    ways = {"train": way, "validation": 2, "test": test_way}
    groups = {name: _groups(parts[name], name, ways[name], within_groups) for name in SPLITS}
    largest = Counter(groups["validation"] or {0: len(parts["validation"].names)})
    validation_way = min(VALIDATION_WAY, max(largest.values()))
    episode_sizes = {
        "train": (way, query, episodes),
        "validation": (validation_way, query, VALIDATION_EPISODES),
        "test": (test_way, test_query, TEST_EPISODES),
    }
    samplers = {
        name: Episodes(
            parts[name].y, way=w, shot=shot, query=q, episodes=n, split=name, groups=groups[name]
        )
        for name, (w, q, n) in episode_sizes.items()
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
        extras={"groups": parts["test"].groups, **_official_runs(images)},
    )


def _check_examples(
    parts: Mapping[str, ClassImages], shot: int, queries: Mapping[str, int]
) -> None:
    """Refuses classes that have fewer images than an episode takes of them."""
    for split, part in parts.items():
        least, counts = shot + queries[split], np.bincount(part.y, minlength=len(part.names))
        small = [f"{part.names[i]} with {counts[i]}" for i in np.flatnonzero(counts < least)]
        if small:
            more = f" and {len(small) - NAMED} more" if len(small) > NAMED else ""
            raise DatasetError(
                f"`shot` + `query` must not exceed the images of each class; classes of '{split}' "
                f"with fewer than {least} must be left out. Received: shot={shot}, "
                f"query={queries[split]}, and {', '.join(small[:NAMED])}{more}"
            )


def _check_ways(parts: Mapping[str, ClassImages], ways: Mapping[str, int], turned: bool) -> None:
    """Refuses episodes of more classes than there are, in all splits at once."""
    counts = {"way": len(parts["train"].names), "test_way": len(parts["test"].names)}
    if not any(ways[option] > count for option, count in counts.items()):
        return
    copies = " with its turned copies" if turned else ""
    received = ", ".join(f"{option}={number}" for option, number in ways.items())
    raise DatasetError(
        f"`way` must not exceed the {counts['way']} classes of 'train'{copies}, and `test_way` the "
        f"{counts['test_way']} of 'test'. Received: {received}"
    )


def _groups(part: ClassImages, split: str, way: int, within: bool | None) -> tuple[str, ...]:
    """Returns the groups to draw episodes from, empty for episodes of all classes."""
    if within and not part.groups:
        raise DatasetError(
            "`within_groups` must be left out unless the classes lie in folders of groups, "
            f"alphabet/class/a.png. Received: '{split}' without groups"
        )
    enough = max(Counter(part.groups).values(), default=0) >= way
    return part.groups if within or (within is None and enough) else ()


def _official_runs(images: FewShotImages) -> dict[str, Any]:
    path = Path(images.source).parent / RUNS_FILE
    return (
        {"official_runs": official_runs(path)} if images.name == OMNIGLOT and path.exists() else {}
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
