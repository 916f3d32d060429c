import numpy as np
import pytest

from keras_dl import plots

FIRST, SECOND = np.linspace(0, 1, 4), np.linspace(0, 2, 3)


def chance():
    right = np.tile(FIRST, (3, 1))
    return np.stack([1 - right, right], axis=-1)


def test_classes_have_points_and_a_boundary():
    x, y = np.array([[0.1, 0.5], [0.9, 1.5], [0.8, 1.0]]), [0, 1, 1]
    figure = plots.decision_boundary(
        FIRST, SECOND, chance(), x, y, ["benign", "malignant"], ("radius (mm)", "texture")
    )
    figure.draw_without_rendering()
    (axes,) = figure.axes
    assert axes.get_xlabel() == "radius (mm)"
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["benign", "malignant"]


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"\(3, 4, 2\).*\(4, 3, 2\)"):
        plots.decision_boundary(FIRST, SECOND, chance().swapaxes(0, 1), [[0, 0]], [0], ["a", "b"])
    with pytest.raises(ValueError, match="2 to 6 classes"):
        plots.decision_boundary(FIRST, SECOND, chance(), [[0, 0]], [0], list("abcdefg"))
