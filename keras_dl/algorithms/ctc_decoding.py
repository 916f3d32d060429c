"""Labels from the outputs of connectionist temporal classification: best path and beam search."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from scipy.special import log_softmax

from keras_dl.utils.checks import check_count

__all__ = ["BLANK", "beam_decode", "best_path", "collapse", "greedy_decode"]

BLANK = 0
NEVER = -np.inf


def collapse(path: Sequence[int] | np.ndarray) -> tuple[int, ...]:
    """Returns the labels of a path: repetitions once, then without blanks.

    Example:
        >>> collapse([0, 3, 3, 0, 3, 1])
        (3, 3, 1)
    """
    path = np.asarray(path)
    first = np.concatenate([[True], path[1:] != path[:-1]])
    return tuple(int(label) for label in path[first] if label != BLANK)


def best_path(logits: np.ndarray) -> np.ndarray:
    """Returns the most probable label of each output, (outputs,) int."""
    return logits.argmax(axis=-1)


def greedy_decode(logits: np.ndarray, lengths: Sequence[int] | np.ndarray) -> list[tuple[int, ...]]:
    """Returns the labels of the most probable path of each recording.

    Args:
        logits: (n, outputs, 1 + labels).
        lengths: outputs before the padding, (n,).
    """
    return [collapse(best_path(row[:length])) for row, length in zip(logits, lengths, strict=True)]


def beam_decode(logits: np.ndarray, beam: int = 8) -> tuple[tuple[int, ...], float]:
    """Searches the labels with the largest sum over all their paths.

    Args:
        logits: of one recording without padding, (outputs, 1 + labels).
        beam: prefixes that are kept after each output; with all of them the search is exact.

    Returns:
        The labels and the logarithm of their probability, of the paths inside of the beam.

    Raises:
        TypeError, ValueError: if `beam` is no positive integer.

    Reference:
        Hannun, Maas, Jurafsky and Ng, 2014, First-Pass Large Vocabulary Continuous Speech
        Recognition using Bi-Directional Recurrent DNNs, algorithm 1, without a language model.
    """
    check_count("beam", beam, "it is the number of prefixes that are kept")
    # By prefix: log-probability of its paths that end with a blank, and with its last label.
    prefixes: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, NEVER)}
    for chance in log_softmax(logits.astype(np.float64), axis=-1):
        grown: dict[tuple[int, ...], list[float]] = defaultdict(lambda: [NEVER, NEVER])
        for prefix, (blank, last) in prefixes.items():
            both = np.logaddexp(blank, last)
            same = grown[prefix]
            same[0] = np.logaddexp(same[0], both + chance[BLANK])
            if prefix:
                same[1] = np.logaddexp(same[1], last + chance[prefix[-1]])
            for label in range(1, len(chance)):
                # A repeated label needs a blank between.
                before = blank if prefix and prefix[-1] == label else both
                longer = grown[(*prefix, label)]
                longer[1] = np.logaddexp(longer[1], before + chance[label])
        pairs = {prefix: (blank, last) for prefix, (blank, last) in grown.items()}
        ranked = sorted(pairs, key=lambda p: -np.logaddexp(pairs[p][0], pairs[p][1]))[:beam]
        prefixes = {prefix: pairs[prefix] for prefix in ranked}
    best = next(iter(prefixes))
    blank, last = prefixes[best]
    return best, float(np.logaddexp(blank, last))
