"""Running text as contiguous streams of words, for recurrent language models."""

import os
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from keras_dl.data.dataset import SPLITS, Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.reading import fact, recorded
from keras_dl.data.samplers import Streams
from keras_dl.data.specs import Tokens
from keras_dl.data.text.characters import TRAIN, VALIDATION
from keras_dl.data.text.corpora import CORPORA, read_corpus
from keras_dl.data.text.tokenize import find_in_mirror, tokenize
from keras_dl.data.text.vocabulary import build_vocabulary
from keras_dl.data.text.word_tokenizer import END, UNKNOWN, WordTokenizer
from keras_dl.data.text_files import read_text

__all__ = ["words"]


@recorded
def words(
    dataset: str | os.PathLike[str] | Sequence[str] | Data = "ptb",
    *,
    context: int = 20,
    batch_size: int = 20,
    most_words: int = 10_000,
) -> Data:
    """A text as `batch_size` streams of words that are read side by side, the next word as target.

    Each split is cut into so many streams of equal length, and each step reads the next `context`
    words of all, so that a model may carry its state from one step to the next. A line ends with
    `<eos>`. The Penn Treebank has its own splits and words; of other texts 90 % of the words train,
    5 % validate and the last 5 % test, and words beyond the most frequent ones are `<unk>`.

    Args:
        dataset: name of one of `CORPORA`, path of a text file, folder, archive or table of texts,
            a list of texts, or `Data` of this function.
        context: words of a step, which gradients go back through.
        batch_size: streams.
        most_words: largest vocabulary, `<unk>` and `<eos>` included.

    Returns:
        x and y of each split (words − 1,) int32, y one word ahead. The preprocessor is a
        `WordTokenizer` of the words of train.

    Raises:
        DatasetUnavailable: if the text is not available; states where to put which file.
        DatasetError: if it is no text, or a split is too short for its streams.
    """
    if isinstance(dataset, Data):
        if not isinstance(dataset.preprocessor, WordTokenizer):
            raise DatasetError(
                f"`dataset` must be a stream of words, see `words`. Received: {dataset.name}"
            )
        return _streams(dataset, context, batch_size)
    name, source, parts, plain = _read(dataset)
    frequent = build_vocabulary(parts[0], most=most_words - (UNKNOWN not in parts[0])).words
    tokenizer = WordTokenizer((*frequent, *({UNKNOWN} - set(frequent))), plain)
    ids = [tokenizer.numbers(part) for part in parts]
    splits = {key: Split(part[:-1], part[1:]) for key, part in zip(SPLITS, ids, strict=True)}
    tokens = Tokens(tokenizer.vocabulary_size)
    data = Data.from_splits(
        name,
        splits,
        inputs=tokens,
        targets=tokens,
        source=source,
        digested=(np.array(tokenizer.words),),
        preprocessor=tokenizer,
    )
    return _streams(data, context, batch_size)


def _streams(data: Data, context: int, batch_size: int) -> Data:
    samplers = {
        name: Streams(split.num_examples, batch_size, context)
        for name, split in data.splits.items()
    }
    tokens = replace(data.inputs, shape=(context,))
    return replace(data, inputs=tokens, targets=tokens, samplers=samplers, batch_size=batch_size)


def _read(dataset: object) -> tuple[str, str, list[list[str]], bool]:
    """Name, source, words of each split, and whether they stand between blanks."""
    if dataset == "ptb":
        files = find_in_mirror("ptb", CORPORA)
        texts = [read_text(file, "utf-8") for file in files]
        parts = [text.replace("\n", f" {END} ").split() for text in texts]
        return "ptb", str(files[0].parent), parts, True
    name, source, texts = read_corpus(dataset)
    text = texts[0]  # of those with splits, train is divided
    lines = [text] if isinstance(text, list) else map(tokenize, text.split("\n"))
    flat = [word for line in lines if line for word in (*line, END)]
    ends = f"{TRAIN * 100:g} % of the words, test those after {VALIDATION * 100:g} %"
    fact("split", f"train is the first {ends}")
    cuts = [0, int(TRAIN * len(flat)), int(VALIDATION * len(flat)), len(flat)]
    if min(end - start for start, end in pairwise(cuts)) < 2:
        raise DatasetError(f"`dataset` must hold forty words or more. Received: {len(flat)}")
    return name, source, [flat[start:end] for start, end in pairwise(cuts)], False
