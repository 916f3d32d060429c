import numpy as np
import pytest

from keras_dl.games import CONNECT_FOUR, GAMES, TIC_TAC_TOE, find_game


def played(game, *moves):
    board = game.start(1)
    for move in moves:
        assert not game.outcomes(board)[0][0]
        board = game.play(board, np.array([move]))
    return board


@pytest.mark.parametrize(("game", "lines"), [(TIC_TAC_TOE, 8), (CONNECT_FOUR, 69)])
def test_all_winning_lines_are_known(game, lines):
    assert game.lines.shape == (game.cells, lines)
    assert (game.lines.sum(axis=0) == game.connect).all()
    assert len(np.unique(game.lines, axis=1).T) == lines


@pytest.mark.parametrize(
    ("game", "moves"),
    [
        (TIC_TAC_TOE, (0, 3, 1, 4, 2)),  # a row
        (TIC_TAC_TOE, (8, 2, 7, 4, 0, 6)),  # a diagonal of the second player
        (CONNECT_FOUR, (0, 1, 0, 1, 0, 1, 0)),  # a column
        (CONNECT_FOUR, (0, 1, 1, 2, 2, 3, 2, 3, 3, 6, 3)),  # a diagonal
        (CONNECT_FOUR, (6, 0, 6, 1, 6, 2, 5, 3)),  # a row of the second player
    ],
)
def test_after_a_line_the_player_to_move_has_lost(game, moves):
    ended, values = game.outcomes(played(game, *moves))
    assert ended.tolist() == [True]
    assert values.tolist() == [-1.0]


def test_a_full_board_is_a_draw_and_a_last_line_is_not():
    ended, values = TIC_TAC_TOE.outcomes(played(TIC_TAC_TOE, 0, 1, 2, 4, 3, 5, 7, 6, 8))
    assert (ended[0], values[0]) == (True, 0.0)
    ended, values = TIC_TAC_TOE.outcomes(played(TIC_TAC_TOE, 0, 1, 2, 3, 4, 5, 7, 6, 8))
    assert (ended[0], values[0]) == (True, -1.0)


def test_boards_are_seen_by_the_player_to_move():
    board = played(CONNECT_FOUR, 3, 3, 2).reshape(6, 7)
    assert board[5, 3] == -1
    assert board[4, 3] == 1
    assert board[5, 2] == -1  # the stone that has just been placed is the other's
    assert np.count_nonzero(board) == 3


def test_full_columns_are_illegal():
    board = played(CONNECT_FOUR, *[2] * 6)
    assert CONNECT_FOUR.legal(board)[0].tolist() == [True, True, False, True, True, True, True]


@pytest.mark.parametrize("game", GAMES.values(), ids=GAMES)
def test_symmetries_commute_with_moves(game):
    random = np.random.default_rng(0)
    board = game.start(1)
    for _ in range(4):
        legal = np.flatnonzero(game.legal(board)[0])
        move = int(random.choice(legal))
        after = game.play(board, np.array([move]))
        for cells, moves in zip(*game.symmetries, strict=True):
            image = int(np.flatnonzero(moves == move)[0])
            np.testing.assert_array_equal(
                game.play(board[:, cells], np.array([image])), after[:, cells]
            )
        board = after


@pytest.mark.parametrize(("game", "count"), [(TIC_TAC_TOE, 8), (CONNECT_FOUR, 2)])
def test_symmetries_are_different_and_keep_the_lines(game, count):
    cells, moves = game.symmetries
    assert len(np.unique(cells, axis=0)) == len(cells) == len(moves) == count
    lines = {line.tobytes() for line in game.lines.T}
    for permutation in cells:
        assert {line[permutation].tobytes() for line in game.lines.T} == lines


def test_unknown_games_are_refused():
    with pytest.raises(ValueError, match="`dataset` must be one of tic_tac_toe, connect_four"):
        find_game("chess")
