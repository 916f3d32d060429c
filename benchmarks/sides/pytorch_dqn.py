"""Deep Q-learning in PyTorch, with the steps of CleanRL's `dqn.py`, environments side by side."""

from itertools import pairwise
from typing import Any

import numpy as np
import torch

__all__ = ["Loop"]


class Loop:
    """A perceptron of action values, its copy, and a replay buffer in NumPy.

    Args:
        environment: a `keras_dl.environments.VectorEnvironment` of CartPole.
        units: of the hidden layers.
        rate: of Adam.
        capacity: transitions of the buffer.
        batch: transitions of an update.
        share: of random actions.
        discount: of rewards a step later.
    """

    def __init__(
        self,
        environment: Any,
        *,
        units: tuple[int, ...],
        rate: float,
        capacity: int,
        batch: int,
        share: float,
        discount: float,
    ) -> None:
        torch.manual_seed(0)
        self._environment, self._random = environment, np.random.default_rng(0)
        self._net, self._target = _network(units), _network(units)
        self.copy_target()
        self._optimizer = torch.optim.Adam(self._net.parameters(), rate)
        self._capacity, self._batch = capacity, batch
        self._share, self._discount = share, discount
        self._observations, self._next = (np.zeros((capacity, 4), "float32") for _ in range(2))
        self._actions = np.zeros(capacity, "int64")
        self._rewards, self._terminated = (np.zeros(capacity, "float32") for _ in range(2))
        self.steps = 0  # of all environments

    def play(self) -> None:
        """Plays and stores one step of each environment."""
        before = self._environment.observations.copy()
        actions = self._random.integers(2, size=len(before))
        if self._random.random() >= self._share:
            with torch.no_grad():
                actions = self._net(torch.from_numpy(before)).argmax(1).numpy()
        after = self._environment.step(actions)
        at = np.arange(self.steps, self.steps + len(before)) % self._capacity
        self._observations[at], self._next[at], self._actions[at] = before, after.frames, actions
        self._rewards[at], self._terminated[at] = after.rewards, after.terminated
        self.steps += len(before)

    def update(self) -> None:
        """Makes an update on transitions that are drawn."""
        rows = self._random.integers(min(self.steps, self._capacity), size=self._batch)
        columns = (self._observations, self._next, self._actions, self._rewards, self._terminated)
        x, following, actions, rewards, terminated = (torch.from_numpy(c[rows]) for c in columns)
        with torch.no_grad():
            best = self._target(following).max(1).values
            expected = rewards + self._discount * best * (1 - terminated)
        values = self._net(x).gather(1, actions[:, None])[:, 0]
        loss = torch.nn.functional.mse_loss(expected, values)
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()

    def copy_target(self) -> None:
        """Gives the copy the weights of the network."""
        self._target.load_state_dict(self._net.state_dict())


def _network(units: tuple[int, ...]) -> Any:
    layers: list[Any] = []
    for size in pairwise((4, *units)):
        layers += [torch.nn.Linear(*size), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers, torch.nn.Linear(units[-1], 2))
