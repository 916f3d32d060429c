"""Tree-structured Parzen estimator: values likelier among the good trials than among the others.

Bergstra, Bardenet, Bengio and Kégl, 2011, Algorithms for Hyper-Parameter Optimization. Each
dimension is treated by itself, a conditional one by the trials in which it was active.
"""

import numpy as np
from scipy.special import logsumexp, ndtr, ndtri

from keras_dl.tuning.dimensions import Dimension
from keras_dl.tuning.encoding import Space

__all__ = ["propose"]

GOOD, MOST_GOOD = 0.1, 25  # share and number of the trials that count as good
DRAWN, PROPOSED = 24, 8  # values to choose the best from, and settings to return
OTHERS = 200  # trials of the density of the others, at most
NARROWEST = 100  # kernels are never narrower than this part of the scale


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
        pending: trials without a score; they count as not good, so that others are suggested.
        random: source of all random numbers.
    """
    order = np.argsort(-scores, kind="stable")
    count = min(MOST_GOOD, int(np.ceil(GOOD * len(order))))
    rest = order[count:]
    if len(rest) > OTHERS:
        rest = random.choice(rest, OTHERS, replace=False)
    good, others = codes[order[:count]], np.concatenate([codes[rest], pending])
    columns = [
        _best(d, good[:, j][~np.isnan(good[:, j])], others[:, j][~np.isnan(others[:, j])], random)
        for j, d in enumerate(space.dimensions)
    ]
    return space.snap(np.stack(columns, axis=1))


def _best(
    dimension: Dimension, good: np.ndarray, others: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """Returns the codes with the largest ratio of densities of `DRAWN` from that of the good."""
    if dimension.categorical:
        kinds = len(dimension.values)
        likely, else_likely = _frequencies(good, kinds), _frequencies(others, kinds)
        drawn = random.choice(kinds, size=(PROPOSED, DRAWN), p=likely)
        ratio = (np.log(likely) - np.log(else_likely))[drawn]
        return np.take_along_axis(drawn, ratio.argmax(axis=1)[:, None], axis=1)[:, 0].astype(float)
    centres, widths = _kernels(good)
    index = random.integers(len(centres), size=(PROPOSED, DRAWN))
    low, high = ndtr(-centres / widths)[index], ndtr((1 - centres) / widths)[index]
    quantile = low + random.uniform(size=index.shape) * (high - low)
    drawn = dimension.snap((centres[index] + widths[index] * ndtri(quantile)).ravel())
    ratio = _log_density(drawn, centres, widths) - _log_density(drawn, *_kernels(others))
    best = ratio.reshape(index.shape).argmax(axis=1)
    return drawn.reshape(index.shape)[np.arange(PROPOSED), best]


def _frequencies(codes: np.ndarray, kinds: int) -> np.ndarray:
    """Returns the probabilities of categories, with one observation shared by all."""
    counts = np.bincount(codes.astype(int), minlength=kinds) + 1 / kinds
    return counts / counts.sum()


def _kernels(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns centres and widths of normal kernels, the last for the whole scale.

    A width is the distance to the farther neighbour, within limits.
    """
    centres = np.append(codes, 0.5)
    order = np.argsort(centres, kind="stable")
    gaps = np.diff(centres[order])
    widths = np.zeros(len(centres))
    widths[order[1:]] = gaps
    widths[order[:-1]] = np.maximum(widths[order[:-1]], gaps)
    widths = np.clip(widths, 1 / min(NARROWEST, len(centres) + 1), 1.0)
    widths[-1] = 1.0
    return centres, widths


def _log_density(points: np.ndarray, centres: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """Returns the log density of a mixture of normal distributions truncated to 0 … 1."""
    mass = np.log(ndtr((1 - centres) / widths) - ndtr(-centres / widths))
    squares = ((points[:, None] - centres) / widths) ** 2
    return logsumexp(-0.5 * squares - np.log(widths) - mass, axis=1) - np.log(len(centres))
