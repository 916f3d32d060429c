"""Settings near others: some of their values moved, or another category drawn."""

import numpy as np

from keras_dl.tuning.encoding import Space

__all__ = ["neighbours"]

ALL = 0.1  # probability of another category where all dimensions change


def neighbours(
    space: Space, parents: np.ndarray, count: int, reach: float, random: np.random.Generator
) -> np.ndarray:
    """Returns settings near the parents, equally many of each.

    Args:
        space: space of the settings.
        parents: settings, (parents, dimensions).
        count: number of settings.
        reach: standard deviation of the distance that a number moves.
        random: source of all random numbers.
    """
    parents = np.resize(parents, (count, len(space)))
    share = random.choice([1 / len(space), 2 / len(space), 0.3, 1.0], size=(count, 1))
    changed = random.uniform(size=parents.shape) < share
    changed[np.arange(count), random.integers(len(space), size=count)] = True
    categorical = np.array([d.categorical for d in space.dimensions])
    rarely = (share == 1.0) & categorical & (random.uniform(size=parents.shape) > ALL)
    length = reach * np.exp(0.5 * random.normal(size=(count, 1)))
    moved = np.abs(parents + length * random.normal(size=parents.shape))
    moved = np.where(moved > 1, np.maximum(2 - moved, 0), moved)  # reflected at both ends
    fresh = space.draw(random.uniform(size=parents.shape), gaps=False)
    other = np.where(categorical, fresh, moved)
    settings = np.where(changed & ~rarely, other, parents)
    return space.snap(np.where(np.isnan(parents), fresh, settings))  # may have become active
