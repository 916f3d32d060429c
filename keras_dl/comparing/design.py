"""Designs of factorial experiments: all settings, or a D-optimal fraction of them."""

from collections.abc import Mapping, Sequence
from itertools import combinations, product
from math import prod
from typing import Any

import numpy as np

__all__ = ["check_size", "effect_codes", "factorial", "has_interactions", "model_matrix"]

MAX_CANDIDATES, RIDGE = 20_000, 1e-6
FREEDOM = 3  # settings beyond the effects of a model with interactions, at least


def factorial(
    levels: Mapping[str, Sequence[Any]], max_settings: int | None = None
) -> list[dict[str, Any]]:
    """Returns the settings to train, the one with every first level in front.

    With fewer than all settings, a Bayesian D-optimal fraction is selected: settings are exchanged
    as long as the determinant of the information matrix grows (Fedorov, 1972, Theory of Optimal
    Experiments). If the fraction is too small to estimate the interactions of two factors, they
    enter with a prior, so that they are mixed with main effects as little as possible (DuMouchel
    and Jones, 1994, A Simple Bayesian Modification of D-Optimal Designs). The result is
    deterministic.

    Args:
        levels: levels by factor.
        max_settings: number of settings; None, or as many as there are or more: all of them.

    Raises:
        ValueError: if so few settings cannot separate the main effects, or there are too many to
            select from.
    """
    total = prod(len(own) for own in levels.values())
    # One setting more than effects: the error is estimated between settings.
    least = min(total, 2 + sum(len(own) - 1 for own in levels.values()))
    if max_settings is not None and max_settings < least:
        raise ValueError(
            f"`max_settings` must be at least {least} to tell {len(levels)} factors apart and "
            f"estimate their error. Received: max_settings={max_settings}"
        )
    if total > MAX_CANDIDATES:
        raise ValueError(
            f"`over` must give at most {MAX_CANDIDATES:,} settings to choose from; name fewer "
            f"factors or levels. Received: {total:,}"
        )
    cells = np.array(list(product(*(range(len(own)) for own in levels.values()))))
    if max_settings is not None and max_settings < total:
        cells = cells[_fraction(cells, max_settings)]
    ordered = [(name, list(own)) for name, own in levels.items()]
    return [{n: own[i] for (n, own), i in zip(ordered, row, strict=True)} for row in cells]


def check_size(levels: Mapping[str, Sequence[Any]], settings: int, seeds: int) -> None:
    """Checks before the trainings that their number allows to estimate the error of the effects.

    Args:
        levels: levels by factor.
        settings: number of settings.
        seeds: trainings of each setting.

    Raises:
        ValueError: if there are no more trainings than effects.
    """
    effects = 1 + sum(len(own) - 1 for own in levels.values()) + seeds - 1
    if settings * seeds <= effects:
        raise ValueError(
            f"`seeds` must be larger, or `over` name another factor: {settings * seeds} trainings "
            f"leave no variance to test {effects} effects by. Received: seeds={seeds}"
        )


def has_interactions(counts: Sequence[int], settings: int) -> bool:
    """Returns whether a fraction is large enough to estimate the interactions of two factors.

    Args:
        counts: number of levels of each factor.
        settings: number of settings.
    """
    main = [count - 1 for count in counts]
    columns = 1 + sum(main) + sum(i * j for i, j in combinations(main, 2))
    return settings >= columns + FREEDOM


def effect_codes(count: int) -> np.ndarray:
    """Returns the effect coding of a factor (levels, levels - 1); each column sums to zero."""
    return np.vstack([-np.ones(count - 1), np.eye(count - 1)])


def model_matrix(
    cells: np.ndarray, counts: Sequence[int], pairs: bool
) -> tuple[np.ndarray, list[tuple[int, ...] | None]]:
    """Returns the model matrix in effect coding.

    Args:
        cells: level numbers (settings, factors).
        counts: number of levels of each factor.
        pairs: whether to add the interactions of two factors, the products of their columns.

    Returns:
        Matrix (settings, columns), the first column all ones, and the factors of each column.
    """
    parts = [effect_codes(count)[cells[:, i]] for i, count in enumerate(counts)]
    columns: dict[tuple[int, ...], np.ndarray] = {(): np.ones((len(cells), 1))}
    columns |= {(i,): part for i, part in enumerate(parts)}
    if pairs:
        for i, j in combinations(range(len(parts)), 2):
            both = parts[i][:, :, None] * parts[j][:, None, :]
            columns[i, j] = both.reshape(len(cells), -1)
    terms = [term for term, block in columns.items() for _ in range(block.shape[1])]
    return np.hstack(list(columns.values())), list(terms)


def _fraction(cells: np.ndarray, count: int) -> list[int]:
    counts = [int(highest) + 1 for highest in cells.max(axis=0)]
    model, terms = model_matrix(cells, counts, pairs=True)
    # Interactions that the fraction cannot estimate have a prior around 0 in place of data: designs
    # that mix them with main effects then have a smaller determinant.
    prior = RIDGE if has_interactions(counts, count) else 1.0
    penalty = np.diag([prior if term and len(term) == 2 else RIDGE for term in terms])
    best: list[int] = []
    determinant = -np.inf
    for start in range(10):  # each start ends in the next local optimum
        others = np.random.default_rng(start).permutation(np.arange(1, len(cells)))[: count - 1]
        selected = _exchange(model, penalty, [0, *map(int, others)])
        information = _log_determinant(model[selected], penalty)
        if information > determinant + 1e-9:
            best, determinant = sorted(selected), information
    return best


def _exchange(model: np.ndarray, penalty: np.ndarray, selected: list[int]) -> list[int]:
    """Exchanges settings for better ones until none is left; the first, all defaults, stays."""
    improved = True
    while improved:
        improved = False
        for place in range(1, len(selected)):
            rest = selected[:place] + selected[place + 1 :]
            # det(M + x·xᵀ) = det(M)·(1 + xᵀ·M⁻¹·x): the best newcomer has the largest xᵀ·M⁻¹·x.
            # The penalty keeps M invertible while a random start cannot separate all effects.
            rows = model[rest]
            inverse = np.linalg.inv(rows.T @ rows + penalty)
            gain = np.einsum("ij,jk,ik->i", model, inverse, model)
            gain[rest] = -np.inf
            newcomer = int(gain.argmax())
            if gain[newcomer] > gain[selected[place]] * (1 + 1e-6):
                selected[place] = newcomer
                improved = True
    return selected


def _log_determinant(rows: np.ndarray, penalty: np.ndarray) -> float:
    return float(np.linalg.slogdet(rows.T @ rows + penalty)[1])
