import numpy as np
import pytest

from keras_dl import plots


def test_photographs_have_their_texts():
    images = np.zeros((2, 8, 8, 3), np.uint8)
    figure = plots.captioned_photos(images, ["a dog\n(said: a cat)", "word " * 20], columns=2)
    titles = [axes.get_title() for axes in figure.axes]
    assert titles[0] == "a dog\n(said: a cat)"
    assert max(map(len, titles[1].split("\n"))) <= 28
    with pytest.raises(ValueError, match="must be equally long"):
        plots.captioned_photos(images, ["one"])


def test_photograph_is_bright_where_a_word_looks():
    image = np.full((40, 40, 3), 200, np.uint8)
    weights = np.zeros((2, 2, 2))
    weights[0, 0, 0] = weights[1, 1, 1] = 1.0
    figure = plots.attention_words(image, ["upper", "lower"], weights, columns=2)
    first, second = (np.asarray(axes.images[0].get_array()) for axes in figure.axes)
    assert first[:5, :5].mean() > 190
    assert first[-5:, -5:].mean() < 60
    np.testing.assert_array_equal(first[::-1, ::-1], second)
    assert [axes.get_title() for axes in figure.axes] == ["upper", "lower"]
