"""Boards and moves as text, and a game against a person on lines of text."""

from collections.abc import Callable, Iterator

import numpy as np

from keras_dl.games.rules import Game

__all__ = ["board_text", "parse_move", "play_in_terminal", "position_after"]

# From a board (1, cells) to a move and its expected result, -1 … 1.
Choose = Callable[[np.ndarray], tuple[int, float]]
MARKS = ("X", "O")  # of the first and of the second player


def board_text(game: Game, board: np.ndarray) -> str:
    """Returns a board in lines: X began, O is the other, free cells or columns have numbers.

    Args:
        game: rules.
        board: (cells,), as the player to move sees it.
    """
    to_move = int((board != 0).sum()) % 2
    marks = {0: ".", 1: MARKS[to_move], -1: MARKS[1 - to_move]}
    cells = [marks[int(stone)] for stone in board]
    if not game.drops:
        cells = [str(i + 1) if mark == "." else mark for i, mark in enumerate(cells)]
    lines = [" ".join(row) for row in np.reshape(cells, (game.rows, game.columns))]
    if game.drops:
        lines.append(" ".join(str(column + 1) for column in range(game.columns)))
    return "\n".join(lines)


def parse_move(game: Game, board: np.ndarray, text: str) -> int:
    """Returns the number, from 0, of a move that is written as a number from 1.

    Args:
        game: rules.
        board: (cells,); the game goes on.
        text: as typed.

    Raises:
        ValueError: if it is no number of a legal move.
    """
    legal = np.flatnonzero(game.legal(board[None])[0]) + 1
    word = text.strip()
    if not (word.isascii() and word.isdigit() and int(word) in legal):
        numbers = " ".join(map(str, legal))
        raise ValueError(f"`move` must be one of {numbers}. Received: move={word[:20]!r}")
    return int(word) - 1


def position_after(game: Game, text: str) -> np.ndarray:
    """Returns the board (cells,) after moves that are written as digits from 1: "4435".

    Args:
        game: rules.
        text: moves from the start on; blanks are ignored.

    Raises:
        ValueError: if a move is illegal, or the game has ended.
    """
    board = game.start(1)
    for digit in "".join(text.split()):
        board = game.play(board, np.array([parse_move(game, board[0], digit)]))
        if game.outcomes(board)[0][0]:
            raise ValueError(f"`moves` must leave the game open. Received: moves={text[:50]!r}")
    return board[0]


def play_in_terminal(
    game: Game,
    choose: Choose,
    lines: Iterator[str],
    write: Callable[[str], None],
    *,
    second: bool = False,
) -> int | None:
    """Plays one game against a person.

    Args:
        game: rules.
        choose: the other player.
        lines: what the person types; q leaves the game.
        write: prints a text.
        second: whether the person moves second.

    Returns:
        1, 0 or -1 if the person has won, drawn or lost; None if the game was left.
    """
    board, person = game.start(1), not second
    mark = MARKS[second]
    write(f"You are {mark}. A move is a number; q leaves the game.\n{board_text(game, board[0])}")
    while True:
        if person:
            move = _ask(game, board[0], lines, write)
            if move is None:
                write("The game was left.")
                return None
        else:
            move, value = choose(board)
            write(f"{MARKS[not second]} plays {move + 1} and expects {value:+.2f}.")
        board, person = game.play(board, np.array([move])), not person
        write(board_text(game, board[0]))
        ended, values = game.outcomes(board)
        if ended[0]:
            result = int(values[0]) if person else -int(values[0])
            write({1: "You win.", 0: "A draw.", -1: "You lose."}[result])
            return result


def _ask(
    game: Game, board: np.ndarray, lines: Iterator[str], write: Callable[[str], None]
) -> int | None:
    """Returns the person's next legal move; None at the end of the lines or after q."""
    for line in lines:
        if line.strip().lower() in ("q", "quit"):
            return None
        try:
            return parse_move(game, board, line)
        except ValueError as error:
            write(str(error))
    return None
