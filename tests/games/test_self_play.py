import numpy as np
import pytest

from keras_dl.games import (
    CONNECT_FOUR,
    GAMES,
    TIC_TAC_TOE,
    Examples,
    augment,
    play_both_sides,
    uniform,
)
from tests.games.test_rules import played


@pytest.fixture(scope="module")
def examples():
    random = np.random.default_rng(0)
    return play_both_sides(TIC_TAC_TOE, uniform(TIC_TAC_TOE), 12, 30, random, sampled_moves=9)


def games_of(examples):
    starts = np.flatnonzero((examples.boards == 0).all(axis=1))
    return [examples.take(rows) for rows in np.split(np.arange(len(examples.boards)), starts[1:])]


def test_examples_are_whole_games_with_results_of_alternating_sign(examples):
    games = games_of(examples)
    assert len(games) == 12
    for game in games:
        stones = (game.boards != 0).sum(axis=1)
        assert stones.tolist() == list(range(len(stones)))
        assert (game.value[1:] == -game.value[:-1]).all()
        np.testing.assert_allclose(game.policy.sum(axis=1), 1, rtol=1e-6)


def test_the_player_of_the_last_move_has_the_result(examples):
    decided = 0
    for game in games_of(examples):
        last, value = game.boards[-1:], game.value[-1]
        legal = np.flatnonzero(TIC_TAC_TOE.legal(last)[0])
        results = {-float(TIC_TAC_TOE.outcomes(TIC_TAC_TOE.play(last, np.array([m])))[1][0])
                   for m in legal}  # fmt: skip
        assert value in results  # a win for whoever has completed the line, never a loss
        decided += value == 1
    assert decided > 0


def test_equal_generators_play_equal_games(examples):
    again = play_both_sides(
        TIC_TAC_TOE, uniform(TIC_TAC_TOE), 12, 30, np.random.default_rng(0), sampled_moves=9
    )
    for name, array in examples.arrays().items():
        np.testing.assert_array_equal(again.arrays()[name], array)


@pytest.mark.parametrize("game", GAMES.values(), ids=GAMES)
def test_augmentation_moves_board_and_policy_together(game):
    board = played(game, 1, 0)
    policy = np.zeros((1, game.moves), "float32")
    policy[0, 0 if game is CONNECT_FOUR else 2] = 1
    many = Examples(*(np.repeat(a, 200, axis=0) for a in (board, policy, np.ones(1, "float32"))))
    drawn = augment(game, many, np.random.default_rng(0))
    cells, moves = game.symmetries
    pairs = {(b.tobytes(), p.tobytes()) for b, p in zip(drawn.boards, drawn.policy, strict=True)}
    assert pairs == {
        (board[0, c].tobytes(), policy[0, m].tobytes()) for c, m in zip(cells, moves, strict=True)
    }
    assert len(pairs) == len(cells)


def test_window_keeps_the_latest(examples):
    joined = examples.append(examples.take(slice(0, 3)), limit=5)
    np.testing.assert_array_equal(joined.boards[-3:], examples.boards[:3])
    np.testing.assert_array_equal(joined.policy[:2], examples.policy[-2:])
    assert len(joined.value) == 5
