"""Rules of games in which the first line of stones wins, for many boards at once.

A board is seen by the player to move: 1 are that player's own stones, -1 the other's, 0 is empty.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

__all__ = ["CONNECT_FOUR", "GAMES", "TIC_TAC_TOE", "Game", "find_game"]

DIRECTIONS = ((0, 1), (1, 0), (1, 1), (1, -1))


@dataclass(frozen=True)
class Game:
    """Two players place stones in turns; the first line of a length wins, a full board is a draw.

    Attributes:
        name: of the data set.
        rows: of the board.
        columns: of the board.
        connect: length of a winning line.
        drops: whether stones drop to the lowest empty cell, so that a move is a column; else a
            move is a cell.
    """

    name: str
    rows: int
    columns: int
    connect: int
    drops: bool

    @property
    def cells(self) -> int:
        """Cells of the board, numbered row by row from the top left."""
        return self.rows * self.columns

    @property
    def moves(self) -> int:
        """Number of different moves."""
        return self.columns if self.drops else self.cells

    @cached_property
    def lines(self) -> np.ndarray:
        """Cells of each winning line as ones, (cells, lines) float32."""
        lines = []
        for row, column in np.ndindex(self.rows, self.columns):
            for down, right in DIRECTIONS:
                last = row + down * (self.connect - 1), column + right * (self.connect - 1)
                if last[0] < self.rows and 0 <= last[1] < self.columns:
                    line = np.zeros((self.rows, self.columns), "float32")
                    for step in range(self.connect):
                        line[row + down * step, column + right * step] = 1
                    lines.append(line.ravel())
        return np.stack(lines, axis=1)

    @cached_property
    def symmetries(self) -> tuple[np.ndarray, np.ndarray]:
        """Permutations of cells (symmetries, cells) and of moves (symmetries, moves).

        The board `board[cells[i]]` has the policy `policy[moves[i]]`. The first is the identity;
        boards with gravity are mirrored, square ones without it are turned, too.
        """
        cells = np.arange(self.cells).reshape(self.rows, self.columns)
        if self.drops:
            moves = np.arange(self.columns)
            mirrored = np.stack([cells.ravel(), cells[:, ::-1].ravel()])
            return mirrored, np.stack([moves, moves[::-1]])
        turns = range(4) if self.rows == self.columns else (0, 2)
        grids = [np.rot90(side, k) for side in (cells, cells[:, ::-1]) for k in turns]
        permutations = np.stack([grid.ravel() for grid in grids])
        return permutations, permutations

    def start(self, count: int) -> np.ndarray:
        """Returns empty boards, (count, cells) int8."""
        return np.zeros((count, self.cells), "int8")

    def legal(self, boards: np.ndarray) -> np.ndarray:
        """Returns whether each move is possible, (n, moves) bool; the game must go on.

        Args:
            boards: (n, cells).
        """
        return boards[:, : self.columns] == 0 if self.drops else boards == 0

    def play(self, boards: np.ndarray, moves: np.ndarray) -> np.ndarray:
        """Returns the boards after a move, as the other player sees them.

        Args:
            boards: (n, cells).
            moves: (n), legal.
        """
        rows = np.arange(len(boards))
        if self.drops:
            grid = boards.reshape(-1, self.rows, self.columns)
            height = (grid[rows, :, moves] == 0).sum(axis=1) - 1  # the lowest empty row
            cells = height * self.columns + moves
        else:
            cells = moves
        after = -boards
        after[rows, cells] = -1
        return after

    def outcomes(self, boards: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns whether games have ended, (n,) bool, and with what for the player to move.

        Values are -1 after a loss, else 0: the player to move cannot have a line yet.

        Args:
            boards: (n, cells).
        """
        stones = (boards < 0).astype("float32") @ self.lines
        lost = (stones >= self.connect).any(axis=1)
        full = (boards != 0).all(axis=1)
        return lost | full, np.where(lost, -1.0, 0.0).astype("float32")


TIC_TAC_TOE = Game("tic_tac_toe", 3, 3, 3, drops=False)
CONNECT_FOUR = Game("connect_four", 6, 7, 4, drops=True)
GAMES = {game.name: game for game in (TIC_TAC_TOE, CONNECT_FOUR)}


def find_game(name: object) -> Game:
    """Returns a game by its name.

    Raises:
        ValueError: if there is no such game.
    """
    if not isinstance(name, str) or name not in GAMES:
        raise ValueError(f"`dataset` must be one of {', '.join(GAMES)}. Received: dataset={name!r}")
    return GAMES[name]
