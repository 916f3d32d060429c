import numpy as np
import pytest

from keras_dl import plots


def test_graph_shows_names_values_and_gradients():
    figure = plots.computation_graph(
        ["x1", "x2", "×"], [2.0, 5.0, 10.0], [5.0, 2.0, 1.0], [[], [], [0, 1]], "f = x1·x2"
    )
    figure.draw_without_rendering()
    (axes,) = figure.axes
    texts = [text.get_text() for text in axes.texts]
    assert {"2", "5", "10", "1"} <= set(texts)
    assert axes.get_title() == "f = x1·x2"


def test_nodes_come_after_their_inputs():
    with pytest.raises(ValueError, match=r"earlier nodes. Received: \[1\] for node 0"):
        plots.computation_graph(["a", "b"], [1, 1], [1, 1], [[1], []])


def test_agreement_shows_the_largest_gap():
    pairs = {"hidden/kernel": (np.array([1.0, 2.0]), np.array([1.0, 2.5]))}
    figure = plots.gradient_agreement(pairs)
    figure.draw_without_rendering()
    gap, size = figure.axes[1].collections
    assert gap.get_offsets()[0, 0] == 0.5
    assert size.get_offsets()[0, 0] == 2.5


@pytest.mark.parametrize(
    ("pairs", "message"),
    [({}, "one array at least"), ({"a": (np.ones(2), np.ones(3))}, r"one shape.*\(2,\).*\(3,\)")],
)
def test_gradients_that_do_not_fit_are_refused(pairs, message):
    with pytest.raises(ValueError, match=message):
        plots.gradient_agreement(pairs)
