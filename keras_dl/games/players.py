"""Players: functions from boards and a generator to moves."""

from collections.abc import Callable

import numpy as np

from keras_dl.games.rules import Game
from keras_dl.games.search import Evaluate, search

__all__ = ["Player", "draw_moves", "look_ahead", "searching", "winning_moves"]

Player = Callable[[np.ndarray, np.random.Generator], np.ndarray]  # boards (n, cells) → moves (n,)


def winning_moves(game: Game, boards: np.ndarray) -> np.ndarray:
    """Returns the moves that win at once for the player to move, (n, moves) bool.

    Args:
        game: rules.
        boards: (n, cells).
    """
    rows, moves = np.nonzero(game.legal(boards))
    _, values = game.outcomes(game.play(boards[rows], moves))
    wins = np.zeros((len(boards), game.moves), bool)
    wins[rows, moves] = values < 0  # the other player, who is to move then, has lost
    return wins


def look_ahead(game: Game) -> Player:
    """Returns a player that wins at once, else prevents such a win, else moves at random."""

    def choose(boards: np.ndarray, random: np.random.Generator) -> np.ndarray:
        wins, threats = winning_moves(game, boards), winning_moves(game, -boards)
        rank = game.legal(boards) + 2.0 * threats + 4.0 * wins
        return (rank + random.random(rank.shape)).argmax(axis=1)

    return choose


def searching(
    game: Game,
    evaluate: Evaluate,
    simulations: int,
    *,
    exploration: float = 1.5,
    sampled_moves: int = 0,
) -> Player:
    """Returns a player that searches and takes the most visited move.

    Args:
        game: rules.
        evaluate: priors and values.
        simulations: of each move.
        exploration: as of `search`.
        sampled_moves: stones on the board up to which a move is drawn by its visits.
    """

    def choose(boards: np.ndarray, random: np.random.Generator) -> np.ndarray:
        visits, _ = search(game, boards, evaluate, simulations, exploration=exploration)
        return draw_moves(boards, visits, sampled_moves, random)

    return choose


def draw_moves(
    boards: np.ndarray, visits: np.ndarray, sampled_moves: int, random: np.random.Generator
) -> np.ndarray:
    """Returns a move of each position: by the visits early in the game, then the most visited.

    Args:
        boards: (n, cells).
        visits: (n, moves).
        sampled_moves: stones on the board up to which a move is drawn, temperature 1; then
            temperature 0.
        random: draws.
    """
    heights = np.cumsum(visits, axis=1)
    drawn = (heights > random.random((len(boards), 1)) * heights[:, -1:]).argmax(axis=1)
    early = (boards != 0).sum(axis=1) < sampled_moves
    return np.where(early, drawn, visits.argmax(axis=1))
