"""How well cosines order pairs of words as people do."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keras_dl.data.text.tokenize import read_text
from keras_dl.embeddings.vectors import WordVectors

__all__ = ["SIMILARITY", "read_pairs", "similarity"]

Pair = tuple[str, str, float]
# Files of the usual sets in the mirror's folder text/word_eval.
SIMILARITY = {
    "wordsim353": "EN-WS-353-ALL.txt",
    "simlex999": "EN-SIMLEX-999.txt",
    "men": "EN-MEN-TR-3k.txt",
    "rg65": "EN-RG-65.txt",
}


def read_pairs(path: Path) -> list[Pair]:
    """Pairs with their score from a file with `word word score` in each line.

    Raises:
        ValueError: if a line is something else.
    """
    pairs = []
    for number, line in enumerate(read_text(path).splitlines(), 1):
        words = line.split()
        try:
            first, second, score = words
            pairs.append((first, second, float(score)))
        except ValueError:
            raise ValueError(
                "`path` must hold two words and a number in each line. "
                f"Received: {line!r}, line {number} of {path}"
            ) from None
    return pairs


def similarity(vectors: WordVectors, pairs: Sequence[Pair]) -> tuple[float, int]:
    """Spearman's correlation of cosines and people's scores.

    Args:
        vectors: of words in lower case.
        pairs: (word, word, score); read in lower case.

    Returns:
        (the correlation, NaN with less than two pairs; number of pairs whose words are known).
    """
    # scipy.stats takes half a second to import.
    from scipy.stats import spearmanr

    get = vectors.numbers.get
    rows = [(get(a.lower(), -1), get(b.lower(), -1), score) for a, b, score in pairs]
    rows = [row for row in rows if min(row[:2]) >= 0]
    if len(rows) < 2:
        return float("nan"), len(rows)
    a, b, scores = (np.array(column) for column in zip(*rows, strict=True))
    cosines = np.sum(vectors.unit[a] * vectors.unit[b], axis=1)
    found: Any = spearmanr(cosines, scores)
    return float(found.statistic), len(rows)
