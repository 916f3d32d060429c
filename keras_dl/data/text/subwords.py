"""Byte-pair encoding: the most frequent pairs of neighbouring symbols become symbols."""

import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from keras_dl.data.serialization import register_preprocessor

__all__ = ["SPECIAL", "SubwordTokenizer", "learn_merges"]

SPECIAL = ("<pad>", "<start>", "<end>", "<unk>")  # ids 0 to 3 of every tokenizer
BLANK = "▁"  # a blank before a word, as a symbol
PIECE = re.compile(r" ?[^\W_]+| ?[\W_]")  # a word, or another character, with its blank


def learn_merges(texts: Iterable[str], count: int) -> tuple[tuple[str, str], ...]:
    """Finds the pairs to merge, each the most frequent one after the merges before it.

    Of equally frequent pairs the first in the order of code points is merged. Words keep their
    borders; a pair that occurs once is not merged.

    Args:
        texts: to learn from.
        count: most merges.

    Reference:
        Sennrich, Haddow and Birch, 2016, Neural Machine Translation of Rare Words with Subword
        Units, arXiv:1508.07909, algorithm 1.

    Example:
        >>> learn_merges(["low lower lowest"], 3)
        (('l', 'o'), ('lo', 'w'), ('▁', 'low'))
    """
    words = Counter(piece for text in texts for piece in _pieces(text))
    symbols = {word: list(word) for word in words}
    pairs: Counter[tuple[str, str]] = Counter()
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)  # words that have had the pair
    for word, parts in symbols.items():
        for pair in pairwise(parts):
            pairs[pair] += words[word]
            holders[pair].add(word)
    heap = [(-n, pair) for pair, n in pairs.items()]
    heapq.heapify(heap)
    merges: list[tuple[str, str]] = []
    while heap and len(merges) < count:
        negative, pair = heapq.heappop(heap)
        if -negative != pairs[pair]:
            continue  # counted anew since, and on the heap again
        if pairs[pair] < 2:
            break
        merges.append(pair)
        changed: set[tuple[str, str]] = set()
        for word in holders.pop(pair):
            old, new = symbols[word], _merge(symbols[word], pair)
            for parts, sign in ((old, -1), (new, 1)):
                for other in pairwise(parts):
                    pairs[other] += sign * words[word]
                    holders[other].add(word)
                    changed.add(other)
            symbols[word] = new
        for other in changed:
            heapq.heappush(heap, (-pairs[other], other))
    return tuple(merges)


def _pieces(text: str) -> list[str]:
    return [piece.replace(" ", BLANK) for piece in PIECE.findall(f" {text.strip()}")]


def _merge(parts: Sequence[str], pair: tuple[str, str]) -> list[str]:
    merged: list[str] = []
    for part in parts:
        if merged and (merged[-1], part) == pair:
            merged[-1] += part
        else:
            merged.append(part)
    return merged


@register_preprocessor("subwords")
@dataclass(frozen=True)
class SubwordTokenizer:
    """Texts as ids of subwords, from which the text can be read again.

    Without merges the symbols are characters. Ids 0 to 3 are those of `SPECIAL`, then come the
    characters and the merged pairs.

    Args:
        characters: all characters of the texts, a blank being "▁"; others are `<unk>`.
        merges: pairs in the order of their merging.

    Example:
        >>> tokenizer = SubwordTokenizer.from_texts(["low lower lowest"], 3)
        >>> tokenizer.decode(tokenizer.encode("lower slow"))
        'lower slow'
    """

    characters: str
    merges: tuple[tuple[str, str], ...] = ()
    separator: ClassVar[str] = " "

    @classmethod
    def from_texts(cls, texts: Sequence[str], merges: int) -> "SubwordTokenizer":
        """Learns characters and at most so many merges from texts."""
        letters = sorted({c for text in texts for piece in _pieces(text) for c in piece})
        return cls("".join(letters), learn_merges(texts, merges) if merges else ())

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """The symbol of each id."""
        return (*SPECIAL, *self.characters, *dict.fromkeys(a + b for a, b in self.merges))

    @property
    def vocabulary_size(self) -> int:
        """Number of different symbols."""
        return len(self.symbols)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {symbol: i for i, symbol in enumerate(self.symbols)}

    @cached_property
    def _ranks(self) -> dict[tuple[str, str], int]:
        return {pair: i for i, pair in enumerate(self.merges)}

    @cached_property
    def _known(self) -> dict[str, list[int]]:
        return {}  # ids of the words met so far

    def encode(self, text: str) -> np.ndarray:
        """Ids of a text, (symbols,) int32, without start and end."""
        ids: list[int] = []
        for piece in _pieces(text):
            if piece not in self._known:
                self._known[piece] = self._encode_piece(piece)
            ids += self._known[piece]
        return np.array(ids, np.int32)

    def _encode_piece(self, piece: str) -> list[int]:
        parts, ranks = list(piece), self._ranks
        while len(parts) > 1:
            pair = min(pairwise(parts), key=lambda p: ranks.get(p, len(ranks)))
            if pair not in ranks:
                break
            parts = _merge(parts, pair)
        return [self._ids.get(part, SPECIAL.index("<unk>")) for part in parts]

    def __call__(self, inputs: Sequence[str]) -> np.ndarray:
        """Ids of each text, (texts, length of the longest) int32, padded with 0 on the right."""
        rows = [self.encode(text) for text in inputs]
        ids = np.zeros((len(rows), max(map(len, rows), default=0)), np.int32)
        for row, encoded in zip(ids, rows, strict=True):
            row[: len(encoded)] = encoded
        return ids

    def decode(self, ids: Iterable[int]) -> str:
        """Text of ids; padding, start and end are left out."""
        parts = [self.symbols[i] for i in ids if i > SPECIAL.index("<end>")]
        return "".join(parts).replace(BLANK, " ").strip()

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as values that fit into JSON."""
        return {"characters": self.characters, "merges": [list(pair) for pair in self.merges]}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "SubwordTokenizer":
        """Returns the tokenizer that `get_config` describes."""
        return cls(config["characters"], tuple((a, b) for a, b in config["merges"]))
