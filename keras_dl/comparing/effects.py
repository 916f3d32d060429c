"""Main effects and interactions of a factorial experiment, with confidence intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import prod
from typing import Any

import numpy as np

from keras_dl.comparing.design import effect_codes, has_interactions, model_matrix
from keras_dl.comparing.statistics import holm
from keras_dl.utils.intervals import CONFIDENCE, proportion_interval

__all__ = ["Effect", "Effects", "Interaction", "estimate_effects"]


@dataclass(frozen=True)
class Effect:
    """One level of one factor.

    Attributes:
        factor: name of the factor.
        level: value of the level.
        mean: mean score at this level, all levels of the other factors weighted equally.
        low: lower end of the mean's 95 % confidence interval.
        high: upper end.
        gain: mean minus that of the factor's first level; 0 for that level itself.
        gain_low: lower end of the gain's interval.
        gain_high: upper end.
        p: p-value of a gain of 0, Holm-adjusted over all gains; None for the first level.
    """

    factor: str
    level: Any
    mean: float
    low: float
    high: float
    gain: float = 0.0
    gain_low: float = 0.0
    gain_high: float = 0.0
    p: float | None = None


@dataclass(frozen=True)
class Interaction:
    """Interaction of two factors: the gain of both levels beyond the sum of their own gains.

    Attributes:
        factors: names of the two factors.
        levels: one value of each, not the factor's first.
        gain: difference of the differences of the four means.
        low: lower end of its 95 % confidence interval.
        high: upper end.
        p: p-value of a gain of 0, Holm-adjusted over all interactions.
    """

    factors: tuple[str, str]
    levels: tuple[Any, Any]
    gain: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Effects:
    """Effects of all factors.

    Attributes:
        main: main effects, one per level of each factor.
        interactions: empty if the settings are too few to estimate them.
        shares: share of the scores' variance by factor, pair of factors (`a×b`), "seed", "rest".
        residual: standard deviation of a score around the model; in a fraction that of a setting's
            mean over seeds.
        settings: number of settings with a score.
        combinations: number of settings of the whole factorial.
    """

    main: list[Effect]
    interactions: list[Interaction]
    shares: dict[str, float]
    residual: float
    settings: int
    combinations: int

    @property
    def is_fraction(self) -> bool:
        """Whether settings are missing, so that main effects may contain interactions."""
        return self.settings < self.combinations


def estimate_effects(
    levels: Mapping[str, Sequence[Any]],
    settings: Sequence[Mapping[str, Any]],
    seeds: Sequence[int],
    scores: Sequence[float],
    *,
    proportion: bool = False,
) -> Effects:
    """Fits a linear model with all main effects and interactions of two factors.

    Seeds are blocks: an effect common to all trainings of a seed is removed. Intervals are
    Student's t. In a whole factorial the variance is that of the trainings around the model, the
    same for all settings. In a fraction the trainings of a setting share what the model leaves out,
    so that they are not independent: the model is fitted to the means over seeds, and the variance
    is that between settings.

    Args:
        levels: levels by factor.
        settings: levels of each training, (n).
        seeds: seed of each training, (n).
        scores: score of each training, (n).
        proportion: whether scores lie in [0, 1]; intervals of means then stay within it, those of
            gains within [-1, 1].

    Raises:
        ValueError: if there are too few trainings to separate the main effects, or in a fraction
            too few settings.
    """
    counts = [len(own) for own in levels.values()]
    places = [[list(levels[n]).index(s[n]) for n in levels] for s in settings]
    cells, blocks = np.array(places), np.unique(list(seeds), return_inverse=True)[1]
    values = np.asarray(scores, dtype=float)
    present, whole = len(np.unique(cells, axis=0)), prod(counts)
    if present < whole:
        cells, values = _setting_means(cells, blocks, values)
        blocks = np.zeros(len(cells), int)
    pairs = present == whole or has_interactions(counts, present)
    fit = _fit(cells, counts, blocks, values, pairs=pairs)
    shares = _shares(fit, list(levels))
    main = _main_effects(fit, levels)
    return Effects(
        [_within_bounds(effect) for effect in main] if proportion else main,
        _interactions(fit, levels),
        shares,
        fit.sigma,
        present,
        whole,
    )


def _setting_means(
    cells: np.ndarray, blocks: np.ndarray, scores: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the settings and their means over seeds, adjusted where a seed is missing."""
    unique, index = np.unique(cells, axis=0, return_inverse=True)
    matrix = np.eye(len(unique))[index.ravel()]
    many = int(blocks.max()) + 1
    if many > 1:
        matrix = np.hstack([matrix, effect_codes(many)[blocks]])
    weights = np.linalg.lstsq(matrix, scores, rcond=None)[0]
    return unique, weights[: len(unique)]


@dataclass(frozen=True)
class _Fit:
    """Least squares in effect coding: the first column of the model matrix is ones.

    Attributes:
        matrix: (trainings, columns).
        terms: factors of each column: () the ones, (i,) a factor, (i, j) a pair, None the seeds.
        counts: number of levels of each factor.
        scores: (trainings,).
        weights: (columns,).
    """

    matrix: np.ndarray
    terms: list[tuple[int, ...] | None]
    counts: list[int]
    scores: np.ndarray
    weights: np.ndarray

    @property
    def freedom(self) -> int:
        """Degrees of freedom of the residuals."""
        return len(self.matrix) - self.matrix.shape[1]

    @property
    def sigma(self) -> float:
        """Standard deviation of the residuals."""
        rest = self.scores - self.matrix @ self.weights
        return float(np.sqrt(rest @ rest / self.freedom))

    def row(self, *cells: tuple[int, int]) -> np.ndarray:
        """Returns the columns' weights for the mean at these (factor, level) pairs."""
        # In effect coding, factors that are averaged over have columns that sum to zero.
        code = {f: effect_codes(self.counts[f])[level] for f, level in cells}
        parts: dict[tuple[int, ...] | None, np.ndarray] = {(): np.ones(1)}
        parts |= {(f,): c for f, c in code.items()}
        parts |= {(f, g): np.outer(code[f], code[g]).ravel() for f, g in combinations(code, 2)}
        weights = np.zeros(len(self.terms))
        for term, values in parts.items():
            weights[[i for i, t in enumerate(self.terms) if t == term]] = values
        return weights

    def test(self, weights: np.ndarray) -> tuple[float, float, float, float]:
        """Returns (estimate, low, high, p) of a weighted sum of coefficients."""
        from scipy import stats

        centre = float(weights @ self.weights)
        spread = weights @ np.linalg.solve(self.matrix.T @ self.matrix, weights)
        error = self.sigma * float(np.sqrt(max(spread, 0.0)))
        half = error * float(stats.t.ppf((1 + CONFIDENCE) / 2, self.freedom))
        if error < 1e-12:  # equal or noiseless scores: t is undefined
            return centre, centre, centre, float(abs(centre) < 1e-12)
        return (
            centre,
            centre - half,
            centre + half,
            float(2 * stats.t.sf(abs(centre) / error, self.freedom)),
        )


def _fit(
    cells: np.ndarray, counts: list[int], blocks: np.ndarray, scores: np.ndarray, *, pairs: bool
) -> _Fit:
    """Fits the largest model of full rank: with interactions if `pairs`, else without."""
    for joint in (True, False) if pairs else (False,):
        matrix, terms = model_matrix(cells, counts, joint)
        many = int(blocks.max()) + 1
        if many > 1:
            matrix = np.hstack([matrix, effect_codes(many)[blocks]])
            terms += [None] * (many - 1)
        if np.linalg.matrix_rank(matrix) == matrix.shape[1] < len(matrix):
            weights = np.linalg.lstsq(matrix, scores, rcond=None)[0]
            return _Fit(matrix, terms, counts, scores, weights)
    raise ValueError(
        "`max_settings` and `seeds` must leave more finished trainings than there are effects, in "
        f"a fraction more settings. Received: {len(cells)}"
    )


def _shares(fit: _Fit, names: Sequence[str]) -> dict[str, float]:
    """Returns the share of variance that each term explains beyond all others, largest first."""
    squares, centred = {}, fit.scores - fit.scores.mean()
    rest = fit.sigma**2 * fit.freedom
    for term in dict.fromkeys(t for t in fit.terms if t != ()):
        others = fit.matrix[:, [t != term for t in fit.terms]]
        left = fit.scores - others @ np.linalg.lstsq(others, fit.scores, rcond=None)[0]
        label = "seed" if term is None else "×".join(names[i] for i in term)
        squares[label] = max(0.0, float(left @ left) - rest)
    total = float(centred @ centred) or 1.0
    ordered = dict(sorted(squares.items(), key=lambda item: -item[1]))
    return {n: v / total for n, v in [*ordered.items(), ("rest", rest)]}


def _main_effects(fit: _Fit, levels: Mapping[str, Sequence[Any]]) -> list[Effect]:
    effects = {}
    for factor, (name, values) in enumerate(levels.items()):
        base = fit.row((factor, 0))
        for level, value in enumerate(values):
            row = fit.row((factor, level))
            gain = fit.test(row - base) if level else (0.0, 0.0, 0.0, None)
            effects[name, level] = Effect(name, value, *fit.test(row)[:3], *gain)
    p = holm({key: e.p for key, e in effects.items() if e.p is not None})
    return [Effect(**{**e.__dict__, "p": p.get(key)}) for key, e in effects.items()]


def _within_bounds(effect: Effect) -> Effect:
    """Returns the effect on a proportion with possible ends of its intervals."""
    low, high = proportion_interval(effect.mean, (effect.high - effect.low) / 2)
    gain_low, gain_high = np.clip([effect.gain_low, effect.gain_high], -1.0, 1.0)
    return replace(effect, low=low, high=high, gain_low=float(gain_low), gain_high=float(gain_high))


def _interactions(fit: _Fit, levels: Mapping[str, Sequence[Any]]) -> list[Interaction]:
    names, rows = list(levels), {}
    if not any(term is not None and len(term) == 2 for term in fit.terms):
        return []
    for one, two in combinations(range(len(names)), 2):
        for i in range(1, len(levels[names[one]])):
            for j in range(1, len(levels[names[two]])):
                both, base = fit.row((one, i), (two, j)), fit.row((one, 0), (two, 0))
                alone = fit.row((one, i), (two, 0)) + fit.row((one, 0), (two, j))
                pair = (levels[names[one]][i], levels[names[two]][j])
                rows[one, i, two, j] = (
                    (names[one], names[two]),
                    pair,
                    *fit.test(both - alone + base),
                )
    p = holm({key: row[-1] for key, row in rows.items()})
    interactions = [Interaction(*row[:-1], p=p[key]) for key, row in rows.items()]
    return sorted(interactions, key=lambda i: i.p)
