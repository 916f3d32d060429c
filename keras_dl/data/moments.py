"""Two tasks on the same images: their classes, of which few are known, and their moments."""

from dataclasses import replace

import numpy as np

from keras_dl.data.dataset import Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.few_labels import balanced_rows
from keras_dl.data.reading import fact, recorded
from keras_dl.data.samplers import limit
from keras_dl.data.specs import Images

__all__ = ["MOMENTS", "HalfLabelled", "image_moments", "with_moments"]

MOMENTS = ("ink", "height", "width", "slant")


def image_moments(images: np.ndarray) -> np.ndarray:
    """Computes central moments of the brightness of images.

    Args:
        images: (n, height, width, channels), 0..255.

    Returns:
        (n, 4) float32: mean brightness in [0, 1]; vertical and horizontal standard deviation of the
        bright pixels as shares of the image's height and width; their correlation, which is the
        slant. An image without brightness has 0 everywhere.
    """
    bright = images.mean(axis=-1, dtype=np.float64) / 255.0
    total = bright.sum(axis=(1, 2))
    share = bright / np.where(total > 0, total, 1.0)[:, None, None]
    rows, columns = (np.arange(size) / size for size in bright.shape[1:])
    by_row, by_column = share.sum(axis=2), share.sum(axis=1)
    down = rows - (by_row @ rows)[:, None]
    right = columns - (by_column @ columns)[:, None]
    height = np.sqrt((by_row * down**2).sum(axis=1))
    width = np.sqrt((by_column * right**2).sum(axis=1))
    mixed = np.einsum("nij,ni,nj->n", share, down, right)
    slant = mixed / np.where(height * width > 0, height * width, 1.0)
    return np.stack([bright.mean(axis=(1, 2)), height, width, slant], axis=1).astype(np.float32)


class HalfLabelled:
    """Draws batches whose first half has labels; the second half is any examples.

    An epoch has as many rows as the split; each half is a sequence of permutations.

    Args:
        labelled: rows with labels (m,), distinct.
        count: rows of the split n.
    """

    def __init__(self, labelled: np.ndarray, count: int) -> None:
        self.labelled, self.num_examples = np.sort(labelled), count

    def indices(self, seed: int, epoch: int, batch_size: int, steps: int | None) -> np.ndarray:
        """Returns the rows of an epoch in order, int32 (min(num_examples, steps·batch_size),).

        Args:
            seed: of the run, at least 0.
            epoch: number of the epoch, from 0.
            batch_size: examples per step.
            steps: steps of the epoch at most; None for the whole epoch.
        """
        random = np.random.default_rng((seed, epoch))
        repeats = -(-self.num_examples // len(self.labelled))
        repeated = np.concatenate([random.permutation(self.labelled) for _ in range(repeats)])
        rows = random.permutation(self.num_examples)
        first = np.arange(self.num_examples) % batch_size < (batch_size + 1) // 2
        rows[first] = repeated[: first.sum()]
        return rows[: limit(self.num_examples, batch_size, steps)].astype(np.int32)


@recorded
def with_moments(data: Data, labels: int | None) -> Data:
    """Returns the data with the moments of each image as a second target.

    Args:
        data: images with classes.
        labels: training examples with a class, in equal parts of each class; the others have the
            class −1. None: all.

    Returns:
        Targets `{"class": (n,) int32, "moments": (n, 4) float32}`, the moments standardised by
        train; half of each training batch has a class.

    Raises:
        DatasetError: if the data are no images.
        ValueError: if there are fewer examples than `labels`, or fewer labels than classes.
    """
    if not isinstance(data.inputs, Images):
        raise DatasetError(f"`dataset` must hold images. Received: {data.name}, {data.inputs}")
    moments = {name: image_moments(split.x) for name, split in data.splits.items()}
    mean, scale = moments["train"].mean(axis=0), moments["train"].std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    classes = {name: split.y.astype(np.int32) for name, split in data.splits.items()}
    count = data.train.num_examples
    rows = np.arange(count) if labels is None else balanced_rows(data.train.y, labels)
    labels_of_train = np.full(count, -1, np.int32)
    labels_of_train[rows] = classes["train"][rows]
    classes["train"] = labels_of_train
    fact("labels", f"{len(rows):,} of {count:,} training examples have a class")
    fact(
        "moments", f"{', '.join(MOMENTS)}, computed from the images, mean 0 and variance 1 in train"
    )
    splits = {
        name: Split(split.x, {"class": classes[name], "moments": (moments[name] - mean) / scale})
        for name, split in data.splits.items()
    }
    sampler = HalfLabelled(rows, count)
    return replace(data.with_splits(splits), samplers={**data.samplers, "train": sampler})
