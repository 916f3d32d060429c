"""Catch: a ball falls, a paddle of one cell catches it."""

import numpy as np

from keras_dl.environments.base import Specification, Step
from keras_dl.environments.pictures import board

__all__ = ["Catch"]

ROWS, COLUMNS = 10, 5


class Catch:
    """A ball falls from the top of a board of 10×5 cells; 1 for catching it, -1 for missing it.

    Reference:
        Mnih et al., 2014, Recurrent Models of Visual Attention, section 4.2; sizes of Osband et
        al., 2020, Behaviour Suite for Reinforcement Learning, arXiv:1908.03568, "catch".
    """

    specification = Specification("catch", (ROWS, COLUMNS, 2), ("left", "stay", "right"), ROWS)

    def reset(self, seed: int) -> np.ndarray:
        """Drops a ball in a column that the seed draws."""
        self._ball = [0, int(np.random.default_rng(seed).integers(COLUMNS))]
        self._paddle = COLUMNS // 2
        return self._frame()

    def step(self, action: int) -> Step:
        """Moves the paddle, and the ball one row down."""
        self._paddle = min(max(self._paddle + action - 1, 0), COLUMNS - 1)
        self._ball[0] += 1
        ended = self._ball[0] == ROWS - 1
        reward = 0.0 if not ended else 1.0 if self._ball[1] == self._paddle else -1.0
        return Step(self._frame(), reward, ended, False)

    def render(self) -> np.ndarray:
        """Returns the board."""
        return board(self._frame())

    def _frame(self) -> np.ndarray:
        frame = np.zeros((ROWS, COLUMNS, 2), "uint8")
        frame[ROWS - 1, self._paddle, 0] = frame[self._ball[0], self._ball[1], 1] = 1
        return frame
