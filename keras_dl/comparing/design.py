"""Which settings of a factorial experiment are trained: all, or the most telling fraction."""

from collections.abc import Mapping, Sequence
from itertools import combinations, product
from math import prod
from typing import Any

import numpy as np

__all__ = ["coded", "codes", "factorial"]

MOST_CANDIDATES = 20_000


def factorial(
    levels: Mapping[str, Sequence[Any]], max_settings: int | None = None
) -> list[dict[str, Any]]:
    """The settings to train, the one with every first level in front.

    With fewer than all, those are chosen that tell the effects apart best: a D-optimal fraction,
    found by exchanging settings as long as the determinant of the information matrix grows
    (Fedorov, 1972, Theory of Optimal Experiments). Interactions of two factors are planned for
    where the fraction has room for them, else main effects alone. The same every time.

    Args:
        levels: levels by factor.
        max_settings: how many; None, or as many as there are or more: all of them.

    Raises:
        ValueError: if so few settings cannot tell the main effects apart, or there are too many
            to choose from.
    """
    total = prod(len(found) for found in levels.values())
    least = 1 + sum(len(found) - 1 for found in levels.values())
    if max_settings is not None and max_settings < least:
        raise ValueError(
            f"`max_settings` must be at least {least} to tell {len(levels)} factors apart. "
            f"Received: max_settings={max_settings}"
        )
    if total > MOST_CANDIDATES:
        raise ValueError(
            f"`over` must give at most {MOST_CANDIDATES:,} settings to choose from; name fewer "
            f"factors or levels. Received: {total:,}"
        )
    cells = np.array(list(product(*(range(len(found)) for found in levels.values()))))
    if max_settings is not None and max_settings < total:
        cells = cells[_fraction(cells, max_settings)]
    named = [(name, list(found)) for name, found in levels.items()]
    return [{n: found[i] for (n, found), i in zip(named, row, strict=True)} for row in cells]


def codes(count: int) -> np.ndarray:
    """Effect coding of a factor: a row a level; each column adds up to zero over the levels."""
    return np.vstack([-np.ones(count - 1), np.eye(count - 1)])


def coded(
    cells: np.ndarray, counts: Sequence[int], pairs: bool
) -> tuple[np.ndarray, list[tuple[int, ...] | None]]:
    """Model matrix in effect coding.

    Args:
        cells: level numbers (settings, factors).
        counts: levels of each factor.
        pairs: with the products of two factors' columns: their interactions.

    Returns:
        (settings, columns), the first column all ones, and to which factors each column belongs.
    """
    parts = [codes(count)[cells[:, i]] for i, count in enumerate(counts)]
    columns: dict[tuple[int, ...], np.ndarray] = {(): np.ones((len(cells), 1))}
    columns |= {(i,): part for i, part in enumerate(parts)}
    if pairs:
        for i, j in combinations(range(len(parts)), 2):
            both = parts[i][:, :, None] * parts[j][:, None, :]
            columns[i, j] = both.reshape(len(cells), -1)
    terms = [term for term, block in columns.items() for _ in range(block.shape[1])]
    return np.hstack(list(columns.values())), list(terms)


def _fraction(cells: np.ndarray, count: int) -> list[int]:
    counts = list(cells.max(axis=0) + 1)
    whole = coded(cells, counts, pairs=True)[0]
    model = whole if whole.shape[1] <= count else coded(cells, counts, pairs=False)[0]
    best: list[int] = []
    worth = -np.inf
    for start in range(10):  # an exchange ends in the next local optimum
        others = np.random.default_rng(start).permutation(np.arange(1, len(cells)))[: count - 1]
        chosen = _exchanged(model, [0, *map(int, others)])
        found = _information(model[chosen])
        if found > worth + 1e-9:
            best, worth = sorted(chosen), found
    return best


def _exchanged(model: np.ndarray, chosen: list[int]) -> list[int]:
    """Swaps settings for better ones until none is left; the first, all defaults, stays."""
    improved = True
    while improved:
        improved = False
        for place in range(1, len(chosen)):
            rest = chosen[:place] + chosen[place + 1 :]
            # det(M + x·xᵀ) = det(M)·(1 + xᵀ·M⁻¹·x): the best newcomer has the largest xᵀ·M⁻¹·x.
            # The ridge keeps M invertible while a random start cannot tell all effects apart.
            rows = model[rest]
            inverse = np.linalg.inv(rows.T @ rows + 1e-6 * np.eye(model.shape[1]))
            gain = np.einsum("ij,jk,ik->i", model, inverse, model)
            gain[rest] = -np.inf
            newcomer = int(gain.argmax())
            if gain[newcomer] > gain[chosen[place]] * (1 + 1e-6):
                chosen[place] = newcomer
                improved = True
    return chosen


def _information(rows: np.ndarray) -> float:
    return float(np.linalg.slogdet(rows.T @ rows + 1e-6 * np.eye(rows.shape[1]))[1])
