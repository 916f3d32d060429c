import numpy as np
import pytest

from keras_dl import plots


def bowl():
    first, second = np.linspace(-1, 1, 5), np.linspace(-2, 2, 4)
    return first, second, first[None] ** 2 + second[:, None] ** 2


def test_paths_lie_on_the_surface():
    paths = {"adam": np.array([[1.0, 2.0], [0.0, 0.0]]), "batch": np.array([[1.0, 2.0]])}
    labels = ("weight of radius", "weight of texture")
    figure = plots.loss_surface(*bowl(), paths, labels, "cross-entropy (nats)")
    figure.draw_without_rendering()
    axes, bar = figure.axes
    named = {line.get_label(): line for line in axes.lines}
    np.testing.assert_array_equal(named["adam"].get_xydata(), paths["adam"])
    assert (axes.get_xlabel(), axes.get_ylabel()) == labels
    assert bar.get_ylabel() == "cross-entropy (nats)"
    assert axes.get_xlim() == (-1, 1)


def test_flat_and_infinite_losses_are_drawn():
    first, second, loss = bowl()
    flat = np.ones_like(loss)
    infinite = np.where(loss == loss[0, 0], np.inf, loss)
    for values in (flat, infinite):
        figure = plots.loss_surface(first, second, values)
        figure.draw_without_rendering()
        axes, bar = figure.axes
        assert axes.collections
        assert np.isfinite(bar.get_ylim()).all()


def test_surface_of_another_shape_is_refused():
    first, second, loss = bowl()
    with pytest.raises(ValueError, match=r"`loss` must have shape .*\(4, 5\).*\(5, 4\)"):
        plots.loss_surface(first, second, loss.T)


def test_descent_by_passes_and_by_steps():
    curves = {"batch": ([2.0, 1.0], 1), "stochastic": ([2.0, 1.5, 1.0, 0.5, 0.4], 4)}
    figure = plots.descent_curves(curves, "loss")
    figure.draw_without_rendering()
    left, right = figure.axes
    np.testing.assert_array_equal(left.lines[1].get_xdata(), [0, 0.25, 0.5, 0.75, 1.0])
    np.testing.assert_array_equal(right.lines[1].get_xdata(), [0.5, 1, 2, 3, 4])
    assert right.get_xscale() == "log"


def test_rate_test_marks_its_suggestion():
    rates = np.geomspace(1e-4, 1, 5)
    figure = plots.learning_rate_test(rates, [2, 1.9, 1.5, 1, 50], [2, 1.9, 1.6, 1.3, 20], 0.01)
    figure.draw_without_rendering()
    (axes,) = figure.axes
    assert axes.get_xscale() == "log"
    assert axes.lines[2].get_xdata() == [0.01, 0.01]
    assert axes.get_ylim()[1] < 10  # what diverged is cut off
