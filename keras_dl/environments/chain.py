"""A chain of five states, whose values are known exactly."""

import numpy as np

from keras_dl.environments.base import Specification, Step
from keras_dl.environments.pictures import board

__all__ = ["Chain", "chain_values"]

STATES, LIMIT = 5, 20
NEAR, FAR = 0.2, 1.0  # rewards of the left and of the right end


class Chain:
    """Left or right from one of the three inner states; 0.2 for the left end, 1 for the right.

    Observations are one-hot, episodes end at both ends and are truncated after 20 steps.
    """

    specification = Specification("chain", (STATES,), ("left", "right"), LIMIT, dtype="float32")

    def reset(self, seed: int) -> np.ndarray:
        """Starts in an inner state, which the seed draws."""
        self._state, self._time = 1 + int(np.random.default_rng(seed).integers(STATES - 2)), 0
        return self._frame()

    def step(self, action: int) -> Step:
        """Moves to a neighbour."""
        self._state, self._time = self._state + (1 if action else -1), self._time + 1
        reward = {0: NEAR, STATES - 1: FAR}.get(self._state, 0.0)
        ended = self._state in (0, STATES - 1)
        return Step(self._frame(), reward, ended, not ended and self._time >= LIMIT)

    def render(self) -> np.ndarray:
        """Returns the chain with the place of the player."""
        return board(np.stack([np.ones(STATES), self._frame()], axis=-1)[None])

    def _frame(self) -> np.ndarray:
        frame = np.zeros(STATES, "float32")
        frame[self._state] = 1.0
        return frame


def chain_values(discount: float) -> np.ndarray:
    """Computes the optimal action values of the inner states by value iteration.

    Args:
        discount: of rewards a step later, in [0, 1).

    Returns:
        (3, 2) float64: by inner state and action.
    """
    values = np.zeros((STATES, 2))
    while True:
        best = values.max(axis=1) * np.isin(np.arange(STATES), (0, STATES - 1), invert=True)
        new = np.zeros_like(values)
        for state in range(1, STATES - 1):
            rewards = NEAR * (state == 1), FAR * (state == STATES - 2)
            new[state] = np.add(rewards, discount * best[[state - 1, state + 1]])
        if np.abs(new - values).max() < 1e-12:
            return new[1:-1]
        values = new
