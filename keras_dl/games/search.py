"""Monte Carlo tree search with predicted values and priors (PUCT), of many positions at once.

Each simulation descends all trees and evaluates their new leaves in one call.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from keras_dl.games.rules import Game

__all__ = ["Evaluate", "RootNoise", "search", "uniform"]

# From boards (n, cells) to probabilities of the moves (n, moves), 0 for illegal ones, and values
# for the player to move (n), -1 … 1.
Evaluate = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class RootNoise:
    """Dirichlet noise on the priors of the root.

    Attributes:
        random: generator that draws it.
        share: of the noise in the prior.
        concentration: α times the number of legal moves.
    """

    random: np.random.Generator
    share: float = 0.25
    concentration: float = 10.0


def uniform(game: Game) -> Evaluate:
    """Returns an evaluator without knowledge: equal probabilities, value 0."""

    def evaluate(boards: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        legal = game.legal(boards)
        return legal / legal.sum(axis=1, keepdims=True), np.zeros(len(boards), "float32")

    return evaluate


def search(
    game: Game,
    boards: np.ndarray,
    evaluate: Evaluate,
    simulations: int,
    *,
    exploration: float = 1.5,
    noise: RootNoise | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Searches the moves of positions.

    Args:
        game: rules.
        boards: (n, cells); none has ended.
        evaluate: priors and values of positions.
        simulations: descents of each tree, at least 1.
        exploration: factor c of the prior's term. A move without visits has the predicted value of
            its position in place of a mean.
        noise: on the priors of the roots; None: none, as in play after training.

    Returns:
        Visits of each move (n, moves) int64, whose sums are `simulations`, and the mean value of
        the simulations for the player to move, (n,).

    Raises:
        ValueError: if a game has ended, or `simulations` is below 1.

    Reference:
        Silver et al., 2018, A general reinforcement learning algorithm that masters chess, shogi
        and Go through self-play, Science 362, supplementary materials, "Search"; Rosin, 2011,
        Multi-armed bandits with episode context.
    """
    if simulations < 1:
        raise ValueError(f"`simulations` must be 1 or more. Received: simulations={simulations}")
    if len(boards) and game.outcomes(boards)[0].any():
        raise ValueError("`boards` must be positions of games that go on. Received: an ended one")
    trees = _Trees(game, boards, simulations, exploration)
    trees.evaluate(np.arange(len(boards)), np.zeros(len(boards), int), evaluate)
    if noise is not None:
        trees.add_noise(noise)
    for _ in range(simulations):
        leaves, path, new = trees.descend()
        trees.evaluate(new, leaves[new], evaluate)
        trees.back_up(leaves, path)
    visits = trees.visits[:, 0].astype("int64")
    return visits, trees.totals[:, 0].sum(axis=1) / simulations


class _Trees:
    """Trees of equal size in arrays; nodes of a tree are numbered as they are added."""

    def __init__(self, game: Game, boards: np.ndarray, simulations: int, exploration: float):
        count, size = len(boards), simulations + 1
        self.game, self.exploration, self.trees = game, exploration, np.arange(count)
        self.boards = np.zeros((count, size, game.cells), "int8")
        self.boards[:, 0] = boards
        self.sizes = np.ones(count, int)
        self.ended = np.zeros((count, size), bool)
        self.values = np.zeros((count, size), "float32")  # predicted, or the result
        edges = (count, size, game.moves)
        self.children = np.full(edges, -1)
        self.legal = np.zeros(edges, bool)
        self.priors, self.visits, self.totals = (np.zeros(edges, "float32") for _ in range(3))

    def descend(self) -> tuple[np.ndarray, list[tuple[np.ndarray, ...]], np.ndarray]:
        """Goes to a new node, or to one where the game has ended.

        Returns:
            Node of each tree, edges on the way (trees, nodes, moves), trees whose node is new.
        """
        leaves, path, new = np.zeros(len(self.trees), int), [], []
        trees = self.trees
        while len(trees):
            nodes = leaves[trees]
            moves = self._choose(trees, nodes)
            path.append((trees, nodes, moves))
            children = self.children[trees, nodes, moves]
            added = children < 0
            if added.any():
                children[added] = self._add(trees[added], nodes[added], moves[added])
                new.append(trees[added])
            leaves[trees] = children
            trees = trees[~added & ~self.ended[trees, children]]
        return leaves, path, np.concatenate(new) if new else self.trees[:0]

    def _choose(self, trees: np.ndarray, nodes: np.ndarray) -> np.ndarray:
        visits = self.visits[trees, nodes]
        unknown = self.values[trees, nodes][:, None]
        means = np.where(visits > 0, self.totals[trees, nodes] / np.maximum(visits, 1), unknown)
        total = np.sqrt(1 + visits.sum(axis=1, keepdims=True))
        bonus = self.exploration * self.priors[trees, nodes] * total / (1 + visits)
        return np.where(self.legal[trees, nodes], means + bonus, -np.inf).argmax(axis=1)

    def _add(self, trees: np.ndarray, nodes: np.ndarray, moves: np.ndarray) -> np.ndarray:
        places = self.sizes[trees]
        self.sizes[trees] += 1
        self.children[trees, nodes, moves] = places
        self.boards[trees, places] = self.game.play(self.boards[trees, nodes], moves)
        return places

    def evaluate(self, trees: np.ndarray, nodes: np.ndarray, evaluate: Evaluate) -> None:
        """Sets values of nodes: the result where the game has ended, else priors, too.

        Args:
            trees: (n,), those of the nodes.
            nodes: (n,), new ones.
            evaluate: priors and values of positions.
        """
        boards = self.boards[trees, nodes]
        ended, results = self.game.outcomes(boards)
        self.ended[trees, nodes], self.values[trees, nodes] = ended, results
        trees, nodes, boards = (array[~ended] for array in (trees, nodes, boards))
        if len(boards):
            self.legal[trees, nodes] = self.game.legal(boards)
            self.priors[trees, nodes], self.values[trees, nodes] = evaluate(boards)

    def back_up(self, leaves: np.ndarray, path: list[tuple[np.ndarray, ...]]) -> None:
        """Adds the values of the leaves to the edges on the way.

        A value is one for the player to move, who alternates: its sign changes with each edge.

        Args:
            leaves: node of each tree where the descent has ended.
            path: edges on the way, as `descend` returns them.
        """
        values = self.values[self.trees, leaves]
        for edges in reversed(path):
            values[edges[0]] *= -1
            self.totals[edges] += values[edges[0]]
            self.visits[edges] += 1

    def add_noise(self, noise: RootNoise) -> None:
        """Mixes the priors of the roots with noise on their legal moves."""
        legal = self.legal[:, 0]
        alpha = noise.concentration / legal.sum(axis=1, keepdims=True)
        drawn = np.where(legal, noise.random.gamma(np.broadcast_to(alpha, legal.shape)), 0)
        drawn /= np.maximum(drawn.sum(axis=1, keepdims=True), 1e-30)
        self.priors[:, 0] = (1 - noise.share) * self.priors[:, 0] + noise.share * drawn
