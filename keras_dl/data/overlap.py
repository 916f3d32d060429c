"""Examples of the test set that are in the training set too."""

from collections.abc import Hashable, Iterable, Sequence

import numpy as np

from keras_dl.data.reading import fact, notice
from keras_dl.utils.text import plural

__all__ = ["notice_overlap"]

WIDEST = 4096  # bytes of an example that are compared first, its middle ones
MOST = 2**30  # bytes compared in all; more take seconds


def notice_overlap(
    train: np.ndarray | Sequence[str], test: np.ndarray | Sequence[str], unit: str = "example"
) -> None:
    """Records a notice if inputs of the test set are in the training set too.

    Args:
        train: inputs (n, …), or texts.
        test: inputs (m, …) of the same type, or texts.
        unit: singular noun of what is compared.
    """
    if isinstance(train, np.ndarray) and isinstance(test, np.ndarray):
        width = train[0].nbytes
        if (len(train) + len(test)) * min(width, WIDEST) > MOST:
            fact("overlap", "of train and test is not looked for, as the data are large")
            return
        shared = _count_shared_rows(train, test)
    else:
        shared = _count_shared(train, test)
    if shared:
        whole = f"of {len(test):,} test {unit}s ({100 * shared / len(test):.3g} %)"
        words = plural(shared, f"{whole} is", f"{whole} are")
        notice(f"{words} in train too; scores on such {unit}s say nothing about new ones.")


def _count_shared_rows(train: np.ndarray, test: np.ndarray) -> int:
    rows, others = _as_bytes(train), _as_bytes(test)
    start = max(0, (rows.shape[1] - WIDEST) // 2)
    middle = slice(start, start + WIDEST)
    keys, test_keys = _digests(rows[:, middle]), _digests(others[:, middle])
    if rows.shape[1] <= WIDEST:
        return _count_shared(keys, test_keys)
    # Equal middles are rare, and few rows are compared as a whole.
    common = set(keys) & set(test_keys)
    first = [i for i, key in enumerate(keys) if key in common]
    second = [i for i, key in enumerate(test_keys) if key in common]
    return _count_shared((rows[i].tobytes() for i in first), (others[i].tobytes() for i in second))


def _count_shared(train: Iterable[Hashable], test: Iterable[Hashable]) -> int:
    contents = set(train)
    return sum(example in contents for example in test)


def _as_bytes(x: np.ndarray) -> np.ndarray:
    """Returns (n, bytes of an example) uint8."""
    return np.ascontiguousarray(x).reshape(len(x), -1).view(np.uint8)


def _digests(rows: np.ndarray) -> list[int]:
    return [hash(row.tobytes()) for row in rows]
