"""Binary images: pixels drawn once with their brightness as probability."""

import numpy as np

from keras_dl.data.dataset import Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.reading import fact, recorded
from keras_dl.data.specs import Images

__all__ = ["check_images", "with_binary_pixels"]

# One constant for all runs: a run's own seed must not change the data.
SEED = 20_261_129


def check_images(data: Data) -> Data:
    """Returns the data if they are images.

    Raises:
        DatasetError: if they are not.
    """
    if not isinstance(data.inputs, Images):
        raise DatasetError(f"`dataset` must hold images. Received: {data.name}, {data.inputs}")
    return data


@recorded
def with_binary_pixels(data: Data) -> Data:
    """Returns the data with pixels 0 and 255, drawn once, the same in every run.

    Args:
        data: images; a pixel becomes 255 with probability x/255.

    Raises:
        DatasetError: if the data are no images.

    Reference:
        Salakhutdinov and Murray, 2008, On the Quantitative Analysis of Deep Belief Networks, ICML,
        section 5, whose draw of MNIST is another one.
    """
    check_images(data)
    fact("binarisation", "drawn once, pixels as probabilities")
    splits = {}
    for number, (name, split) in enumerate(data.splits.items()):
        random = np.random.default_rng((SEED, number))
        white = random.random(split.x.shape, np.float32) * np.float32(255) < split.x
        splits[name] = Split(np.where(white, 255, 0).astype(np.uint8), split.y, split.sample_weight)
    return data.with_splits(splits)
