"""Agreement of cosine similarities with human similarity ratings."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keras_dl.data.text_files import read_text
from keras_dl.embeddings.vectors import WordVectors

__all__ = ["SIMILARITY", "read_pairs", "similarity"]

Pair = tuple[str, str, float]
# Files of the common test sets in the mirror's folder text/word_eval.
SIMILARITY = {
    "wordsim353": "EN-WS-353-ALL.txt",
    "simlex999": "EN-SIMLEX-999.txt",
    "men": "EN-MEN-TR-3k.txt",
    "rg65": "EN-RG-65.txt",
}


def read_pairs(path: Path) -> list[Pair]:
    """Reads word pairs and scores from a file with `word word score` in each line.

    Raises:
        ValueError: if a line has another format.
    """
    pairs = []
    for number, line in enumerate(read_text(path, "utf-8").splitlines(), 1):
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
    """Computes Spearman's correlation of cosines and human scores.

    Args:
        vectors: vectors of lower-case words.
        pairs: (word, word, score); converted to lower case.

    Returns:
        The correlation, NaN for fewer than two pairs, and the number of pairs with known words.
    """
    # Imported here: scipy.stats takes 0.5 s to import.
    from scipy.stats import spearmanr

    get = vectors.numbers.get
    rows = [(get(a.lower(), -1), get(b.lower(), -1), score) for a, b, score in pairs]
    rows = [row for row in rows if min(row[:2]) >= 0]
    if len(rows) < 2:
        return float("nan"), len(rows)
    a, b, scores = (np.array(column) for column in zip(*rows, strict=True))
    cosines = np.sum(vectors.unit[a] * vectors.unit[b], axis=1)
    correlation: Any = spearmanr(cosines, scores)
    return float(correlation.statistic), len(rows)
