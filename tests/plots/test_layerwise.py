import numpy as np
import pytest
from matplotlib.figure import Figure

from keras_dl import plots


def drawn(figure):
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    return figure


def test_profiles_have_a_panel_each_and_one_legend():
    panels = {"tanh": {"he": [1.0, 0.1], "zeros": [0.0, 0.0]}, "relu": {"he": [2.0, 1.0]}}
    figure = drawn(plots.layer_profiles(panels, "variance"))
    left, right = figure.axes
    assert (left.get_title(), right.get_title()) == ("tanh", "relu")
    assert left.get_yscale() == "log"
    np.testing.assert_array_equal(left.lines[0].get_ydata(), [1.0, 0.1])
    assert np.isnan(left.lines[1].get_ydata()).all()  # zeros have no logarithm
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["he", "zeros"]


def test_profiles_name_layers():
    panel = {"": {"net": [0.0, 1.0]}}
    figure = plots.layer_profiles(panel, "mean", log=False, layers=["c1", "logits"])
    (axes,) = drawn(figure).axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["c1", "logits"]
    assert axes.get_xlabel() == "layer, from the input on"


@pytest.mark.parametrize(
    ("panels", "message"),
    [({}, "one line at least"), ({"": {"a": [0.0, np.nan]}}, "positive value")],
)
def test_profiles_without_values_are_refused(panels, message):
    with pytest.raises(ValueError, match=message):
        plots.layer_profiles(panels, "variance")


def test_epochs_count_from_the_first():
    history = {"hidden1": [1e-3, 2e-3], "logits": [1e-2, 1e-2]}
    figure = drawn(plots.by_epoch_and_layer(history, "‖step‖ / ‖weights‖", first=0))
    (axes,) = figure.axes
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), [0, 1])
    assert axes.get_ylabel() == "‖step‖ / ‖weights‖"
    with pytest.raises(ValueError, match="must not be empty"):
        plots.by_epoch_and_layer({}, "ratio")


def test_heat_maps_share_a_scale_and_show_powers_of_ten():
    panels = {"plain": np.array([[1e-6, 1.0]]), "batch norm": np.array([[0.0, 10.0]])}
    figure = drawn(plots.heat_maps(panels, ["sigmoid"], ["2", "20"], "ratio"))
    left, right, bar = figure.axes
    assert [text.get_text() for text in left.texts] == ["-6.0", "0.0"]
    assert [text.get_text() for text in right.texts] == ["–", "1.0"]
    assert left.images[0].get_clim() == right.images[0].get_clim()
    assert bar.get_ylabel() == "ratio\nin cells: its log₁₀"


def test_heat_maps_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"shape \(1, 2\).*\(2, 1\) for 'plain'"):
        plots.heat_maps({"plain": np.ones((2, 1))}, ["a"], ["b", "c"], "ratio")
