"""Main effects and interactions of a factorial experiment, with confidence intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from keras_dl.comparing.design import coded, codes
from keras_dl.comparing.results import CONFIDENCE, holm

__all__ = ["Effect", "Effects", "Interaction", "effects"]


@dataclass(frozen=True)
class Effect:
    """One level of one factor.

    Attributes:
        factor: its name.
        level: its value.
        mean: of the score at this level, over all levels of the other factors alike.
        low: lower end of the mean's 95 % confidence interval.
        high: upper end.
        gain: mean less that of the factor's first level; 0 for that level itself.
        gain_low: lower end of the gain's interval.
        gain_high: upper end.
        p: of the gain being 0, adjusted after Holm for all gains; None for the first level.
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
    """How much more one level gains when another factor is changed too.

    Attributes:
        factors: two names.
        levels: a value of each, beside its factor's first.
        gain: difference of the differences of the four means.
        low: lower end of its 95 % confidence interval.
        high: upper end.
        p: of the gain being 0, adjusted after Holm for all interactions.
    """

    factors: tuple[str, str]
    levels: tuple[Any, Any]
    gain: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Effects:
    """What the trainings tell.

    Attributes:
        main: levels of all factors.
        interactions: empty where the settings are too few to estimate them.
        shares: of the scores' variance, by factor, pair of factors (`a×b`), "seed" and "rest".
        residual: standard deviation of a score around the model.
    """

    main: list[Effect]
    interactions: list[Interaction]
    shares: dict[str, float]
    residual: float


def effects(
    levels: Mapping[str, Sequence[Any]],
    settings: Sequence[Mapping[str, Any]],
    seeds: Sequence[int],
    scores: Sequence[float],
) -> Effects:
    """Fits a linear model with all main effects and interactions of two factors.

    Seeds are blocks: a seed's common luck is taken out where every seed has several settings.
    Intervals are Student's t with the residual's variance, the same for all settings.

    Args:
        levels: levels by factor.
        settings: levels of each training, (n).
        seeds: seed of each training, (n).
        scores: score of each training, (n).

    Raises:
        ValueError: if there are too few trainings to tell the main effects apart.
    """
    counts = [len(found) for found in levels.values()]
    places = [[list(levels[n]).index(s[n]) for n in levels] for s in settings]
    cells, blocks = np.array(places), np.unique(list(seeds), return_inverse=True)[1]
    fit = _fitted(cells, counts, blocks, np.asarray(scores, dtype=float))
    return Effects(_main(fit, levels), _crossed(fit, levels), _shares(fit, list(levels)), fit.sigma)


@dataclass(frozen=True)
class _Fit:
    """Least squares in effect coding: the first column of the model matrix is ones.

    Attributes:
        matrix: (trainings, columns).
        terms: what each column belongs to: () ones, (i,) a factor, (i, j) a pair, None the seeds.
        counts: levels of each factor.
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
        """Trainings beyond the columns."""
        return len(self.matrix) - self.matrix.shape[1]

    @property
    def sigma(self) -> float:
        """Standard deviation of the residuals."""
        rest = self.scores - self.matrix @ self.weights
        return float(np.sqrt(rest @ rest / self.freedom))

    def row(self, *named: tuple[int, int]) -> np.ndarray:
        """Columns' weights for the mean at these (factor, level) pairs, over all other levels."""
        # In effect coding, whatever is averaged over has columns that add up to zero.
        code = {f: codes(self.counts[f])[level] for f, level in named}
        parts: dict[tuple[int, ...] | None, np.ndarray] = {(): np.ones(1)}
        parts |= {(f,): c for f, c in code.items()}
        parts |= {(f, g): np.outer(code[f], code[g]).ravel() for f, g in combinations(code, 2)}
        weights = np.zeros(len(self.terms))
        for term, values in parts.items():
            weights[[i for i, t in enumerate(self.terms) if t == term]] = values
        return weights

    def test(self, weights: np.ndarray) -> tuple[float, float, float, float]:
        """(estimate, low, high, p) of a weighted sum of coefficients."""
        from scipy import stats

        centre = float(weights @ self.weights)
        spread = weights @ np.linalg.solve(self.matrix.T @ self.matrix, weights)
        error = self.sigma * float(np.sqrt(max(spread, 0.0)))
        half = error * float(stats.t.ppf((1 + CONFIDENCE) / 2, self.freedom))
        if error < 1e-12:  # all scores alike, or noiseless: there is no t to look up
            return centre, centre, centre, float(abs(centre) < 1e-12)
        return (
            centre,
            centre - half,
            centre + half,
            float(2 * stats.t.sf(abs(centre) / error, self.freedom)),
        )


def _fitted(cells: np.ndarray, counts: list[int], blocks: np.ndarray, scores: np.ndarray) -> _Fit:
    """The fullest model that the trainings can bear: with interactions, else without."""
    for pairs in (True, False):
        matrix, terms = coded(cells, counts, pairs)
        many = int(blocks.max()) + 1
        if many > 1:
            matrix = np.hstack([matrix, codes(many)[blocks]])
            terms += [None] * (many - 1)
        if np.linalg.matrix_rank(matrix) == matrix.shape[1] < len(matrix):
            weights = np.linalg.lstsq(matrix, scores, rcond=None)[0]
            return _Fit(matrix, terms, counts, scores, weights)
    raise ValueError(
        "`max_settings` and `seeds` must leave more finished trainings than there are effects to "
        f"tell apart. Received: {len(cells)} trainings"
    )


def _shares(fit: _Fit, names: Sequence[str]) -> dict[str, float]:
    """Part of the variance that each term explains beyond all others, largest first."""
    squares, whole = {}, fit.scores - fit.scores.mean()
    rest = fit.sigma**2 * fit.freedom
    for term in dict.fromkeys(t for t in fit.terms if t != ()):
        kept = fit.matrix[:, [t != term for t in fit.terms]]
        left = fit.scores - kept @ np.linalg.lstsq(kept, fit.scores, rcond=None)[0]
        label = "seed" if term is None else "×".join(names[i] for i in term)
        squares[label] = max(0.0, float(left @ left) - rest)
    total = float(whole @ whole) or 1.0
    ordered = dict(sorted(squares.items(), key=lambda item: -item[1]))
    return {n: v / total for n, v in [*ordered.items(), ("rest", rest)]}


def _main(fit: _Fit, levels: Mapping[str, Sequence[Any]]) -> list[Effect]:
    found = {}
    for factor, (name, values) in enumerate(levels.items()):
        base = fit.row((factor, 0))
        for level, value in enumerate(values):
            row = fit.row((factor, level))
            gain = fit.test(row - base) if level else (0.0, 0.0, 0.0, None)
            found[name, level] = Effect(name, value, *fit.test(row)[:3], *gain)
    p = holm({key: e.p for key, e in found.items() if e.p is not None})
    return [Effect(**{**e.__dict__, "p": p.get(key)}) for key, e in found.items()]


def _crossed(fit: _Fit, levels: Mapping[str, Sequence[Any]]) -> list[Interaction]:
    names, found = list(levels), {}
    if not any(term is not None and len(term) == 2 for term in fit.terms):
        return []
    for one, two in combinations(range(len(names)), 2):
        for i in range(1, len(levels[names[one]])):
            for j in range(1, len(levels[names[two]])):
                both, base = fit.row((one, i), (two, j)), fit.row((one, 0), (two, 0))
                alone = fit.row((one, i), (two, 0)) + fit.row((one, 0), (two, j))
                pair = (levels[names[one]][i], levels[names[two]][j])
                found[one, i, two, j] = (
                    (names[one], names[two]),
                    pair,
                    *fit.test(both - alone + base),
                )
    p = holm({key: row[-1] for key, row in found.items()})
    made = [Interaction(*row[:-1], p=p[key]) for key, row in found.items()]
    return sorted(made, key=lambda i: i.p)
