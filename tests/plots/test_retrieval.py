import numpy as np
import pytest
from matplotlib.colors import to_hex

from keras_dl.plots._style import BLUE, VERMILION
from keras_dl.plots.retrieval import retrieved_images


def test_a_row_shows_a_word_and_its_images():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (2, 3, 4, 4, 1), dtype=np.uint8)
    right = np.array([[True, False, True], [True, True, True]])
    figure = retrieved_images(rng.random((2, 5, 6, 1)), images, right, ["four", "nine"])
    figure.draw_without_rendering()
    assert len(figure.axes) == 8
    assert [axes.get_ylabel() for axes in figure.axes[::4]] == ["“four”", "“nine”"]
    colours = [to_hex(a.spines["left"].get_edgecolor()).upper() for a in figure.axes[1:4]]
    assert colours == [BLUE.upper(), VERMILION.upper(), BLUE.upper()]


def test_nothing_is_refused():
    with pytest.raises(ValueError, match="must not be empty"):
        retrieved_images(np.zeros((0, 5, 6, 1)), np.zeros((0, 2, 4, 4, 1)), np.zeros((0, 2)), [])
