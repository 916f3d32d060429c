"""Bayesian optimization: settings by the expected improvement of a Gaussian process."""

from collections.abc import Callable

import numpy as np
from scipy.special import ndtr

from keras_dl.tuning.encoding import Space
from keras_dl.tuning.gaussian_process import condition, fit
from keras_dl.tuning.neighbours import neighbours
from keras_dl.tuning.scalarization import clipped

__all__ = ["log_expected_improvement", "propose", "standardized"]

FITTED, CONDITIONED = 100, 250  # observations for the length scales, and for predictions
CANDIDATES = 400  # random ones, and as many neighbours of the best trials
KEPT, ROUNDS = 8, 3  # candidates whose neighbours are tried next, and how often
REACH, SHRINK = 0.2, 0.4  # standard deviation of the first neighbours' distance, and its decay


def propose(
    space: Space,
    codes: np.ndarray,
    scores: np.ndarray,
    pending: np.ndarray,
    random: np.random.Generator,
) -> np.ndarray:
    """Returns settings, the most promising first.

    Args:
        space: space to search.
        codes: ended trials, (trials, dimensions).
        scores: their objective, larger is better.
        pending: trials without a score; they count as if they will reach what is predicted.
        random: source of all random numbers.
    """
    targets = standardized(scores)
    usable = _subset(targets, CONDITIONED, random)
    codes, targets = codes[usable], targets[usable]
    points = space.features(codes)
    few = _subset(targets, FITTED, random)
    parameters = fit(points[few], targets[few], space.columns)
    process = condition(points, targets, space.columns, parameters)
    if len(pending):
        more = space.features(pending)
        points = np.concatenate([points, more])
        targets = np.concatenate([targets, process.predict(more)[0]])
        process = condition(points, targets, space.columns, parameters)
    mean = process.predict(points)[0]
    incumbents = codes[np.argsort(-mean[: len(codes)], kind="stable")[:KEPT]]

    def improvement(settings: np.ndarray) -> np.ndarray:
        return log_expected_improvement(*process.predict(space.features(settings)), mean.max())

    return _maximize(space, improvement, incumbents, random)


def _maximize(
    space: Space,
    function: Callable[[np.ndarray], np.ndarray],
    incumbents: np.ndarray,
    random: np.random.Generator,
) -> np.ndarray:
    """Returns random settings and neighbours of the best, in several rounds; the best first."""
    drawn = space.draw(random.uniform(size=(CANDIDATES, len(space))))
    near = neighbours(space, incumbents, CANDIDATES, REACH, random)
    candidates = np.concatenate([drawn, near])
    values, reach = function(candidates), REACH
    for _ in range(ROUNDS):
        reach *= SHRINK
        best = candidates[np.argsort(-values, kind="stable")[:KEPT]]
        near = neighbours(space, best, CANDIDATES // 2, reach, random)
        candidates = np.concatenate([candidates, near])
        values = np.concatenate([values, function(near)])
    return candidates[np.argsort(-values, kind="stable")]


def standardized(scores: np.ndarray) -> np.ndarray:
    """Returns scores with mean 0 and variance 1; what is much worse than the median is equal."""
    values = clipped(scores)
    return (values - values.mean()) / (values.std() or 1.0)


def log_expected_improvement(mean: np.ndarray, spread: np.ndarray, best: float) -> np.ndarray:
    """Returns the logarithm of the expected improvement over `best`, finite far below it too.

    Args:
        mean: predicted objective.
        spread: standard deviation of the prediction.
        best: value to beat.
    """
    z = (mean - best) / spread
    density = -0.5 * z**2 - 0.5 * np.log(2 * np.pi)
    far = z < -5  # Mills' ratio: z² (φ(z) + z Φ(z)) / φ(z) tends to 1
    near = np.where(far, 0.0, z)
    exact = np.log(np.exp(np.where(far, 0.0, density)) + near * ndtr(near))
    return np.where(far, density - 2 * np.log(np.where(far, -z, 1.0)), exact) + np.log(spread)


def _subset(targets: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """Returns the rows of the best half of `count` trials, and a sample of the others."""
    if len(targets) <= count:
        return np.arange(len(targets))
    order, best = np.argsort(-targets, kind="stable"), count // 2
    return np.sort(np.r_[order[:best], random.choice(order[best:], count - best, replace=False)])
