import pytest

from keras_dl import plots


def test_right_and_wrong_are_counted():
    figure = plots.predictive_spread([0.1, 0.3, 0.2], [True, False, True])
    figure.draw_without_rendering()
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels == ["right: 2 examples, mean 0.150", "wrong: 1 examples, mean 0.300"]


def test_one_kind_alone_is_drawn():
    figure = plots.predictive_spread([0.0, 0.0], [True, True])
    figure.draw_without_rendering()
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels == ["right: 2 examples, mean 0.000"]


def test_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match=r"`spread`, `correct` must be equally long"):
        plots.predictive_spread([0.1], [True, False])
