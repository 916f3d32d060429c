"""Positions of board games with the moves that a player considers."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from keras_dl.plots._style import BLUE, VERMILION, new_figure

__all__ = ["game_positions"]

ACROSS = 4  # positions in a row


def game_positions(
    boards: np.ndarray, policies: np.ndarray, titles: Sequence[str], *, drops: bool
) -> Figure:
    """Draws positions: own stones blue, the other's vermilion, probabilities of moves in per cent.

    Args:
        boards: (n, rows, columns): 1 own stones of the player to move, -1 the other's, 0 empty.
        policies: probabilities (n, moves).
        titles: one for each position.
        drops: whether a move is a column; its probability stands above the board. Else it stands
            in the cell.

    Returns:
        The figure, four positions in a row.

    Raises:
        ValueError: if the numbers of positions differ, or there is none.
    """
    if not 0 < len(boards) == len(policies) == len(titles):
        raise ValueError(
            "`boards`, `policies` and `titles` must be of equal length, 1 or more. "
            f"Received: {len(boards)}, {len(policies)} and {len(titles)}"
        )
    lines = -(-len(boards) // ACROSS)
    figure = new_figure(2.4 * min(len(boards), ACROSS) + 0.4, 2.7 * lines + 0.3)
    grid = figure.subplots(lines, min(len(boards), ACROSS), squeeze=False).ravel()
    for axes in grid:
        axes.axis("off")
    for axes, board, policy, title in zip(grid, boards, policies, titles, strict=False):
        _draw_stones(axes, board, top=-1.2 if drops else -0.5)
        _draw_moves(axes, board, policy, drops)
        axes.set_title(title, fontsize=9)
    return figure


def _draw_stones(axes: Axes, board: np.ndarray, top: float) -> None:
    rows, columns = board.shape
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(rows - 0.5, top)
    axes.set_aspect("equal")
    axes.hlines(np.arange(rows + 1) - 0.5, -0.5, columns - 0.5, color="#bbbbbb", linewidth=0.8)
    axes.vlines(np.arange(columns + 1) - 0.5, -0.5, rows - 0.5, color="#bbbbbb", linewidth=0.8)
    for row, column in zip(*np.nonzero(board), strict=True):
        colour = BLUE if board[row, column] > 0 else VERMILION
        axes.add_patch(Circle((column, row), 0.38, color=colour))


def _draw_moves(axes: Axes, board: np.ndarray, policy: np.ndarray, drops: bool) -> None:
    legal = board[0] == 0 if drops else board.ravel() == 0
    for move in map(int, np.flatnonzero(legal)):
        row, column = (-0.85, move) if drops else divmod(move, board.shape[1])
        chance = policy[move]
        weight = "bold" if chance == policy[legal].max() else "normal"
        axes.text(column, row, f"{100 * chance:.0f}", ha="center", va="center",
                  fontsize=8, weight=weight)  # fmt: skip
