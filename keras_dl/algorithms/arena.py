"""Games between a network in training and its last reference: Elo differences, and a gate."""

import math
from collections.abc import Mapping

import numpy as np

from keras_dl.algorithms._frozen_copy import copy_weights
from keras_dl.algorithms.alphazero import AlphaZero
from keras_dl.games import play_match

__all__ = ["Arena", "elo_difference"]

GAMES, EVERY = 40, 5  # games of a rating; iterations between ratings without a gate
ACCEPTED = 0.55  # score from which the gate takes a new network


def elo_difference(score: float, games: int) -> float:
    """Returns the difference of strength that a score between two players means.

    Args:
        score: wins and half of the draws, as a share; 0 and 1 count as half a game less.
        games: number of games.

    Reference:
        Elo, 1978, The Rating of Chessplayers, in the logistic form: 400·log10(s / (1 - s)).

    Example:
        >>> round(elo_difference(0.75, 100), 1)
        190.8
    """
    score = min(max(score, 0.5 / games), 1 - 0.5 / games)
    return 400 * math.log10(score / (1 - score))


class Arena:
    """Rates a network against a reference, a copy of an earlier state of it.

    Args:
        model: the network in training.
        saved: the result of `arrays` of an earlier process, or None.
        gate: whether self-play is left to the reference, which is replaced by a network that
            scores 55 % against it, as in AlphaGo Zero; else the latest network plays, and the
            reference is replaced every five iterations.

    Attributes:
        reference: the copy.
        elo: rating of the reference; 0 for the untrained network.

    Reference:
        Silver et al., 2017, Mastering the game of Go without human knowledge, Nature 550, Methods,
        "Evaluator"; AlphaZero, 2018, has no gate.
    """

    def __init__(
        self, model: AlphaZero, saved: Mapping[str, np.ndarray] | None, *, gate: bool
    ) -> None:
        self._model, self._gate, self.elo = model, gate, 0.0
        self.reference = AlphaZero.from_config(model.get_config())
        self.reference.jit_compile = model.jit_compile
        weights = model.get_weights()
        if saved is not None:
            self.elo = float(saved["arena/elo"])
            weights = [saved[f"arena/{i:04d}"] for i in range(len(weights))]
        self.reference.set_weights(weights)

    @property
    def self_player(self) -> AlphaZero:
        """The network that plays both sides in self-play."""
        return self.reference if self._gate else self._model

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns weights and rating of the reference by name, for a checkpoint."""
        weights = self.reference.get_weights()
        named = {f"arena/{i:04d}": np.array(array) for i, array in enumerate(weights)}
        return {**named, "arena/elo": np.array(self.elo)}

    def rate(self, iteration: int, random: np.random.Generator) -> float:
        """Plays where a rating is due, and replaces the reference.

        Args:
            iteration: from 1.
            random: draws the first moves of the games, so that they differ.

        Returns:
            The latest rating.
        """
        if iteration % EVERY and not self._gate:
            return self.elo
        rules = self._model.rules
        sampled = rules.cells // 3
        players = [m.player(sampled_moves=sampled) for m in (self._model, self.reference)]
        score = play_match(rules, players[0], players[1], GAMES, random).score
        if not self._gate or score >= ACCEPTED:
            self.elo += elo_difference(score, GAMES)
            copy_weights(self._model, self.reference)
        return self.elo
