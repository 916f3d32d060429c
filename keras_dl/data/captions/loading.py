"""Captioned images as data: pixels, captions up to each word, and the next words."""

from dataclasses import replace
from typing import Any

import numpy as np

from keras_dl.data.captions.sources import read_captioned
from keras_dl.data.captions.tokenizer import CaptionTokenizer, caption_words
from keras_dl.data.dataset import Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.reading import fact, recorded
from keras_dl.data.specs import Images, Tokens
from keras_dl.data.text.vocabulary import build_vocabulary

__all__ = ["captioned_images"]


@recorded
def captioned_images(
    dataset: Any = "flickr8k_1000",
    *,
    image_size: int = 192,
    min_count: int = 3,
    longest: int = 20,
    batch_size: int = 16,
) -> Data:
    """Loads images with their captions; a row is an image with all of its captions.

    Args:
        dataset: as `read_captioned` takes it, or a return value of this function.
        image_size: side of the square images in pixels.
        min_count: minimum frequency in train of the words of the vocabulary.
        longest: most words of a caption.
        batch_size: images per step.

    Returns:
        x {"image": (n, side, side, 3) uint8, "words": (n, captions, longest + 1) int32, from the
        start on}; y the next words, of the same shape, with weight 0 in the padding. Images with
        fewer captions than others have empty ones of weight 0. The preprocessor is the
        `CaptionTokenizer`; `extras["captions"]` has the captions' words by split.

    Raises:
        DatasetUnavailable: if there is no such set or folder.
        DatasetError: if the images or captions cannot be used.
    """
    if isinstance(dataset, Data):
        if not isinstance(dataset.preprocessor, CaptionTokenizer):
            raise DatasetError(f"`dataset` must hold captioned images. Received: {dataset.name}")
        return replace(dataset, batch_size=batch_size)
    contents = read_captioned(str(dataset), image_size)
    train = [caption for i in contents.rows["train"] for caption in contents.captions[i]]
    words = (word for caption in train for word in caption_words(caption))
    tokenizer = CaptionTokenizer(build_vocabulary(words, min_count=min_count), longest + 2)
    most = max(map(len, contents.captions))
    splits, texts = {}, {}
    for name, rows in contents.rows.items():
        texts[name] = [[caption_words(c) for c in contents.captions[i]] for i in rows]
        splits[name] = _split(
            contents.images[rows], [contents.captions[i] for i in rows], most, tokenizer
        )
    fact("captions", f"{most} of an image; {len(tokenizer.vocabulary):,} words occur "
         f"{min_count} times or more in train")  # fmt: skip
    return Data.from_splits(
        contents.name,
        splits,
        inputs=Images(),
        targets=Tokens(vocabulary_size=tokenizer.size),
        source=contents.source,
        digested=(np.array(tokenizer.vocabulary.words),),
        batch_size=batch_size,
        preprocessor=tokenizer,
        extras={"captions": texts},
    )


def _split(
    images: np.ndarray, captions: list[list[str]], most: int, tokenizer: CaptionTokenizer
) -> Split:
    numbers = np.zeros((len(images), most, tokenizer.length), np.int32)
    for row, texts in zip(numbers, captions, strict=True):
        row[: len(texts)] = tokenizer(texts)
    following = numbers[..., 1:]
    x = {"image": images, "words": numbers[..., :-1].copy()}
    return Split(x, following.copy(), (following > 0).astype(np.float32))
