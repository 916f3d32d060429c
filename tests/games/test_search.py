import numpy as np
import pytest

from keras_dl.games import (
    CONNECT_FOUR,
    GAMES,
    TIC_TAC_TOE,
    RootNoise,
    search,
    solve,
    uniform,
)
from tests.games.test_rules import played


def lopsided(game):
    """An evaluator whose priors and values differ by cell and move, and its mirror image."""
    cells, moves = (array[1] for array in game.symmetries)
    random = np.random.default_rng(1)
    of_moves, of_cells = random.random(game.moves), random.normal(size=game.cells)

    def evaluator(weights, stones):
        def evaluate(boards):
            priors = game.legal(boards) * weights
            values = np.tanh(np.where(boards > 0, stones, -0.5 * stones) @ np.ones(game.cells))
            return priors / priors.sum(axis=1, keepdims=True), 0.5 * values

        return evaluate

    return evaluator(of_moves, of_cells), evaluator(of_moves[moves], of_cells[cells])


@pytest.mark.parametrize("game", GAMES.values(), ids=GAMES)
def test_visits_sum_to_the_simulations(game):
    boards = np.concatenate([played(game, 0, 1), played(game, 0, 2), played(game, 1, 0)])
    for noise in (None, RootNoise(np.random.default_rng(0))):
        visits, _ = search(game, boards, uniform(game), 61, noise=noise)
        assert visits.sum(axis=1).tolist() == [61] * 3
        assert not visits[~game.legal(boards)].any()


def test_many_simulations_equal_minimax():
    levels = solve(TIC_TAC_TOE, TIC_TAC_TOE.start(1))
    chosen = np.random.default_rng(0)
    for level in levels[1:6]:
        rows = np.flatnonzero(level.decisive)
        rows = chosen.permutation(rows)[:16]
        visits, values = search(TIC_TAC_TOE, level.boards[rows], uniform(TIC_TAC_TOE), 1600)
        assert level.best[rows, visits.argmax(axis=1)].all()
        won = level.values[rows] != 0
        assert (np.sign(values[won]) == level.values[rows][won]).all()


def test_trees_of_a_batch_do_not_meet():
    boards = np.concatenate([played(TIC_TAC_TOE, 0), played(TIC_TAC_TOE, 4, 2)])
    evaluate, _ = lopsided(TIC_TAC_TOE)
    together, _ = search(TIC_TAC_TOE, boards, evaluate, 80)
    alone = [search(TIC_TAC_TOE, board[None], evaluate, 80)[0][0] for board in boards]
    np.testing.assert_array_equal(together, np.stack(alone))


@pytest.mark.parametrize("game", GAMES.values(), ids=GAMES)
def test_mirrored_boards_have_mirrored_policies(game):
    cells, moves = (array[1] for array in game.symmetries)
    board = played(game, 0, 2, 1)
    evaluate, mirrored = lopsided(game)
    visits, value = search(game, board, evaluate, 150)
    image, same = search(game, board[:, cells], mirrored, 150)
    assert len(np.unique(visits)) > 2
    np.testing.assert_array_equal(image, visits[:, moves])
    np.testing.assert_allclose(same, value, atol=1e-5)


WINS = [  # moves so far, the move that wins for the player to move: of the first, of the second
    (TIC_TAC_TOE, (0, 3, 1, 4), 2),
    (TIC_TAC_TOE, (0, 3, 1, 4, 8), 5),
    (CONNECT_FOUR, (0, 6, 1, 6, 2, 5), 3),
    (CONNECT_FOUR, (6, 0, 6, 1, 5, 2), None),
    (CONNECT_FOUR, (6, 0, 6, 0, 5, 0, 2), 0),
]


@pytest.mark.parametrize(("game", "moves", "winner"), WINS)
def test_a_win_in_one_is_found_and_a_loss_in_one_avoided(game, moves, winner):
    board = played(game, *moves)
    if winner is None:  # the other player threatens to complete 0 1 2 with 3
        visits, _ = search(game, board, uniform(game), 400)
        assert visits.argmax() == 3
        return
    visits, values = search(game, board, uniform(game), 100)
    assert visits.argmax() == winner
    assert values[0] > 0.5
    visits, values = search(game, -board, uniform(game), 400)  # the threat of the other player
    winning = game.outcomes(game.play(-board, visits.argmax(axis=1)))[1][0] < 0
    assert winning or visits.argmax() == winner


def test_noise_is_at_the_root_only_and_on_legal_moves():
    seen = []

    def evaluate(boards):
        seen.append(boards.copy())
        return uniform(TIC_TAC_TOE)(boards)

    board = played(TIC_TAC_TOE, 0)
    plain, _ = search(TIC_TAC_TOE, board, uniform(TIC_TAC_TOE), 60)
    noise = RootNoise(np.random.default_rng(0), share=0.25)
    noisy, _ = search(TIC_TAC_TOE, board, evaluate, 60, noise=noise)
    assert (noisy != plain).any()
    assert noisy[0, 0] == 0
    again = RootNoise(np.random.default_rng(0), share=0.0)
    np.testing.assert_array_equal(
        search(TIC_TAC_TOE, board, uniform(TIC_TAC_TOE), 60, noise=again)[0], plain
    )
    assert len(seen) <= 61  # a call for each simulation and one for the roots


def test_ended_games_are_refused():
    with pytest.raises(ValueError, match="`boards` must be positions of games that go on"):
        search(TIC_TAC_TOE, played(TIC_TAC_TOE, 0, 3, 1, 4, 2), uniform(TIC_TAC_TOE), 5)
    with pytest.raises(ValueError, match="`simulations` must be 1 or more"):
        search(TIC_TAC_TOE, TIC_TAC_TOE.start(1), uniform(TIC_TAC_TOE), 0)
