"""Edit distance of label sequences, their alignment, and the label error rate."""

from collections.abc import Sequence

import numpy as np

__all__ = ["align", "edit_distance", "label_error_rate"]

Labels = Sequence[int]
NONE = 0  # in an alignment: a label that is missing on this side


def _table(reference: Labels, hypothesis: Labels) -> np.ndarray:
    """Distances of all prefixes, (reference + 1, hypothesis + 1)."""
    table = np.zeros((len(reference) + 1, len(hypothesis) + 1), int)
    table[:, 0], table[0] = np.arange(len(reference) + 1), np.arange(len(hypothesis) + 1)
    for i, label in enumerate(reference, start=1):
        for j, other in enumerate(hypothesis, start=1):
            replaced = table[i - 1, j - 1] + (label != other)
            table[i, j] = min(replaced, table[i - 1, j] + 1, table[i, j - 1] + 1)
    return table


def edit_distance(reference: Labels, hypothesis: Labels) -> int:
    """Returns the fewest insertions, deletions and substitutions between two sequences.

    Reference:
        Levenshtein, 1966, Binary codes capable of correcting deletions, insertions and reversals.

    Example:
        >>> edit_distance([1, 2, 3], [1, 3, 3, 4])
        2
    """
    return int(_table(reference, hypothesis)[-1, -1])


def align(reference: Labels, hypothesis: Labels) -> list[tuple[int, int]]:
    """Returns pairs of labels of a shortest sequence of edits, 0 where a side has none.

    Args:
        reference: labels from 1.
        hypothesis: labels from 1.
    """
    table, pairs = _table(reference, hypothesis), []
    i, j = len(reference), len(hypothesis)
    while i or j:
        if i and j and table[i, j] == table[i - 1, j - 1] + (reference[i - 1] != hypothesis[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((reference[i], hypothesis[j]))
        elif i and table[i, j] == table[i - 1, j] + 1:
            i -= 1
            pairs.append((reference[i], NONE))
        else:
            j -= 1
            pairs.append((NONE, hypothesis[j]))
    return pairs[::-1]


def label_error_rate(references: Sequence[Labels], hypotheses: Sequence[Labels]) -> float:
    """Returns the sum of the edit distances over the number of labels of the references.

    Args:
        references: right label sequences, at least one label in all.
        hypotheses: as many decoded ones.
    """
    distances = [edit_distance(a, b) for a, b in zip(references, hypotheses, strict=True)]
    return sum(distances) / sum(map(len, references))
