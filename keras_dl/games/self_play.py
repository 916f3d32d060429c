"""Self-play: games in which a search plays both sides, as examples for a network."""

from dataclasses import dataclass

import numpy as np

from keras_dl.games.players import draw_moves
from keras_dl.games.rules import Game
from keras_dl.games.search import Evaluate, RootNoise, search

__all__ = ["Examples", "augment", "play_both_sides"]


@dataclass(frozen=True)
class Examples:
    """Positions of games with the search's policy and the result.

    Attributes:
        boards: (n, cells) int8, as the player to move sees them.
        policy: shares of the visits, (n, moves) float32.
        value: result for the player to move: 1, 0 or -1, (n,) float32.
    """

    boards: np.ndarray
    policy: np.ndarray
    value: np.ndarray

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns the arrays by name."""
        return {"boards": self.boards, "policy": self.policy, "value": self.value}

    def take(self, rows: np.ndarray | slice) -> "Examples":
        """Returns some of the examples."""
        return Examples(self.boards[rows], self.policy[rows], self.value[rows])

    def append(self, more: "Examples", limit: int) -> "Examples":
        """Returns these and further examples, the latest `limit` of them."""
        pairs = zip(self.arrays().values(), more.arrays().values(), strict=True)
        return Examples(*(np.concatenate(pair)[-limit:] for pair in pairs))


def play_both_sides(
    game: Game,
    evaluate: Evaluate,
    games: int,
    simulations: int,
    random: np.random.Generator,
    *,
    exploration: float = 1.5,
    noise: bool = True,
    sampled_moves: int = 0,
) -> Examples:
    """Plays games at the same time; the trees of all are searched together.

    Args:
        game: rules.
        evaluate: priors and values.
        games: number of games.
        simulations: of each move; each search begins anew, as noise changes the root.
        random: draws moves and noise.
        exploration: as of `search`.
        noise: whether the roots have Dirichlet noise.
        sampled_moves: moves of each game that are drawn by their visits; then the most visited one.

    Returns:
        Positions in the order of their moves, those of all games after another.
    """
    boards, running = game.start(games), np.arange(games)
    results, lengths = np.zeros(games, "float32"), np.zeros(games, int)
    moments: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    root_noise = RootNoise(random) if noise else None
    while len(running):
        now = boards[running]
        visits, _ = search(
            game, now, evaluate, simulations, exploration=exploration, noise=root_noise
        )
        moments.append((running, now, visits))
        after = game.play(now, draw_moves(now, visits, sampled_moves, random))
        boards[running] = after
        ended, values = game.outcomes(after)
        done = running[ended]
        results[done], lengths[done] = values[ended], len(moments)
        running = running[~ended]
    return _joined(moments, results, lengths, simulations)


def _joined(
    moments: list[tuple[np.ndarray, np.ndarray, np.ndarray]],
    results: np.ndarray,
    lengths: np.ndarray,
    simulations: int,
) -> Examples:
    """The results, which are those for the player who would move next, by player of each move."""
    parts = []
    for ply, (rows, boards, visits) in enumerate(moments):
        sign = np.where((lengths[rows] - ply) % 2 == 0, 1, -1)
        policy = (visits / simulations).astype("float32")
        parts.append((rows, boards, policy, (sign * results[rows]).astype("float32")))
    rows, boards, policy, value = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    order = np.argsort(rows, kind="stable")
    return Examples(boards, policy, value).take(order)


def augment(game: Game, examples: Examples, random: np.random.Generator) -> Examples:
    """Returns each example under a symmetry of the game that is drawn for it.

    Args:
        game: rules.
        examples: n of them.
        random: draws.
    """
    cells, moves = game.symmetries
    drawn = random.integers(0, len(cells), len(examples.boards))
    boards = np.take_along_axis(examples.boards, cells[drawn], axis=1)
    policy = np.take_along_axis(examples.policy, moves[drawn], axis=1)
    return Examples(boards, policy, examples.value)
