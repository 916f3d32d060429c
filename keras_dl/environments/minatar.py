"""MinAtar: five Atari games on boards of 10×10 cells."""

import importlib
from typing import Any

import numpy as np

from keras_dl.environments._extra import missing_package
from keras_dl.environments.base import Specification, Step
from keras_dl.environments.pictures import board

__all__ = ["GAMES", "MinAtar"]

GAMES = ("asterix", "breakout", "freeway", "seaquest", "space_invaders")
LIMIT = 5000  # steps; Freeway ends after 2500 by itself
NAMES = ("no-op", "left", "up", "right", "down", "fire")


class MinAtar:
    """A game with all six actions, of which 10 % are ignored for the one before.

    The difficulty rises during an episode where the game has levels. This is "v0" of the authors.

    Args:
        game: one of `GAMES`.

    Raises:
        ValueError: if the package is not installed.

    Reference:
        Young and Tian, 2019, MinAtar: An Atari-Inspired Testbed for Thorough and Reproducible
        Reinforcement Learning Experiments, arXiv:1903.03176.
    """

    def __init__(self, game: str) -> None:
        try:
            module = importlib.import_module("minatar")
        except ImportError:
            raise missing_package("minatar", f"minatar_{game}") from None
        self._game: Any = module.Environment(game, sticky_action_prob=0.1, difficulty_ramping=True)
        shape = tuple(self._game.state_shape())
        self.specification = Specification(f"minatar_{game}", shape, NAMES, LIMIT)

    def reset(self, seed: int) -> np.ndarray:
        """Starts an episode; the action before the first one is a no-op."""
        self._game.seed(seed % 2**32)
        self._game.last_action = 0
        self._game.reset()
        self._time = 0
        return self._frame()

    def step(self, action: int) -> Step:
        """Plays an action."""
        reward, terminated = self._game.act(action)
        self._time += 1
        terminated = bool(terminated)
        return Step(
            self._frame(), float(reward), terminated, not terminated and self._time >= LIMIT
        )

    def render(self) -> np.ndarray:
        """Returns the board."""
        return board(self._frame())

    def _frame(self) -> np.ndarray:
        return self._game.state().astype("uint8")
