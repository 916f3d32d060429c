import numpy as np
import pytest

from keras_dl import plots


def test_each_domain_has_a_row():
    images = np.random.default_rng(0).integers(0, 256, (3, 4, 4, 3), dtype=np.uint8)
    figure = plots.domain_examples({"source": images, "target": 255 - images})
    figure.draw_without_rendering()
    assert len(figure.axes) == 6
    np.testing.assert_array_equal(figure.axes[4].images[0].get_array(), 255 - images[1])
    assert [a.get_title(loc="left") for a in figure.axes[::3]] == ["source", "target"]


def test_points_have_the_colour_of_their_domain_and_the_number_of_their_class():
    points = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
    maps = {"before": points + 1, "after": points}
    figure = plots.domain_map(maps, [0, 1, 1], [7, 8, 9], ("source", "target"))
    figure.draw_without_rendering()
    first, axes = figure.axes
    assert [panel.get_title() for panel in figure.axes] == ["before", "after"]
    np.testing.assert_array_equal(first.collections[0].get_offsets(), points[:1] + 1)
    np.testing.assert_array_equal(axes.collections[1].get_offsets(), points[1:])
    assert [text.get_text() for text in axes.texts] == ["7", "8", "9"]
    assert axes.texts[0].get_color() != axes.texts[1].get_color()


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="must be equally long"):
        plots.domain_map({"": np.zeros((2, 2))}, [0], [1, 2], ("a", "b"))
    with pytest.raises(ValueError, match="must not be empty"):
        plots.domain_examples({"a": np.zeros((0, 2, 2, 1))})
