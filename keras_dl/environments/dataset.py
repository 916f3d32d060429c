"""An environment as a data set: random transitions, and the seeds of episodes that test."""

import numpy as np

from keras_dl.data.dataset import Data, Split
from keras_dl.environments.base import Specification
from keras_dl.environments.registry import make
from keras_dl.environments.specs import Actions, Observations
from keras_dl.environments.vector import episode_seed, first_observation, next_observation
from keras_dl.utils.checks import check_count

__all__ = ["load_environment", "seeds_of", "specification_of"]

FIRST = 8  # transitions of each episode
NUMBERS = {"train": 0, "validation": 1, "test": 2}


def load_environment(
    name: str, *, batch_size: int = 32, validation_episodes: int = 20, test_episodes: int = 100
) -> Data:
    """Makes a data set of an environment.

    A split holds the first eight transitions of random play in episodes of the split's seeds. Those
    of validation and test are the seeds of the episodes that measure a policy; training draws
    others.

    Args:
        name: of the environment, see `keras_dl.environments.make`.
        batch_size: transitions per update.
        validation_episodes: seeds of validation.
        test_episodes: seeds of the test.

    Returns:
        x are observations, y what follows: "action", "reward", "next_observation", "terminated"
        (0 where the next state has a value) and the "seed" of the episode.

    Raises:
        DatasetError: if there is no such environment.
        DatasetUnavailable: if its package is not installed.
        TypeError, ValueError: if a number is no integer above 0.
    """
    check_count("validation_episodes", validation_episodes, "they measure a policy")
    check_count("test_episodes", test_episodes, "they measure a policy")
    counts = {"train": validation_episodes, "validation": validation_episodes}
    counts["test"] = test_episodes
    splits = {
        split: _random_transitions(
            name, [episode_seed(NUMBERS[split], number) for number in range(count)]
        )
        for split, count in counts.items()
    }
    specification = make(name).specification
    return Data.from_splits(
        name,
        splits,
        inputs=Observations(environment=name, white=specification.white),
        targets=Actions(names=specification.actions),
        source=f"random play, {len(specification.actions)} actions",
        batch_size=batch_size,
    )


def specification_of(data: Data) -> Specification:
    """Returns the specification of the environment of a data set.

    Args:
        data: result of `load_environment`.

    Raises:
        ValueError: if it is another data set.
    """
    if isinstance(data.inputs, Observations):
        return make(data.inputs.environment).specification
    raise ValueError(
        "`dataset` must be an environment, such as cartpole. "
        f"Received: {data.name}, of {type(data.inputs).__name__}"
    )


def seeds_of(split: Split) -> list[int]:
    """Returns the seeds of a split's episodes, in their order."""
    return list(dict.fromkeys(split.y["seed"].tolist()))


def _random_transitions(name: str, seeds: list[int]) -> Split:
    game, rows = make(name), []
    specification = game.specification
    for seed in seeds:
        random = np.random.default_rng((seed, 2))
        before = first_observation(game.reset(seed), specification.shape)
        for _ in range(FIRST):
            action = int(random.integers(len(specification.actions)))
            step = game.step(action)
            after = next_observation(before[None], step.frame[None])[0]
            without_future = step.terminated or step.life_lost
            rows.append((before, action, step.reward, after, without_future, seed))
            before = after
            if step.terminated or step.truncated:
                break
    before, action, reward, after, terminated, seed = (np.array(c) for c in zip(*rows, strict=True))
    if specification.clip_rewards:
        reward = np.sign(reward)
    y = {"action": action.astype("int32"), "reward": reward.astype("float32")}
    y |= {"next_observation": after, "terminated": terminated.astype("float32")}
    return Split(before, {**y, "seed": seed.astype("int32")})
