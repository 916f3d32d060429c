"""The interface of an environment: what a game tells, and what it is told."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

__all__ = ["Environment", "Specification", "Step"]


@dataclass(frozen=True)
class Specification:
    """What holds for every episode of an environment.

    Attributes:
        name: of the environment.
        frame_shape: shape of one frame: (numbers,) or (height, width, channels).
        actions: name of each action.
        limit: steps after which an episode is truncated.
        dtype: of the frames.
        history: frames of an observation, stacked along the last axis, the oldest first; frames
            from before the episode are 0.
        white: number by which a network divides the frames.
        clip_rewards: whether a learner sees the sign of a reward in its place.
        random_share: share of random actions in evaluation.
    """

    name: str
    frame_shape: tuple[int, ...]
    actions: tuple[str, ...]
    limit: int
    dtype: str = "uint8"
    history: int = 1
    white: float = 1.0
    clip_rewards: bool = False
    random_share: float = 0.0

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of an observation."""
        return (*self.frame_shape[:-1], self.frame_shape[-1] * self.history)


class Step(NamedTuple):
    """What follows an action.

    Attributes:
        frame: the next frame, of the episode's end too.
        reward: of the action.
        terminated: whether the episode has ended in a state without a future.
        truncated: whether it is cut off, as at the limit of steps; the state has a value.
        life_lost: whether the state is without a future for the learner, though the game goes on.
    """

    frame: np.ndarray
    reward: float
    terminated: bool
    truncated: bool
    life_lost: bool = False


class Environment(Protocol):
    """A game for one player; the same seed and actions give the same episode."""

    @property
    def specification(self) -> Specification:
        """What holds for every episode."""
        ...

    def reset(self, seed: int) -> np.ndarray:
        """Starts an episode.

        Args:
            seed: of all that is random in it.

        Returns:
            The first frame.
        """
        ...

    def step(self, action: int) -> Step:
        """Plays an action, until the episode has ended.

        Args:
            action: its number.
        """
        ...

    def render(self) -> np.ndarray:
        """Returns a picture of the state, (height, width, 3) uint8."""
        ...
