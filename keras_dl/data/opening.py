"""Opening of a data set of any kind: images, tables, texts, masks, pairs, speech, captions."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from keras_dl.data.captions import captioned_images
from keras_dl.data.dataset import Data
from keras_dl.data.errors import DatasetError
from keras_dl.data.few_shot import few_shot
from keras_dl.data.files import user_path
from keras_dl.data.graphs import load_graph
from keras_dl.data.images.pairs import facades
from keras_dl.data.loading import load
from keras_dl.data.reading import record
from keras_dl.data.reading_options import reading_options
from keras_dl.data.registry import DATASETS
from keras_dl.data.segmentation import load_segmentation
from keras_dl.data.series import SERIES, forecast_windows
from keras_dl.data.speech import spoken_words
from keras_dl.data.text import CORPORA, LABELLED, characters, corpus, token_sequences

__all__ = ["open_dataset"]

SIZES = ("image_size", "at_least")
NAMED: dict[str, Callable[..., Data]] = {
    "camvid": load_segmentation,
    "shapes": load_segmentation,
    "cora": load_graph,
    "communities": load_graph,
    "omniglot": few_shot,
    "glyphs": few_shot,
    "fsdd": spoken_words,
    "tones": spoken_words,
    **dict.fromkeys(SERIES, forecast_windows),
    "flickr8k_1000": captioned_images,
    "captioned_shapes": captioned_images,
    "facades": lambda dataset, *, image_size=256: facades(image_size=image_size),
}


def open_dataset(dataset: str, **options: Any) -> Data:
    """Reads a data set as the recipes of its kind do.

    Args:
        dataset: name or path of images, a table, texts with labels or without, images with masks,
            recordings by class, images with captions.
        **options: `image_size`, `at_least` and the options of reading, as in `keras_dl.data.load`.

    Raises:
        DatasetError: if no kind fits, or an option has no effect; the message is that of the first
            kind tried.
    """
    sizes = {n: v for n in SIZES if (v := options.pop(n, None)) is not None}
    errors: list[DatasetError] = []
    for function in _functions(dataset):
        try:
            _check_options(function, sizes, dataset)
            with record(), reading_options(**options):  # the caller shows the summary
                return function(dataset, **sizes)
        except DatasetError as error:
            errors.append(error)
    raise errors[0]


def _functions(dataset: str) -> Iterator[Callable[..., Data]]:
    """Yields the functions that may read the set, the most likely one first."""
    path = user_path(dataset)
    if dataset in NAMED:
        yield NAMED[dataset]
    elif dataset in LABELLED:
        yield token_sequences
    elif dataset in CORPORA:
        yield corpus
    elif dataset in DATASETS or not path.exists():
        yield load
    elif (path / "images").is_dir() and (path / "masks").is_dir():
        yield load_segmentation
    else:
        yield from (load, token_sequences, characters, spoken_words, captioned_images)


def _check_options(function: Callable[..., Data], values: dict[str, Any], dataset: str) -> None:
    idle = [name for name in values if name not in inspect.signature(function).parameters]
    if idle:
        raise DatasetError(
            f"`{idle[0]}` must be left out; it has no effect on such data. "
            f"Received: {idle[0]}={values[idle[0]]!r}, dataset={dataset!r}"
        )
