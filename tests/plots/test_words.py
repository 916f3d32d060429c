import numpy as np
import pytest

from keras_dl import plots


def texts(figure):
    return [t.get_text() for axes in figure.axes for t in axes.texts]


def test_map_writes_every_word_at_its_point():
    figure = plots.word_map(np.array([[0.0, 1], [2, 3]]), ["one", "two"])
    assert texts(figure) == ["one", "two"]
    assert [t.xy for t in figure.axes[0].texts] == [(0.0, 1.0), (2.0, 3.0)]
    assert figure.axes[0].get_xlabel() == "first principal component"


def test_table_has_a_column_for_each_word():
    near = {"king": [("queen", 0.91), ("duke", 0.5)], "sun": [("moon", 0.8), ("sky", 0.7)]}
    found = texts(plots.neighbour_table(near))
    assert found == ["king", "queen", "0.91", "duke", "0.50", "sun", "moon", "0.80", "sky", "0.70"]


def test_bars_show_each_method_in_each_section():
    figure = plots.analogy_bars({"add": [0.5, 0.25], "mul": [1.0, 0.0]}, ["family", "gram1"])
    axes = figure.axes[0]
    assert [bar.get_width() for bar in axes.patches] == [0.5, 0.25, 1.0, 0.0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["family", "gram1"]


def test_lengths_must_fit():
    with pytest.raises(ValueError, match="equally long"):
        plots.word_map(np.zeros((2, 2)), ["one"])
    with pytest.raises(ValueError, match="equally long"):
        plots.neighbour_table({"a": [("b", 1.0)], "c": []})
    with pytest.raises(ValueError, match="equally long"):
        plots.analogy_bars({"add": [0.5]}, ["a", "b"])
