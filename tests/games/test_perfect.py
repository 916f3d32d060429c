import numpy as np
import pytest

from keras_dl.games import CONNECT_FOUR, solve
from keras_dl.games.perfect import PLIES, best_moves, has_solver, positions_by_ply
from tests.games.test_rules import played

solver = pytest.mark.skipif(not has_solver(), reason="bitbully is not installed")


def test_positions_go_on_and_are_the_same_each_time():
    positions = positions_by_ply()
    assert tuple(positions) == PLIES
    for ply, boards in positions.items():
        assert 5 < len(boards) == len(np.unique(boards, axis=0)) <= 20
        assert ((boards != 0).sum(axis=1) == ply).all()
        assert not CONNECT_FOUR.outcomes(boards)[0].any()
    again = positions_by_ply()
    assert all((again[ply] == boards).all() for ply, boards in positions.items())


@solver
def test_first_player_wins_by_the_centre_alone():
    boards = np.concatenate([CONNECT_FOUR.start(1), played(CONNECT_FOUR, *[3] * 6)])
    assert [np.flatnonzero(row).tolist() for row in best_moves(boards)] == [[3], [2, 4]]


@solver
def test_late_values_equal_minimax():
    late = positions_by_ply()[34]
    level = solve(CONNECT_FOUR, late)[0]
    np.testing.assert_array_equal(best_moves(level.boards), level.best)
    assert level.decisive.any()
