"""A game of a person against the network of a tracked run."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from keras_dl.games import play_in_terminal
from keras_dl.tasks.board_game import BoardGame
from keras_dl.tasks.predicting import task_of
from keras_dl.tracking import models

__all__ = ["play_run"]


def play_run(
    run_id: str,
    lines: Iterable[str],
    write: Callable[[str], None],
    *,
    second: bool = False,
    simulations: int | None = None,
) -> int | None:
    """Plays one game.

    Args:
        run_id: of a run of a board game, or its first characters.
        lines: what the person types.
        write: prints a text.
        second: whether the person moves second.
        simulations: of the network's search for each move; None: those of its training.

    Returns:
        1, 0 or -1 if the person has won, drawn or lost; None if the game was left.

    Raises:
        ValueError: if there is no such run, or it plays no game.
    """
    task = task_of(run_id)
    if not isinstance(task, BoardGame):
        raise ValueError(
            f"`run_id` must name a run of a board game. Received: {run_id}, of task {task.name}"
        )
    model: Any = models.load(run_id)

    def choose(board: np.ndarray) -> tuple[int, float]:
        visits, values = model.search(board, simulations)
        return int(visits[0].argmax()), float(values[0])

    return play_in_terminal(model.rules, choose, iter(lines), write, second=second)
