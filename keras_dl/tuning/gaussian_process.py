"""Gaussian process on features in 0 … 1: Matérn 5/2 with a length scale for each dimension.

The prior of a length scale grows with the root of the number of dimensions, as in Hvarfner,
Hellsten and Nardi, 2024, Vanilla Bayesian Optimization Performs Great in High Dimensions, but is
shorter and narrower: searches of some ten trials have little to learn the scale from.
"""

from dataclasses import dataclass

import numpy as np
from scipy import linalg, optimize

__all__ = ["GaussianProcess", "condition", "fit"]

ROOT5 = 5**0.5
LENGTH_MEAN, LENGTH_SPREAD = 2**0.5 - 1.5, 1.0  # of the logarithm, for one dimension
NOISE_MEAN, NOISE_SPREAD = np.log(1e-3), 2.0  # variance, as a share of the targets'; logarithm
SCALE_SPREAD = 1.0  # of the logarithm of the signal's variance
LOWEST, HIGHEST = -12.0, 8.0  # logarithms of parameters


@dataclass
class GaussianProcess:
    """A process conditioned on observations.

    Attributes:
        points: features of the observations, each column divided by its length scale.
        lengths: length scale of each column.
        scale: variance of the signal.
        noise: variance of the noise.
        factor: lower Cholesky factor of the covariance of the observations.
        weights: its inverse times the targets.
    """

    points: np.ndarray
    lengths: np.ndarray
    scale: float
    noise: float
    factor: np.ndarray
    weights: np.ndarray

    def predict(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns mean and standard deviation of the noise-free objective at points."""
        covariance = self.scale * _matern(_square_distances(points / self.lengths, self.points))
        mean = covariance @ self.weights
        solved = linalg.solve_triangular(
            self.factor, covariance.T, lower=True, check_finite=False, overwrite_b=True
        )
        variance = self.scale - np.einsum("ij,ij->j", solved, solved)
        return mean, np.sqrt(np.maximum(variance, 1e-12))


def condition(
    points: np.ndarray, targets: np.ndarray, columns: np.ndarray, parameters: np.ndarray
) -> GaussianProcess:
    """Conditions a process with fixed parameters on observations.

    Args:
        points: features, (observations, columns).
        targets: standardized values, (observations,).
        columns: dimension of each column.
        parameters: logarithms of the length scales, the signal's variance and the noise's.
    """
    lengths = np.exp(parameters[:-2])[columns]
    scale, noise = np.exp(parameters[-2:])
    scaled = points / lengths
    covariance = scale * _matern(_square_distances(scaled, scaled))
    covariance[np.diag_indices_from(covariance)] = scale + noise + 1e-8
    factor = linalg.cholesky(covariance, lower=True, check_finite=False)
    weights = linalg.cho_solve((factor, True), targets, check_finite=False)
    return GaussianProcess(scaled, lengths, scale, noise, factor, weights)


def fit(
    points: np.ndarray, targets: np.ndarray, columns: np.ndarray, iterations: int = 30
) -> np.ndarray:
    """Returns the parameters of largest posterior density, by L-BFGS with analytic gradients.

    Args:
        points: features, (observations, columns).
        targets: standardized values, (observations,).
        columns: dimension of each column.
        iterations: iterations at most.
    """
    dimensions = int(columns.max()) + 1
    squares = np.zeros((dimensions, len(points), len(points)))
    for column, dimension in enumerate(columns):
        squares[dimension] += np.square(points[:, None, column] - points[None, :, column])
    flat = squares.reshape(dimensions, -1)
    prior_mean = np.full(dimensions + 2, LENGTH_MEAN + np.log(dimensions) / 2)
    prior_mean[-2:] = 0.0, NOISE_MEAN
    precision = np.full(dimensions + 2, LENGTH_SPREAD**-2)
    precision[-2:] = SCALE_SPREAD**-2, NOISE_SPREAD**-2
    start = prior_mean.copy()
    start[:-2] -= 1.5
    result = optimize.minimize(
        _loss,
        start,
        (flat, targets, prior_mean, precision),
        method="L-BFGS-B",
        jac=True,
        bounds=[(LOWEST, HIGHEST)] * len(start),
        options={"maxiter": iterations, "maxfun": 2 * iterations, "ftol": 1e-4},
    )
    return result.x


def _loss(
    parameters: np.ndarray,
    squares: np.ndarray,
    targets: np.ndarray,
    prior_mean: np.ndarray,
    precision: np.ndarray,
) -> tuple[float, np.ndarray]:
    """Negative logarithm of the posterior density of the parameters, and its gradient."""
    count = len(targets)
    inverse_squares = np.exp(-2 * parameters[:-2])
    scale, noise = np.exp(parameters[-2:])
    square = (inverse_squares @ squares).reshape(count, count)
    root = np.sqrt(5 * square)
    decay = np.exp(-root)
    kernel = (1 + root + root**2 / 3) * decay
    covariance = scale * kernel
    covariance[np.diag_indices(count)] += noise + 1e-8
    try:
        factor = linalg.cholesky(covariance, lower=True, check_finite=False)
    except linalg.LinAlgError:
        return 1e10, np.zeros_like(parameters)
    inverse = linalg.cho_solve((factor, True), np.eye(count), check_finite=False)
    weights = inverse @ targets
    offset = parameters - prior_mean
    loss = 0.5 * targets @ weights + np.log(np.diag(factor)).sum()
    loss += 0.5 * (precision * offset**2).sum()
    slope = 0.5 * (inverse - np.outer(weights, weights))  # of the loss by the covariance
    gradient = precision * offset
    # The derivative of the kernel by a squared distance is -5/6 (1 + √(5 r²)) exp(-√(5 r²)).
    by_square = slope * (-5 / 6 * scale) * (1 + root) * decay
    gradient[:-2] += -2 * inverse_squares * (squares @ by_square.ravel())
    gradient[-2] += scale * (slope * kernel).sum()
    gradient[-1] += noise * np.trace(slope)
    return float(loss), gradient


def _square_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * (a @ b.T)
    return np.maximum(squares, 0.0)


def _matern(squares: np.ndarray) -> np.ndarray:
    root = np.sqrt(5 * squares)
    return (1 + root + root**2 / 3) * np.exp(-root)
