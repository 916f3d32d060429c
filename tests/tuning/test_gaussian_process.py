"""The Gaussian process against scikit-learn and by differences; expected improvement by samples."""

import numpy as np
import pytest
from scipy import optimize

from keras_dl.tuning import gaussian_process as gp
from keras_dl.tuning.bayesian import log_expected_improvement, standardized

COLUMNS = np.array([0, 1, 1, 2])


@pytest.fixture
def points():
    return np.random.default_rng(0).uniform(size=(25, 4))


def test_predictions_equal_scikit_learn(points):
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    targets = np.sin(4 * points[:, 0]) + points[:, 1]
    parameters = np.log([0.5, 0.8, 2.0, 1.5, 0.01])
    process = gp.condition(points, targets, COLUMNS, parameters)
    kernel = ConstantKernel(1.5) * Matern([0.5, 0.8, 0.8, 2.0], nu=2.5) + WhiteKernel(0.01)
    reference = GaussianProcessRegressor(kernel, optimizer=None).fit(points, targets)
    new = np.random.default_rng(1).uniform(size=(9, 4))
    mean, spread = reference.predict(new, return_std=True)
    ours, ours_spread = process.predict(new)
    np.testing.assert_allclose(ours, mean, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(ours_spread**2 + 0.01, spread**2, rtol=1e-4)


def test_gradient_of_the_posterior_density(points):
    targets = points[:, 0] - points[:, 3] ** 2
    squares = np.zeros((3, 25, 25))
    for column, dimension in enumerate(COLUMNS):
        squares[dimension] += (points[:, None, column] - points[None, :, column]) ** 2
    arguments = (squares.reshape(3, -1), targets, np.zeros(5), np.ones(5))
    at = np.array([-0.5, 0.3, 1.0, 0.2, -3.0])
    numeric = optimize.approx_fprime(at, lambda p: gp._loss(p, *arguments)[0], 1e-6)
    np.testing.assert_allclose(gp._loss(at, *arguments)[1], numeric, rtol=1e-3, atol=1e-3)


def test_irrelevant_dimensions_get_long_scales(points):
    targets = standardized(np.sin(5 * points[:, 0]))
    lengths = gp.fit(points, targets, COLUMNS)[:3]
    assert lengths[0] < lengths[1:].min() - 1


def test_expected_improvement_equals_its_integral_and_is_finite_far_below():
    draws = np.random.default_rng(0).normal(0.3, 0.5, 400_000)
    (ours,) = np.exp(log_expected_improvement(np.array([0.3]), np.array([0.5]), 0.6))
    assert ours == pytest.approx(np.maximum(draws - 0.6, 0).mean(), rel=0.02)
    far = log_expected_improvement(np.linspace(-40, -1, 200), np.full(200, 0.1), 0.0)
    assert np.isfinite(far).all()
    assert (np.diff(far) > 0).all()


def test_standardized_scores_keep_their_order_and_forgive_outliers():
    scores = np.array([0.9, 0.91, 0.95, 0.94, -1e9, 0.1])
    values = standardized(scores)
    assert values.mean() == pytest.approx(0)
    assert list(np.argsort(values)[2:]) == [0, 1, 3, 2]
    assert values[2] - values[0] > 0.5
    assert (standardized(np.ones(5)) == 0).all()
