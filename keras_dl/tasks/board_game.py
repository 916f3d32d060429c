"""Play of board games: matches, exact mistakes, all lines of play of small games."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_dl import plots
from keras_dl.games import (
    CONNECT_FOUR,
    enumerate_games,
    look_ahead,
    play_match,
    position_after,
)
from keras_dl.games.perfect import best_moves, has_solver, positions_by_ply
from keras_dl.tasks.base import Evaluator, Prediction, SavedRun, Task

if TYPE_CHECKING:
    from keras_dl.algorithms import AlphaZero
    from keras_dl.data import Data, Split

__all__ = ["BoardGame", "evaluate_play", "lost_lines", "mistake_rate", "task"]

MATCHES = {"validation": (1, 100), "test": (2, 200)}  # seed and games by split
SMALL = 9  # cells of games whose lines of play are enumerated
SHOWN = 8


def mistake_rate(split: "Split", policy: np.ndarray) -> float:
    """Returns the share of positions in which the most probable move loses value.

    Args:
        split: positions with exact solutions.
        policy: (n, moves).
    """
    moves = policy.argmax(axis=1)
    return float(np.mean(split.y["policy"][np.arange(len(moves)), moves] == 0))


def evaluate_play(data: "Data", model: "AlphaZero", split: "Split") -> dict[str, float]:
    """Returns the results of games against one-step look-ahead, and mistakes of the network alone.

    Validation has 100 games and test 200, of other seeds; the network begins every second one.

    Args:
        data: whose split it is.
        model: plays by search.
        split: validation or test.

    Returns:
        "score", wins and half of the draws; "won", "drawn" and "lost", shares of the games;
        "mistakes", the share of the split's positions in which the network's most probable move
        loses value.
    """
    seed, games = MATCHES["test" if split is data.test else "validation"]
    rules = model.rules
    results = play_match(
        rules, model.player(), look_ahead(rules), games, np.random.default_rng(seed)
    )
    policy, _ = model.evaluate_boards(split.x.reshape(-1, rules.cells))
    counts = {"won": results.won, "drawn": results.drawn, "lost": results.lost}
    shares = {name: count / games for name, count in counts.items()}
    return {"score": results.score, **shares, "mistakes": mistake_rate(split, policy)}


def lost_lines(model: "AlphaZero", split: "Split") -> dict[str, float]:
    """Counts the games that any line of play of an opponent wins, as first and as second player.

    Args:
        model: plays by search; of a small game.
        split: without effect, as all lines are played.

    Returns:
        "lines", all games, and "lost_lines".
    """
    both = [enumerate_games(model.rules, model.player(), first=first) for first in (True, False)]
    lines, lost = (sum(getattr(r, name) for r in both) for name in ("games", "lost"))
    return {"lines": float(lines), "lost_lines": float(lost)}


def _solved_mistakes(model: "AlphaZero") -> dict[str, Any]:
    """Shares of moves that lose value by a perfect solver, of the network alone and of search."""
    lines: dict[str, list[float]] = {"network": [], "search": []}
    positions = positions_by_ply()
    for boards in positions.values():
        policy, _ = model.evaluate_boards(boards)
        visits, _ = model.search(boards)
        best, rows = best_moves(boards), np.arange(len(boards))
        for name, weights in (("network", policy), ("search", visits)):
            lines[name].append(float(np.mean(~best[rows, weights.argmax(axis=1)])))
    figure = plots.layer_profiles(
        {"moves that lose value": lines},
        "share of positions",
        log=False,
        layers=[str(ply) for ply in positions],
        along="stones on the board",
    )
    means = {f"solver_mistakes_{name}": float(np.mean(line)) for name, line in lines.items()}
    return {"mistakes_by_stones": figure, **means}


class BoardGame(Task):
    """Networks that play a game by search; predictions are moves."""

    name = "board_game"
    test_metrics = ("lines", "lost_lines")

    def evaluators(self, data: "Data") -> tuple[Evaluator, ...]:
        """Returns the evaluator of games against one-step look-ahead."""
        return (partial(evaluate_play, data),)

    def test_evaluators(self, data: "Data") -> tuple[Evaluator, ...]:
        """Returns the enumeration of all lines of play, of games of nine cells."""
        return (lost_lines,) if np.prod(data.input_shape) <= SMALL else ()

    def report(self, model: "AlphaZero", data: "Data") -> dict[str, Any]:
        """Returns the figure "positions" and "search_mistakes", the mistakes with search.

        Of connect four, where `bitbully` is installed, also the mistakes by number of stones.

        Args:
            model: of a game.
            data: positions with exact solutions.
        """
        rules, split = model.rules, data.test.sample(500)
        boards = split.x.reshape(-1, rules.cells)
        visits, values = model.search(boards)
        policy, predicted = model.evaluate_boards(boards[:SHOWN])
        rows = zip(predicted, values, split.y["value"][:, 0], strict=False)
        titles = [f"net {p:+.2f}, search {v:+.2f}, exact {e:+.0f}" for p, v, e in rows]
        figure = plots.game_positions(split.x[:SHOWN], policy, titles, drops=rules.drops)
        solved = _solved_mistakes(model) if rules == CONNECT_FOUR and has_solver() else {}
        return {"positions": figure, "search_mistakes": mistake_rate(split, visits), **solved}

    def predict(self, run: SavedRun, inputs: Sequence[str]) -> Iterable[Prediction]:
        """Searches the move after each sequence of moves.

        Args:
            run: a network of a game.
            inputs: moves from the start on, as digits from 1: "4435"; "start" is the empty board.

        Yields:
            The move, its expected result and the moves by their visits; the position as a picture.
        """
        model: Any = run.model
        rules = model.rules
        for text in inputs:
            try:
                board = position_after(rules, "" if text == "start" else text)
            except ValueError as error:
                yield Prediction(text, "", error=str(error))
                continue
            visits, values = model.search(board[None])
            shares = visits[0] / visits[0].sum()
            ranking = tuple((str(m + 1), float(shares[m])) for m in np.argsort(-shares)[:3])
            grid = board.reshape(1, rules.rows, rules.columns)
            title = f"value {values[0]:+.2f}"
            figure = plots.game_positions(grid, shares[None], [title], drops=rules.drops)
            columns = {"move": ranking[0][0], "value": float(values[0])}
            text_of = f"move {ranking[0][0]}, {title}"
            yield Prediction(text, text_of, plots.to_pixels(figure), ranking, columns=columns)


task = BoardGame()
