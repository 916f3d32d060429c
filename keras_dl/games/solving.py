"""Exact values of positions by minimax over everything that can follow them."""

from dataclasses import dataclass

import numpy as np

from keras_dl.games.rules import Game

__all__ = ["Level", "solve"]


@dataclass(frozen=True)
class Level:
    """Different positions with the same number of stones, with their exact values.

    Attributes:
        boards: (n, cells) int8.
        ended: whether the game is over, (n,) bool.
        values: result of best play for the player to move: 1, 0 or -1, (n,) int8.
        best: moves that reach the value, (n, moves) bool; none where the game has ended.
        games: different games that continue a position to the end, (n,) int64.
    """

    boards: np.ndarray
    ended: np.ndarray
    values: np.ndarray
    best: np.ndarray
    games: np.ndarray

    @property
    def decisive(self) -> np.ndarray:
        """Whether a legal move exists that does not reach the value, (n,) bool."""
        return self._legal > self.best.sum(axis=1)

    @property
    def _legal(self) -> np.ndarray:
        cells = self.boards[:, : self.best.shape[1]] == 0  # the top row, or all cells
        return np.where(self.ended, 0, cells.sum(axis=1))


def solve(game: Game, boards: np.ndarray) -> list[Level]:
    """Returns all positions that can follow, by number of stones, the given ones first.

    Args:
        game: rules.
        boards: (n, cells) with equal numbers of stones; duplicates are dropped.
    """
    level = np.unique(boards, axis=0)
    levels, links = [], []
    while len(level):
        ended, _ = game.outcomes(level)
        legal = game.legal(level) & ~ended[:, None]
        rows, moves = np.nonzero(legal)
        after = game.play(level[rows], moves)
        following, places = np.unique(after, axis=0, return_inverse=True)
        levels.append(level)
        links.append((rows, moves, places.ravel()))
        level = following
    solved: list[Level] = []
    for level, link in zip(reversed(levels), reversed(links), strict=True):
        solved.append(_back_up(game, level, link, solved[-1] if solved else None))
    return solved[::-1]


def _back_up(
    game: Game,
    boards: np.ndarray,
    links: tuple[np.ndarray, np.ndarray, np.ndarray],
    after: Level | None,
) -> Level:
    """Values of positions from those one move later."""
    ended, results = game.outcomes(boards)
    rows, moves, places = links
    gains = np.full((len(boards), game.moves), -2, "int8")  # -2: not legal
    games = np.where(ended, 1, 0).astype("int64")
    if after is not None:
        gains[rows, moves] = -after.values[places]
        np.add.at(games, rows, after.games[places])
    values = np.where(ended, results.astype("int8"), gains.max(axis=1))
    best = (gains == values[:, None]) & ~ended[:, None]
    return Level(boards, ended, values, best, games)
