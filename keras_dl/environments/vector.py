"""Several environments of one kind, played step by step together."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from keras_dl.environments.base import Environment
from keras_dl.environments.registry import make

__all__ = ["Steps", "VectorEnvironment", "episode_seed", "first_observation", "next_observation"]

TRAINING = 3  # first number of the seeds of training; validation and test have other ones


class Steps(NamedTuple):
    """What follows the actions in all environments; see `keras_dl.environments.base.Step`.

    Attributes:
        frames: (n, *frame), of ended episodes the last ones.
        rewards: (n,) float32.
        terminated: (n,) bool.
        truncated: (n,) bool.
        life_lost: (n,) bool.
    """

    frames: np.ndarray
    rewards: np.ndarray
    terminated: np.ndarray
    truncated: np.ndarray
    life_lost: np.ndarray

    @property
    def ended(self) -> np.ndarray:
        """(n,) bool: which episodes are over."""
        return self.terminated | self.truncated


class VectorEnvironment:
    """Environments of one kind; a new episode follows each that has ended.

    The seed of an episode depends on `seed`, the number of its environment and its own number. So
    `state` needs no more than the actions of the episodes under way: `restore` plays them again.

    Args:
        name: of the environment.
        count: of environments.
        seed: of all episodes.

    Attributes:
        specification: what holds for every episode.
        frames: (n, *frame), the frame of each environment.
        observations: (n, *shape), frames with their history.
    """

    def __init__(self, name: str, count: int, seed: int) -> None:
        self._seed = seed
        self._games: list[Environment] = [make(name) for _ in range(count)]
        self.specification = self._games[0].specification
        dtype, shape = self.specification.dtype, self.specification.frame_shape
        self.frames = np.zeros((count, *shape), dtype)
        self.observations = np.zeros((count, *self.specification.shape), dtype)
        self._episodes = np.full(count, -1)
        self._actions: list[list[int]] = [[] for _ in range(count)]
        for index in range(count):
            self._begin(index)

    def step(self, actions: np.ndarray) -> Steps:
        """Plays an action in each environment.

        Args:
            actions: (n,) integers.

        Returns:
            What follows them; `frames` and `observations` of ended episodes are those of the next.
        """
        numbers = actions.tolist()
        results = [game.step(action) for game, action in zip(self._games, numbers, strict=True)]
        for own, action in zip(self._actions, numbers, strict=True):
            own.append(action)
        frames, rewards, *flags = (np.array(column) for column in zip(*results, strict=True))
        steps = Steps(frames, rewards.astype("float32"), *flags)
        self.frames = frames.copy()
        self.observations = next_observation(self.observations, frames)
        for index in np.flatnonzero(steps.ended):
            self._begin(int(index))
        return steps

    def state(self) -> dict[str, np.ndarray]:
        """Returns what `restore` needs: numbers of the episodes, and their actions so far."""
        lengths = np.array([len(own) for own in self._actions])
        flat = np.array([action for own in self._actions for action in own], "uint8")
        return {"episodes": self._episodes.copy(), "lengths": lengths, "actions": flat}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Returns to a state.

        Args:
            state: result of `state`, of as many environments and the same seed.
        """
        ends = np.cumsum(state["lengths"])
        played = np.split(state["actions"], ends[:-1])
        for index, (episode, actions) in enumerate(zip(state["episodes"], played, strict=True)):
            self._episodes[index] = episode - 1
            self._begin(index)
            self._actions[index] = actions.tolist()
            for action in self._actions[index]:
                frame = self._games[index].step(action).frame
                self.frames[index] = frame
                after = next_observation(self.observations[index : index + 1], frame[None])
                self.observations[index] = after[0]

    def _begin(self, index: int) -> None:
        self._episodes[index] += 1
        self._actions[index] = []
        seed = episode_seed(TRAINING, self._seed, index, int(self._episodes[index]))
        self.frames[index] = self._games[index].reset(seed)
        self.observations[index] = first_observation(
            self.frames[index], self.observations.shape[1:]
        )


def episode_seed(*numbers: int) -> int:
    """Returns a seed of 31 bits that depends on all numbers.

    Args:
        *numbers: 0 or more.
    """
    return int(np.random.SeedSequence(numbers).generate_state(1)[0]) >> 1


def first_observation(frame: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Returns the observation at the start of an episode: its frame behind zeros.

    Args:
        frame: (…, channels).
        shape: of an observation.
    """
    observation = np.zeros(shape, frame.dtype)
    observation[..., shape[-1] - frame.shape[-1] :] = frame
    return observation


def next_observation(observations: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """Returns observations with the next frame for the oldest one.

    Args:
        observations: (n, …, channels · history).
        frames: (n, …, channels).
    """
    if observations.shape == frames.shape:
        return frames
    return np.concatenate([observations[..., frames.shape[-1] :], frames], axis=-1)
