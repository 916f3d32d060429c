"""Exact values of any position of connect four, by the solver `bitbully` where it is installed."""

import functools
import importlib
import importlib.util
from typing import Any

import numpy as np

from keras_dl.games.players import look_ahead
from keras_dl.games.rules import CONNECT_FOUR

__all__ = ["best_moves", "has_solver", "positions_by_ply"]

PLIES, POSITIONS = tuple(range(2, 35, 4)), 20
GAMES = 400


def has_solver() -> bool:
    """Returns whether `bitbully` is installed; its licence is the AGPL, so it is no requirement."""
    return importlib.util.find_spec("bitbully") is not None


def best_moves(boards: np.ndarray) -> np.ndarray:
    """Returns the moves of connect four that keep a position's value, (n, 7) bool.

    Args:
        boards: (n, 42) of games that go on.

    Raises:
        ImportError: if the solver is not installed.
    """
    bitbully, solver = _solver()
    best = np.zeros((len(boards), CONNECT_FOUR.moves), bool)
    for row, board in enumerate(boards):
        own = 1 + int((board != 0).sum()) % 2  # the first player's stones are 1, the second's 2
        stones = np.where(board == 0, 0, np.where(board == 1, own, 3 - own))
        grid = stones.reshape(CONNECT_FOUR.rows, CONNECT_FOUR.columns).tolist()
        scores = solver.score_all_moves(bitbully.Board(grid))
        signs = {move: np.sign(score) for move, score in scores.items()}
        best[row, [move for move, sign in signs.items() if sign == max(signs.values())]] = True
    return best


@functools.cache  # its opening book takes a second to read
def _solver() -> tuple[Any, Any]:
    bitbully: Any = importlib.import_module("bitbully")
    return bitbully, bitbully.BitBully()


def positions_by_ply() -> dict[int, np.ndarray]:
    """Returns different positions of games between players of one-step look-ahead.

    Returns:
        Number of stones → boards (20 or fewer, 42), the same each time.
    """
    random, choose = np.random.default_rng(4), look_ahead(CONNECT_FOUR)
    boards, positions = CONNECT_FOUR.start(GAMES), {}
    for ply in range(PLIES[-1] + 1):
        if ply in PLIES:
            positions[ply] = np.unique(boards, axis=0)
            positions[ply] = random.permutation(positions[ply])[:POSITIONS]
        boards = CONNECT_FOUR.play(boards, choose(boards, random))
        boards = boards[~CONNECT_FOUR.outcomes(boards)[0]]
    return positions
