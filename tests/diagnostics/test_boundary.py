import keras
import numpy as np
import pytest

from keras_dl import diagnostics


def half_plane():
    """Logit x1 − x2 of the second class."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.array([[1.0], [-1.0]])])
    return model


def test_boundary_lies_where_the_logits_are_equal():
    found = diagnostics.decision_boundary(half_plane(), [[-1.0, -2.0], [1.0, 2.0]], points=11)
    a, b = np.meshgrid(found.first, found.second)
    np.testing.assert_allclose(found.probabilities[..., 1], 1 / (1 + np.exp(b - a)), rtol=1e-5)
    np.testing.assert_allclose(found.probabilities.sum(axis=-1), 1.0, rtol=1e-6)


def test_grid_covers_the_points_and_a_margin():
    found = diagnostics.decision_boundary(half_plane(), [[-1.0, 5.0], [1.0, 5.0]], points=3)
    np.testing.assert_allclose(found.first, [-1.3, 0.0, 1.3], rtol=1e-6)
    np.testing.assert_allclose(found.second, [4.85, 5.0, 5.15], rtol=1e-6)


def test_other_features_are_refused():
    with pytest.raises(ValueError, match=r"`x` must have shape \(examples, 2\).*\(4, 3\)"):
        diagnostics.decision_boundary(half_plane(), np.ones((4, 3)))
    with pytest.raises(ValueError, match="`points` must be 2 or more"):
        diagnostics.decision_boundary(half_plane(), np.ones((4, 2)), points=1)
