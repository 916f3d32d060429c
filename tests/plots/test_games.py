import numpy as np
import pytest

from keras_dl import plots


def test_stones_and_moves_are_drawn():
    boards = np.zeros((2, 3, 3), "int8")
    boards[0, 0, 0], boards[0, 1, 1] = 1, -1
    policy = np.full((2, 9), 1 / 9)
    figure = plots.game_positions(boards, policy, ["a", "b"], drops=False)
    first, second = figure.axes
    assert (len(first.patches), len(second.patches)) == (2, 0)
    assert (len(first.texts), len(second.texts)) == (7, 9)
    assert first.patches[0].get_facecolor() != first.patches[1].get_facecolor()
    assert [text.get_text() for text in second.texts] == ["11"] * 9


def test_columns_have_one_number_each():
    boards = np.zeros((1, 6, 7), "int8")
    boards[0, :, 3] = 1
    figure = plots.game_positions(boards, np.eye(1, 7), ["full column"], drops=True)
    assert [text.get_position()[0] for text in figure.axes[0].texts] == [0, 1, 2, 4, 5, 6]


def test_lengths_are_compared():
    with pytest.raises(ValueError, match="`boards`, `policies` and `titles` must be of equal"):
        plots.game_positions(np.zeros((1, 3, 3)), np.zeros((2, 9)), ["a"], drops=False)


def test_ratings_have_a_panel_of_their_own():
    figure = plots.learning_curves({"loss": [2.0, 1.0], "elo": [0.0, 90.0], "val_score": [0.1, 1]})
    labels = [axes.get_ylabel() for axes in figure.axes]
    assert labels == ["loss", "score", "Elo rating against earlier networks"]
