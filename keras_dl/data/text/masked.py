"""Texts for BERT: words with special tokens, masked rows of a corpus, and labelled texts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np

from keras_dl.data.dataset import SPLITS, Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.loading import DatasetLike, check_task
from keras_dl.data.reading import fact, recorded
from keras_dl.data.serialization import register_preprocessor
from keras_dl.data.specs import Classes, Spec, Tokens
from keras_dl.data.text.corpora import CorpusLike, corpus_tokens
from keras_dl.data.text.labelled_passages import passages
from keras_dl.data.text.tokenize import tokenize
from keras_dl.data.text.vocabulary import Vocabulary, build_vocabulary

__all__ = ["MASK", "SPECIAL", "BertVectorizer", "mask_rows", "masked_texts"]

PADDING, UNKNOWN, CLASS, SEPARATOR, MASK = range(5)
SPECIAL = 5  # number of the first word
CHOSEN, MASKED, RANDOM = 0.15, 0.8, 0.1  # of the words; of those chosen
SEED = 20_260_101


@register_preprocessor("bert_words")
@dataclass(frozen=True)
class BertVectorizer:
    """Converts texts to rows of a class token, word numbers and a separator.

    Attributes:
        vocabulary: words, numbered from 5; 0 is padding, 1 an unknown word, 2 the class token, 3
            the separator, 4 the mask.
        length: tokens of a row.
    """

    vocabulary: Vocabulary
    length: int

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Returns token numbers (texts, length) int32."""
        return np.stack([self.row(self.encode(tokenize(text))) for text in texts])

    def encode(self, words: Sequence[str]) -> np.ndarray:
        """Returns the numbers of words, (words,) int32."""
        return np.maximum(self.vocabulary.encode(words) + SPECIAL, UNKNOWN).astype(np.int32) if (
            len(words)
        ) else np.zeros(0, np.int32)  # fmt: skip

    def row(self, numbers: np.ndarray) -> np.ndarray:
        """Returns word numbers between the special tokens, cut or padded to the length."""
        numbers = numbers[: self.length - 2]
        row = np.zeros(self.length, np.int32)
        row[: len(numbers) + 2] = [CLASS, *numbers, SEPARATOR]
        return row

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments in JSON-serialisable values."""
        return {"vocabulary": self.vocabulary.get_config(), "length": self.length}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "BertVectorizer":
        """Returns the vectorizer of a config from `get_config`."""
        return cls(Vocabulary.from_config(config["vocabulary"]), config["length"])


def mask_rows(rows: np.ndarray, size: int, seed: int = 0) -> Split:
    """Chooses 15 % of the words of each row, to be predicted by the others.

    Of those, 80 % become the mask, 10 % a random word and 10 % stay.

    Args:
        rows: (n, length) without padding, with a special token at both ends.
        size: number of tokens, the special ones included.
        seed: of the draws.

    Returns:
        x {"ids": rows with masks, "chosen": positions (n, chosen), ascending}; y the words that
        stood there, (n, chosen). All int32.

    Reference:
        Devlin et al., 2019, BERT, arXiv:1810.04805, section 3.1, task 1.
    """
    # RandomState rather than default_rng: its stream is frozen across NumPy releases.
    random = np.random.RandomState(seed)
    count, words = len(rows), rows.shape[1] - 2
    most = max(1, round(CHOSEN * words))
    positions = np.sort(1 + random.rand(count, words).argsort(axis=1)[:, :most], axis=1)
    right = np.take_along_axis(rows, positions, axis=1)
    draws = random.rand(count, most)
    others = random.randint(SPECIAL, size, (count, most))
    inputs = np.where(draws < MASKED, MASK, np.where(draws < MASKED + RANDOM, others, right))
    ids = rows.copy()
    np.put_along_axis(ids, positions, inputs.astype(np.int32), axis=1)
    return Split({"ids": ids, "chosen": positions.astype(np.int32)}, right.astype(np.int32))


@recorded
def masked_texts(
    dataset: DatasetLike = "sst2",
    *,
    corpus: CorpusLike = "enwiki_slice",
    length: int = 48,
    most_words: int = 20_000,
    corpus_words: int = 1_000_000,
    batch_size: int = 32,
) -> Data:
    """Returns labelled texts, and a corpus with masked words that they share the vocabulary with.

    The vocabulary has the words of the labelled train texts and the most frequent ones of the
    corpus.

    Args:
        dataset: labelled texts, as `passages` takes them, or a return value of this function.
        corpus: running text, as `keras_dl.data.text.corpus` takes it.
        length: tokens of a row, special ones included, at least 4.
        most_words: most words of the vocabulary.
        corpus_words: first words of the corpus to train on.
        batch_size: rows per step.

    Returns:
        x (n, length) int32, y class numbers; `extras["pretraining"]` is a `Data` of masked rows,
        see `mask_rows`. The preprocessor is the `BertVectorizer`.

    Raises:
        DatasetUnavailable: if a set is not available; the message names the file to provide.
        DatasetError: if the texts cannot be used.
    """
    if isinstance(dataset, Data):
        if not isinstance(dataset.preprocessor, BertVectorizer):
            raise DatasetError(f"`dataset` must be labelled texts. Received: {dataset.name}")
        check_task(dataset)
        return replace(dataset, batch_size=batch_size)
    if length < 4:
        raise DatasetError(f"`length` must be 4 or more. Received: length={length}")
    texts = passages(dataset)
    name, _, parts = corpus_tokens(corpus)
    parts[0] = parts[0][:corpus_words]
    vocabulary = _joint_vocabulary(texts.texts[0], parts[0], most_words)
    vectorizer = BertVectorizer(vocabulary, length)
    size = SPECIAL + len(vocabulary)
    most = [None, *(max(length, len(parts[0]) // 20) for _ in range(2))]
    masked = {
        split: mask_rows(_rows(vectorizer, words[:end]), size, SEED + number)
        for number, (split, words, end) in enumerate(zip(SPLITS, parts, most, strict=True))
    }
    fact("pretraining", f"{name}, {len(parts[0]):,} words, {CHOSEN:.0%} of them masked")
    pretraining = Data.from_splits(
        name, masked, inputs=Tokens(vocabulary_size=size), targets=Spec(), batch_size=batch_size
    )
    return Data.from_splits(
        texts.name,
        {
            split: Split(vectorizer(x), y)
            for split, x, y in zip(SPLITS, texts.texts, texts.labels, strict=True)
        },
        inputs=Tokens(vocabulary_size=size),
        targets=Classes(texts.class_names),
        source=texts.source,
        digested=(np.array(vocabulary.words), np.array(pretraining.digest)),
        batch_size=batch_size,
        preprocessor=vectorizer,
        extras={"pretraining": pretraining},
    )


def _joint_vocabulary(texts: Sequence[str], words: Iterable[str], most: int) -> Vocabulary:
    own = [word for text in texts for word in tokenize(text)]
    vocabulary = dict.fromkeys(word for word, _ in Counter(own).most_common(most))
    for word, _ in Counter(words).most_common():
        if len(vocabulary) >= most:
            break
        vocabulary[word] = None
    return build_vocabulary(word for word in chain(own, words) if word in vocabulary)


def _rows(vectorizer: BertVectorizer, words: Sequence[str]) -> np.ndarray:
    """Rows of consecutive words without padding; the rest is left out."""
    inner = vectorizer.length - 2
    count = len(words) // inner
    if not count:
        raise DatasetError(
            f"`corpus` must hold {inner} words or more in each split. Received: {len(words)}"
        )
    numbers = vectorizer.encode(words[: count * inner]).reshape(count, inner)
    return np.stack([vectorizer.row(row) for row in numbers])
