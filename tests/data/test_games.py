import numpy as np
import pytest

from keras_dl.data.games import load_game
from keras_dl.games import CONNECT_FOUR, TIC_TAC_TOE, winning_moves


@pytest.mark.parametrize(
    ("game", "counts"), [(TIC_TAC_TOE, (1, 1595, 1595)), (CONNECT_FOUR, (1, 300, 300))]
)
def test_positions_have_their_best_moves(game, counts):
    data = load_game(game.name)
    assert tuple(split.num_examples for split in data.splits.values()) == counts
    assert data.input_shape == (game.rows, game.columns)
    for split in (data.validation, data.test):
        boards = split.x.reshape(-1, game.cells)
        policy, value = split.y["policy"], split.y["value"][:, 0]
        np.testing.assert_allclose(policy.sum(axis=1), 1, rtol=1e-6)
        assert not policy[~game.legal(boards)].any()
        assert (game.legal(boards).sum(axis=1) > (policy > 0).sum(axis=1)).all()
        wins = winning_moves(game, boards)
        assert (value[wins.any(axis=1)] == 1).all()
        assert (policy[wins] > 0).all()
    rows = {board.tobytes() for board in data.validation.x}
    assert not rows & {board.tobytes() for board in data.test.x}


def test_positions_are_the_same_each_time():
    assert load_game("tic_tac_toe").digest == load_game("tic_tac_toe", batch_size=7).digest


def test_other_data_are_refused():
    with pytest.raises(ValueError, match="`dataset` must be one of tic_tac_toe, connect_four. Rec"):
        load_game("digits")
