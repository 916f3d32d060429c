"""Figures of the first nets: what they draw, and what they refuse."""

import numpy as np
import pytest

from keras_dl import plots

GRID = np.linspace(0, 1, 5)


def test_decision_regions_have_a_panel_for_each_net():
    outputs = np.zeros((5, 5))
    points = np.array([[0, 0], [1, 1]])
    figure = plots.decision_regions(
        {"AND": outputs, "OR": outputs + 1}, GRID, GRID, points, {"AND": [0, 1], "OR": [0, 1]}
    )
    figure.draw_without_rendering()
    assert [axes.get_title() for axes in figure.axes] == ["AND", "OR"]
    np.testing.assert_array_equal(figure.axes[1].images[0].get_array(), outputs + 1)
    with pytest.raises(ValueError, match="`regions` and `labels` must have the same titles"):
        plots.decision_regions({"AND": outputs}, GRID, GRID, points, {"OR": [0, 1]})


def test_predicted_against_actual_has_r_squared_in_its_title():
    figure = plots.predicted_against_actual([1, 2, 3], [1.0, 2.0, 3.0], "years")
    figure.draw_without_rendering()
    (axes,) = figure.axes
    assert axes.get_title() == "R² = 1.000, 3 examples"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("actual (years)", "predicted (years)")
    with pytest.raises(ValueError, match="`actual`, `predicted` must be equally long"):
        plots.predicted_against_actual([1], [1, 2])


def test_approximation_plots_the_largest_error_of_each_width():
    x = np.linspace(0, 1, 11)
    predicted = np.stack([x + 0.5, x + 0.25], axis=1)
    figure = plots.approximation(x, x, predicted, [1, 2], straight=x + 1)
    figure.draw_without_rendering()
    line = figure.axes[1].lines[0]
    np.testing.assert_array_equal(line.get_xdata(), [1, 2])
    np.testing.assert_allclose(line.get_ydata(), [0.5, 0.25])
    with pytest.raises(ValueError, match="`widths`, `nets` must be equally long"):
        plots.approximation(x, x, predicted, [1, 2, 4])


def test_directions_draw_vectors_of_length_one():
    vectors = {"found": np.array([0, 3.0, 0, 4.0]), "exact": np.array([0, 0, 0, -2.0])}
    figure = plots.weight_directions(vectors, (2, 2, 1))
    figure.draw_without_rendering()
    shown = np.asarray(figure.axes[0].images[0].get_array())
    np.testing.assert_allclose(shown, [[0, 0.6], [0, 0.8]])
    bars = plots.weight_directions(vectors, (4,)).axes[1].patches
    np.testing.assert_allclose([bar.get_height() for bar in bars], [0, 0, 0, -1])
    with pytest.raises(ValueError, match="`vectors` must fit `input_shape`"):
        plots.weight_directions(vectors, (5,))


def test_growth_has_a_logarithmic_axis_for_the_lengths():
    curves = {"hebb": np.array([1.0, 10.0]), "oja": np.array([1.0, 1.0])}
    left, right = plots.weight_growth(curves, curves).axes
    assert (left.get_yscale(), right.get_yscale()) == ("log", "linear")
    np.testing.assert_array_equal(left.lines[0].get_ydata(), [1, 10])


def test_weight_table_names_the_classes():
    kernel = np.arange(6.0).reshape(3, 2)
    axes = plots.weight_table(kernel, ["cat", "dog"]).axes[0]
    np.testing.assert_array_equal(axes.images[0].get_array(), kernel)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["cat", "dog"]


def test_detectors_have_a_row_each():
    kernel, images = np.ones((3, 3, 2)), np.zeros((4, 5, 5))
    responses = np.random.default_rng(0).normal(size=(4, 7, 7, 2))
    figure = plots.detectors(kernel, images, responses, list("abcd"), [1.0, -2.0])
    figure.draw_without_rendering()
    labels = [axes.get_ylabel() for axes in figure.axes]
    assert "detector 1\noutput +1.0" in labels
    assert "detector 2\noutput -2.0" in labels
    with pytest.raises(ValueError, match="must be equally many"):
        plots.detectors(kernel, images, responses, list("abc"))
