"""The replay memory of Q-learning: a ring of frames, from which transitions are drawn."""

from collections.abc import Mapping

import numpy as np

from keras_dl.utils.checks import check_count

__all__ = ["ReplayBuffer"]


class ReplayBuffer:
    """The last frames of several environments, each stored once in its own type.

    An observation is put together from a frame and those before it in the same episode; frames from
    before the episode are 0. The last frame of an episode is stored without an action, so that no
    transition leads from one episode to the next.

    Args:
        capacity: frames of all environments together.
        environments: their number.
        frame_shape: shape of a frame.
        dtype: of the frames.
        history: frames of an observation.

    Raises:
        TypeError: if a number is no integer.
        ValueError: if a number is below 1, or an environment has fewer than `history` + 2 frames.

    Reference:
        Mnih et al., 2015, Human-level control through deep reinforcement learning, Nature 518,
        methods, "Training algorithm for deep Q-networks".
    """

    def __init__(
        self,
        capacity: int,
        environments: int,
        frame_shape: tuple[int, ...],
        *,
        dtype: str = "uint8",
        history: int = 1,
    ) -> None:
        check_count("environments", environments, "each has a part of the buffer")
        check_count("history", history, "it is the number of frames of an observation")
        least = environments * (history + 2)
        check_count("capacity", capacity, "it is the number of frames", least=least)
        shape = environments, capacity // environments
        self._history, self._length = history, shape[1]
        self._written = np.zeros(environments, "int64")  # frames so far, overwritten ones included
        self._age = np.zeros(environments, "int32")  # steps of the episodes under way
        self._frames = np.zeros((*shape, *frame_shape), dtype)
        self._ages = np.zeros(shape, "int32")  # step of its episode that a frame is from
        self._last = np.zeros(shape, bool)  # frames that end an episode
        self._actions = np.zeros(shape, "int32")
        self._rewards = np.zeros(shape, "float32")
        self._terminated = np.zeros(shape, bool)

    def __len__(self) -> int:
        """Frames that can be drawn from."""
        return int(np.minimum(self._written, self._length).sum())

    def add(
        self, frames: np.ndarray, actions: np.ndarray, rewards: np.ndarray, terminated: np.ndarray
    ) -> None:
        """Stores a step of each environment.

        Args:
            frames: (environments, *frame), before the action.
            actions: (environments,) integers.
            rewards: (environments,).
            terminated: (environments,): whether the state after the action has no future.
        """
        rows = np.arange(len(self._written)), self._written % self._length
        self._frames[rows], self._ages[rows], self._last[rows] = frames, self._age, False
        self._actions[rows], self._rewards[rows] = actions, rewards
        self._terminated[rows] = terminated
        self._written += 1
        self._age += 1

    def end(self, ended: np.ndarray, frames: np.ndarray) -> None:
        """Stores the last frames of episodes; the next frame that is added starts an episode.

        Args:
            ended: (environments,) bool: which episodes have ended.
            frames: (environments, *frame), after the last action.
        """
        which = np.flatnonzero(ended)
        rows = which, self._written[which] % self._length
        self._frames[rows], self._ages[rows] = frames[which], self._age[which]
        self._last[rows] = True
        self._written[which] += 1
        self._age[which] = 0

    def sample(
        self, random: np.random.Generator, count: int
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Draws transitions with replacement, each with the same probability.

        Args:
            random: draws them.
            count: number of transitions.

        Returns:
            Observations (count, *shape), and "action", "reward", "next_observation" and
            "terminated" by name.

        Raises:
            ValueError: if the buffer holds no whole transition.
        """
        environments, numbers = self._draw(random, count)
        rows = environments, numbers % self._length
        ages = self._ages[rows]
        return self._observations(environments, numbers, ages), {
            "action": self._actions[rows],
            "reward": self._rewards[rows],
            "next_observation": self._observations(environments, numbers + 1, ages + 1),
            "terminated": self._terminated[rows].astype("float32"),
        }

    def state(self) -> dict[str, np.ndarray]:
        """Returns the contents by name; the arrays are those of the buffer, not copies."""
        return {name.removeprefix("_"): getattr(self, name) for name in ARRAYS}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Returns to a state.

        Args:
            state: result of `state` of a buffer with the same arguments.

        Raises:
            ValueError: if it is that of another buffer.
        """
        for name in ARRAYS:
            own, array = getattr(self, name), state[name.removeprefix("_")]
            if own.shape != array.shape:
                raise ValueError(
                    "`state` must be that of a buffer with the same arguments. "
                    f"Received: {array.shape} for {own.shape}"
                )
            own[...] = array

    def _draw(self, random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Draws frames that have a whole history and a next frame: environments and numbers.

        Two frames of the ring beyond the history suffice for one of them to be such a frame.
        """
        stored = np.minimum(self._written, self._length)
        ends = np.cumsum(np.maximum(stored - 1, 0))  # the newest frame has no next one yet
        if ends[-1] == 0:
            raise ValueError("`sample` needs a stored transition. Received: none")
        parts: list[np.ndarray] = []
        while sum(map(len, parts)) < count:
            places = random.integers(ends[-1], size=count)
            which = np.searchsorted(ends, places, side="right")
            offsets = places - np.concatenate([[0], ends])[which]
            numbers = (self._written - stored)[which] + offsets
            rows = which, numbers % self._length
            whole = np.minimum(self._ages[rows], self._history - 1) <= offsets
            parts.append(np.stack([which, numbers])[:, whole & ~self._last[rows]].T)
        which, numbers = np.concatenate(parts)[:count].T
        return which, numbers

    def _observations(
        self, environments: np.ndarray, numbers: np.ndarray, ages: np.ndarray
    ) -> np.ndarray:
        """Stacks the frames of these numbers and those before them in their episodes."""
        if self._history == 1:
            return self._frames[environments, numbers % self._length]
        parts = []
        for back in reversed(range(self._history)):
            frames = self._frames[environments, (numbers - back) % self._length]
            frames[ages < back] = 0
            parts.append(frames)
        return np.concatenate(parts, axis=-1)


ARRAYS = ("_written", "_age", "_frames", "_ages", "_last", "_actions", "_rewards", "_terminated")
