import numpy as np
import pytest

from keras_dl.games import CONNECT_FOUR, TIC_TAC_TOE, solve
from tests.games.test_rules import played


@pytest.fixture(scope="module")
def levels():
    return solve(TIC_TAC_TOE, TIC_TAC_TOE.start(1))


def test_tic_tac_toe_has_its_positions_and_games(levels):
    assert sum(len(level.boards) for level in levels) == 5_478
    assert levels[0].games.tolist() == [255_168]
    assert [int(level.games[level.ended].sum()) for level in levels][-1] == 78  # full boards


def test_tic_tac_toe_is_a_draw(levels):
    assert levels[0].values.tolist() == [0]
    assert levels[0].best.all()
    assert not levels[0].decisive.any()


def test_only_the_centre_answers_a_corner(levels):
    board = played(TIC_TAC_TOE, 0)[0]
    row = (levels[1].boards == board).all(axis=1)
    assert np.flatnonzero(levels[1].best[row][0]).tolist() == [4]
    assert levels[1].decisive[row].all()


def test_values_equal_recursive_minimax():
    def minimax(board):
        ended, values = CONNECT_FOUR.outcomes(board)
        if ended[0]:
            return int(values[0])
        moves = np.flatnonzero(CONNECT_FOUR.legal(board)[0])
        return max(-minimax(CONNECT_FOUR.play(board, np.array([move]))) for move in moves)

    random = np.random.default_rng(0)
    boards = CONNECT_FOUR.start(300)
    while (boards[0] != 0).sum() < 36:
        noise = random.random((len(boards), 7))
        boards = CONNECT_FOUR.play(boards, (CONNECT_FOUR.legal(boards) * noise).argmax(axis=1))
        boards = boards[~CONNECT_FOUR.outcomes(boards)[0]]
    level = solve(CONNECT_FOUR, boards[:12])[0]
    assert len(set(level.values.tolist())) > 1
    for board, value in zip(level.boards, level.values, strict=True):
        assert minimax(board[None]) == value
