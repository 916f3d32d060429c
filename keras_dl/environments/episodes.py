"""Whole episodes of a policy, one for each seed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from keras_dl.environments.base import Environment
from keras_dl.environments.registry import make
from keras_dl.environments.vector import first_observation, next_observation

__all__ = ["Episode", "Policy", "play", "random_policy"]

Policy = Callable[[np.ndarray], np.ndarray]  # observations (n, *shape) → action values (n, actions)


@dataclass
class Episode:
    """An episode that has ended.

    Attributes:
        seed: of the episode.
        score: sum of its rewards, without discount.
        steps: its length.
        pictures: (height, width, 3) uint8 of each state, the first and the last too, if wanted.
    """

    seed: int
    score: float = 0.0
    steps: int = 0
    pictures: list[np.ndarray] = field(default_factory=list, repr=False)


def play(
    policy: Policy,
    name: str,
    seeds: Sequence[int],
    *,
    random_share: float | None = None,
    pictures: bool = False,
) -> list[Episode]:
    """Plays an episode for each seed, all side by side.

    Args:
        policy: values actions; the greatest is played. It always gets as many observations as
            there are seeds.
        name: of the environment.
        seeds: of the episodes, and of their random actions.
        random_share: share of random actions; None: that of the environment's evaluation.
        pictures: whether to keep a picture of each state.

    Returns:
        An episode for each seed.
    """
    players = [_Player(make(name), int(seed), pictures) for seed in seeds]
    observations = np.stack([player.observation for player in players])
    running = dict(enumerate(players))
    while running:
        actions = policy(observations).argmax(axis=-1).tolist()
        for index, player in list(running.items()):
            if player.step(actions[index], random_share):
                del running[index]
            observations[index] = player.observation
    return [player.episode for player in players]


class _Player:
    """An episode under way."""

    def __init__(self, game: Environment, seed: int, pictures: bool) -> None:
        self.episode = Episode(seed)
        self._game, self._pictures = game, pictures
        self._random = np.random.default_rng((seed, 1))
        self.observation = first_observation(game.reset(seed), game.specification.shape)
        self._film()

    def step(self, action: int, random_share: float | None) -> bool:
        """Plays an action, or a random one; returns whether the episode has ended."""
        specification = self._game.specification
        share = specification.random_share if random_share is None else random_share
        if share and self._random.random() < share:
            action = int(self._random.integers(len(specification.actions)))
        step = self._game.step(action)
        self.observation = next_observation(self.observation[None], step.frame[None])[0]
        self.episode.score += step.reward
        self.episode.steps += 1
        self._film()
        return step.terminated or step.truncated

    def _film(self) -> None:
        if self._pictures:
            self.episode.pictures.append(self._game.render())


def random_policy(actions: int, seed: int) -> Policy:
    """Returns the policy that plays each action with the same probability.

    Args:
        actions: number of actions.
        seed: of the choices.
    """
    random = np.random.default_rng(seed)
    return lambda observations: random.random((len(observations), actions))
