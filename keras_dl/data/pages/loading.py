"""Pages of handwritten characters as data: pixels, the text so far, and the next characters."""

from dataclasses import replace
from typing import Any

import numpy as np

from keras_dl.data.dataset import SPLITS, Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.loading import load
from keras_dl.data.pages.composing import Pages, compose_pages, page_size
from keras_dl.data.pages.tokenizer import PageTokenizer
from keras_dl.data.reading import fact, recorded
from keras_dl.data.specs import Images, Tokens
from keras_dl.data.text.subwords import SPECIAL

__all__ = ["handwritten_pages"]

SIZE = 14  # pixels of a character's side
SEED = 20_260_101


@recorded
def handwritten_pages(
    dataset: Any = "mnist",
    *,
    lines: int = 3,
    longest: int = 5,
    pages: int = 8000,
    batch_size: int = 32,
) -> Data:
    """Composes pages of images of single characters; an image occurs in one split only.

    Args:
        dataset: grey images with classes, bright on black, as `keras_dl.data.load` takes them; or a
            return value of this function. They are resized to 14×14 pixels.
        lines: most lines of a page.
        longest: most characters of a line.
        pages: of train; validation has a tenth and test a tenth of that number more.
        batch_size: pages per step.

    Returns:
        x {"source": (n, height, width, 1) uint8, dark on white, "target": (n, length) int32, the
        text from its start on}; y (n, length) one character ahead, 0 for padding, with weight 1 of
        characters and 0 of padding. The preprocessor is the `PageTokenizer`.

    Raises:
        DatasetError: if the data are no grey images with classes.
        ValueError: if a number is below 1.
    """
    if isinstance(dataset, Data) and isinstance(dataset.preprocessor, PageTokenizer):
        return replace(dataset, batch_size=batch_size)
    for name, value in (("lines", lines), ("longest", longest), ("pages", pages)):
        if value < 1:
            raise ValueError(f"`{name}` must be 1 or more. Received: {name}={value}")
    data = load(dataset, image_size=SIZE)
    if not isinstance(data.inputs, Images) or not data.class_names or data.input_shape[-1] != 1:
        raise DatasetError(f"`dataset` must hold grey images with classes. Received: {data.name}")
    tokenizer = PageTokenizer(data.class_names, lines * (longest + 1))
    counts = dict.fromkeys(SPLITS, -(-pages // 10)) | {"train": pages}
    # RandomState rather than default_rng: its stream is frozen across NumPy releases.
    splits = {
        name: _split(
            compose_pages(
                _ink(data.splits[name].x, data.inputs.white),
                data.splits[name].y,
                count=counts[name],
                lines=lines,
                longest=longest,
                random=np.random.RandomState(seed),
            ),
            tokenizer,
        )
        for seed, name in enumerate(SPLITS, SEED)
    }
    height, width = page_size(lines, longest, SIZE)
    fact("pages", f"{height}×{width} pixels, 1 to {lines} lines of 1 to {longest} characters")
    return Data.from_splits(
        data.name,
        splits,
        inputs=Images(),
        targets=Tokens(vocabulary_size=tokenizer.vocabulary_size),
        source=data.source,
        batch_size=batch_size,
        preprocessor=tokenizer,
    )


def _ink(x: np.ndarray, white: float) -> np.ndarray:
    return np.round(x[..., 0] * (255 / white)).astype(np.uint8)


def _split(pages: Pages, tokenizer: PageTokenizer) -> Split:
    start, end = (SPECIAL.index(mark) for mark in ("<start>", "<end>"))
    rows = {key: np.zeros((len(pages.x), tokenizer.length), np.int32) for key in ("target", "y")}
    for i, lines in enumerate(pages.lines):
        ids = tokenizer.encode(lines)
        rows["target"][i, : len(ids) + 1] = [start, *ids]
        rows["y"][i, : len(ids) + 1] = [*ids, end]
    weight = (rows["y"] > 0).astype(np.float32)
    return Split({"source": pages.x, "target": rows["target"]}, rows["y"], weight)
