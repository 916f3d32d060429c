import numpy as np
import pytest

from keras_dl.games import (
    CONNECT_FOUR,
    TIC_TAC_TOE,
    Results,
    draw_moves,
    enumerate_games,
    look_ahead,
    play_match,
    searching,
    solve,
    uniform,
    winning_moves,
)
from tests.games.test_rules import played


def at_random(boards, random):
    return (TIC_TAC_TOE.legal(boards) * random.random(boards.shape)).argmax(axis=1)


def lowest(boards, random):
    """The first free cell: a player whom some lines of play beat."""
    return TIC_TAC_TOE.legal(boards).argmax(axis=1)


@pytest.fixture(scope="module")
def minimax():
    """A player by exact values."""
    levels = solve(TIC_TAC_TOE, TIC_TAC_TOE.start(1))
    moves = {
        board.tobytes(): int(best.argmax())
        for level in levels
        for board, best in zip(level.boards, level.best, strict=True)
    }
    return lambda boards, random: np.array([moves[board.tobytes()] for board in boards])


@pytest.mark.parametrize("first", [True, False])
def test_minimax_loses_no_line_of_play(minimax, first):
    results = enumerate_games(TIC_TAC_TOE, minimax, first=first)
    assert results.lost == 0
    assert results.won > 0


@pytest.mark.parametrize("first", [True, False])
def test_losses_of_a_weak_player_are_counted(first):
    def play_on(board, own):
        """All lines of play by recursion, results for the weak player."""
        ended, values = TIC_TAC_TOE.outcomes(board)
        if ended[0]:
            return [int(values[0]) if own else -int(values[0])]
        moves = np.flatnonzero(TIC_TAC_TOE.legal(board)[0])
        chosen = moves[:1] if own else moves
        after = [TIC_TAC_TOE.play(board, np.array([move])) for move in chosen]
        return [result for board in after for result in play_on(board, not own)]

    results = play_on(TIC_TAC_TOE.start(1), first)
    counts = Results(*(results.count(sign) for sign in (1, 0, -1)))
    assert counts.lost > 0
    assert enumerate_games(TIC_TAC_TOE, lowest, first=first) == counts


def test_random_play_has_the_known_shares():
    results = [0, 0, 0]
    boards, random = TIC_TAC_TOE.start(20_000), np.random.default_rng(0)
    for ply in range(9):
        boards = TIC_TAC_TOE.play(boards, at_random(boards, random))
        ended, values = TIC_TAC_TOE.outcomes(boards)
        for lost in values[ended]:
            results[1 if lost == 0 else 2 * (ply % 2)] += 1
        boards = boards[~ended]
    np.testing.assert_allclose(np.divide(results, 20_000), [0.5849, 0.1270, 0.2881], atol=0.015)


def test_look_ahead_wins_else_prevents():
    random = np.random.default_rng(0)
    choose = look_ahead(CONNECT_FOUR)
    win = played(CONNECT_FOUR, 0, 6, 0, 6, 0, 6)  # both threaten their column
    threat = played(CONNECT_FOUR, 0, 6, 0, 5, 0)
    assert winning_moves(CONNECT_FOUR, win)[0].tolist() == [True] + [False] * 6
    for _ in range(5):
        assert choose(win, random)[0] == 0
        assert choose(threat, random)[0] == 0
    free = {int(choose(CONNECT_FOUR.start(1), random)[0]) for _ in range(60)}
    assert free == set(range(7))


def test_results_of_a_match_are_those_of_the_player(minimax):
    random = np.random.default_rng(0)
    results = play_match(TIC_TAC_TOE, minimax, at_random, 60, random)
    assert results.games == 60
    assert results.lost == 0
    assert results.score > 0.8
    reverse = play_match(TIC_TAC_TOE, at_random, minimax, 60, np.random.default_rng(1))
    assert reverse.won == 0
    assert reverse.score < 0.2


def test_the_player_begins_every_second_game():
    begun = []

    def watched(boards, random):
        begun.append(((boards != 0).sum(axis=1) == 0).sum())
        return lowest(boards, random)

    play_match(TIC_TAC_TOE, watched, at_random, 9, np.random.default_rng(0))
    assert sum(begun) == 5


def test_search_beats_look_ahead():
    player = searching(CONNECT_FOUR, uniform(CONNECT_FOUR), 100)
    results = play_match(
        CONNECT_FOUR, player, look_ahead(CONNECT_FOUR), 16, np.random.default_rng(0)
    )
    assert results.won > 0


def test_late_moves_are_the_most_visited_and_early_ones_are_drawn():
    boards = np.concatenate([played(TIC_TAC_TOE, 0, 1, 2)] * 4000)
    visits = np.tile([0, 0, 0, 10, 30, 0, 0, 0, 60], (4000, 1))
    random = np.random.default_rng(0)
    assert set(draw_moves(boards, visits, 3, random)) == {8}
    shares = np.bincount(draw_moves(boards, visits, 4, random), minlength=9) / 4000
    np.testing.assert_allclose(shares, visits[0] / 100, atol=0.03)
