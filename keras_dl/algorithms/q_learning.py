"""The loop of deep Q-learning: play, remember, update, copy; resumable between iterations."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from keras_dl.algorithms.dqn import DQN
from keras_dl.algorithms.replay_buffer import ReplayBuffer
from keras_dl.backend.compiled_calls import CompiledUpdates, compiled_outputs
from keras_dl.environments import VectorEnvironment

__all__ = ["Exploration", "Learner"]

RECENT = 100  # episodes whose mean return is reported


@dataclass(frozen=True)
class Exploration:
    """The share of random actions: from 1 linearly down to `final` after `steps` steps.

    Attributes:
        steps: steps of all environments together, from the first one.
        final: share from then on.
    """

    steps: int
    final: float

    def at(self, step: int) -> float:
        """Returns the share at a step.

        Args:
            step: steps of all environments so far.
        """
        return 1.0 + (self.final - 1.0) * min(step / max(self.steps, 1), 1.0)


class Learner:
    """A Q-network that plays and learns.

    Args:
        model: compiled.
        name: of the environment.
        seed: of its episodes and of what is drawn.
        environments: number of environments that are played together.
        capacity: frames of the replay buffer.
        warm_up: steps before the first update.
        updates_per_step: updates for each step of an environment.
        train_period: steps after which the updates that are due are made, in one call.
        target_period: updates between two copies of the network.
        exploration: share of random actions by step.
        batch_size: transitions of an update.

    Raises:
        TypeError, ValueError: for numbers that `ReplayBuffer` refuses.
    """

    def __init__(
        self,
        model: DQN,
        name: str,
        *,
        seed: int,
        environments: int,
        capacity: int,
        warm_up: int,
        updates_per_step: float,
        train_period: int,
        target_period: int,
        exploration: Exploration,
        batch_size: int,
    ) -> None:
        self._seed, self._model, self._size = seed, model, batch_size
        self._warm_up, self._rate = warm_up, updates_per_step
        self._train_period, self._target_period = train_period, target_period
        self._exploration = exploration
        self._environment = VectorEnvironment(name, environments, seed)
        self._specification = self._environment.specification
        self._buffer = ReplayBuffer(
            capacity,
            environments,
            self._specification.frame_shape,
            dtype=self._specification.dtype,
            history=self._specification.history,
        )
        self._values = compiled_outputs(model)
        self._update = CompiledUpdates(model, batch_size)
        self._scores = np.zeros(environments)  # of the episodes under way
        self._recent: deque[float] = deque(maxlen=RECENT)
        self._steps = self._updates = 0

    def learn(self, iteration: int, steps: int) -> dict[str, float]:
        """Plays and updates for one iteration.

        Args:
            iteration: its number, on which random numbers depend.
            steps: of all environments together; rounded up to a whole number of each.

        Returns:
            Means of the updates' "loss" and "action_value"; "return", that of the last 100 training
            episodes that have ended, NaN before the first; "exploration", the share of random
            actions; "updates" and "steps" of the whole training.

        Raises:
            ValueError: if there is no update in these steps.
        """
        random = np.random.default_rng((self._seed, iteration))
        before = self._updates
        sums: dict[str, float] = {}
        for _ in range(-(-steps // len(self._scores))):
            self._play(random)
            _add(sums, self._learn(random), 1.0)
        updates = self._updates - before
        if not updates:
            raise ValueError(
                "`warm_up` and `train_period` must leave updates in the steps of each epoch. "
                f"Received: warm_up={self._warm_up}, train_period={self._train_period}, "
                f"steps={steps}"
            )
        return {
            **{name: value / updates for name, value in sums.items()},
            "return": float(np.mean(self._recent)) if self._recent else np.nan,
            "exploration": self._exploration.at(self._steps),
            "updates": float(self._updates),
            "steps": float(self._steps),
        }

    def state(self) -> dict[str, np.ndarray]:
        """Returns all that is in no variable of the model, by name; not copied."""
        counts = np.array([self._steps, self._updates])
        parts = {"buffer": self._buffer.state(), "environment": self._environment.state()}
        arrays = {f"{part}/{n}": a for part, values in parts.items() for n, a in values.items()}
        recent = np.array(self._recent)
        return {**arrays, "scores": self._scores, "recent": recent, "counts": counts}

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Returns to a state; running episodes are played again.

        Args:
            arrays: result of `state` of a learner with the same arguments.

        Raises:
            ValueError: if it is that of another one.
        """
        for part, owner in (("buffer", self._buffer), ("environment", self._environment)):
            prefix = f"{part}/"
            owner.restore(
                {n.removeprefix(prefix): a for n, a in arrays.items() if n.startswith(prefix)}
            )
        self._scores[...] = arrays["scores"]
        self._recent.extend(arrays["recent"].tolist())
        self._steps, self._updates = arrays["counts"].tolist()

    def _play(self, random: np.random.Generator) -> None:
        """Plays and stores one step of each environment."""
        environment, count = self._environment, len(self._scores)
        share = self._exploration.at(self._steps)
        actions = random.integers(len(self._specification.actions), size=count)
        greedy = random.random(count) >= share
        if greedy.any():
            actions[greedy] = self._values(environment.observations).argmax(axis=-1)[greedy]
        frames = environment.frames
        after = environment.step(actions)
        rewards = np.sign(after.rewards) if self._specification.clip_rewards else after.rewards
        # Truncation ends an episode whose last state still has a value.
        self._buffer.add(frames, actions, rewards, after.terminated | after.life_lost)
        self._buffer.end(after.ended, after.frames)
        self._steps += count
        self._scores += after.rewards
        self._recent.extend(self._scores[after.ended].tolist())
        self._scores[after.ended] = 0.0

    def _learn(self, random: np.random.Generator) -> dict[str, float]:
        """Makes the updates that are due after this step; returns sums of their metrics."""
        before = self._steps - len(self._scores)
        if self._steps // self._train_period == before // self._train_period:
            return {}
        due = int(max(self._steps - self._warm_up, 0) * self._rate) - self._updates
        sums: dict[str, float] = {}
        while due > 0:  # never beyond the next copy of the network
            count = min(due, self._target_period - self._updates % self._target_period)
            logs = self._update(*self._buffer.sample(random, count * self._size))
            _add(sums, logs, count)
            self._updates, due = self._updates + count, due - count
            if self._updates % self._target_period == 0:
                self._model.copy_target()
        return sums


def _add(sums: dict[str, float], values: Mapping[str, float], weight: float) -> None:
    for name, value in values.items():
        sums[name] = sums.get(name, 0.0) + weight * value
