import numpy as np
import pytest

from keras_dl import plots

NAMES = ["zero", "one"]


def test_runs_of_labels_are_bounded_and_named():
    frames = [np.random.default_rng(0).normal(size=(20, 5))]
    path = np.array([0, 2, 2, 0, 0, 1, 1, 1, 0, 0])  # two frames to an output
    figure = plots.decoded_spectrograms(frames, [path], NAMES, ["said one zero"], hop=0.1)
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts] == ["one", "zero"]
    middles = [text.get_position()[0] for text in axes.texts]
    assert middles == pytest.approx([0.4, 1.3])
    borders = sorted(line.get_xdata()[0] for line in axes.lines)
    assert borders == pytest.approx([0.2, 0.6, 1.0, 1.6])


def test_a_path_without_labels_draws_no_line():
    figure = plots.decoded_spectrograms([np.zeros((6, 5))], [np.zeros(6, int)], NAMES, ["silence"])
    assert not figure.axes[0].lines


def test_words_stand_in_a_grid():
    figure = plots.word_spectrograms(np.zeros((5, 4, 6, 1)), list("abcde"), columns=3)
    assert [axes.get_title() for axes in figure.axes] == ["a", "b", "c", "d", "e", ""]
    with pytest.raises(ValueError, match="must be equally long"):
        plots.word_spectrograms(np.zeros((2, 4, 6, 1)), ["a"])


def test_pixels_of_a_figure():
    figure = plots.word_spectrograms(np.zeros((1, 4, 6, 1)), ["$x^2"])  # no formula
    pixels = plots.to_pixels(figure)
    assert pixels.dtype == np.uint8
    assert pixels.shape[-1] == 4
    assert pixels[..., :3].std() > 0


def test_false_rejects_are_drawn_by_false_alarms():
    alarms, rejects = np.array([0.0, 1.0, 40.0]), np.array([1.0, 0.2, 0.0])
    figure = plots.false_alarm_curve(alarms, rejects, (1.0, 0.2))
    (axes,) = figure.axes
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), rejects)
    assert "20 % rejected at 1 an hour" in axes.texts[0].get_text()
