import numpy as np
import pytest

from keras_dl.plots.language import LINES, loss_by_position, text_sample


def texts(figure):
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.axes[0].texts]


def test_sample_shows_prompt_and_continuation_line_by_line():
    figure = text_sample("ROMEO:\nO", "h, $3 and $4!\n\nJULIET:")
    assert texts(figure) == ["ROMEO:", "O", "│ h, $3 and $4!", "│ ", "│ JULIET:"]


def test_long_texts_are_wrapped_and_cut():
    lines = texts(text_sample("", "word " * 2000))
    assert len(lines) == LINES
    assert max(map(len, lines)) <= 82


def test_losses_are_drawn_by_tokens_seen_with_their_mean():
    axes = loss_by_position([3.0, 2.0, 1.0]).axes[0]
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), [1, 2, 3])
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), [3, 2, 1])
    assert axes.lines[1].get_label() == "mean, 2.000"
    with pytest.raises(ValueError, match="must not be empty"):
        loss_by_position([])
