"""The episode sampler of few-shot learning."""

from collections.abc import Sequence

import numpy as np

from keras_dl.data.samplers import limit
from keras_dl.utils.checks import check_count

__all__ = ["Episodes"]


class Episodes:
    """Samples episodes: `way` distinct classes, and distinct examples of each.

    The episodes depend on `seed` and `epoch` alone; a shorter request returns the first episodes of
    a longer one.

    Args:
        labels: class numbers (n,) of the split's examples.
        way: classes in an episode, at least 2.
        shot: support examples of each class, at least 1.
        query: query examples of each class, at least 1.
        episodes: episodes in an epoch, at least 1.
        split: name of the split, for messages.
        groups: name of the group of each class number, such as its alphabet: the classes of an
            episode are of one group, drawn among those that have enough; empty: of all classes.

    Attributes:
        num_examples: episodes in an epoch.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below its minimum, the split or every group has fewer than `way`
            classes, or a class has fewer than `shot + query` examples.

    Reference:
        Vinyals et al., 2016, Matching Networks for One Shot Learning, arXiv:1606.04080, section 2.
    """

    def __init__(
        self,
        labels: np.ndarray,
        *,
        way: int,
        shot: int,
        query: int,
        episodes: int,
        split: str = "train",
        groups: Sequence[str] = (),
    ) -> None:
        check_count("way", way, "it is the number of classes in an episode", least=2)
        check_count("shot", shot, "it is the number of support examples of each class")
        check_count("query", query, "it is the number of query examples of each class")
        check_count("episodes", episodes, "it is the number of episodes in an epoch")
        labels = np.asarray(labels)
        self.rows = [np.flatnonzero(labels == label) for label in np.unique(labels)]
        self.way, self.shot, self.query, self.num_examples = way, shot, query, episodes
        _check_classes(self.rows, split, way=way, shot=shot, query=query)
        self.pools = _pools(groups, len(self.rows), way, split)

    def indices(self, seed: int, epoch: int, batch_size: int, steps: int | None) -> np.ndarray:
        """Returns the example rows of an epoch's episodes.

        Args:
            seed: of the run, at least 0.
            epoch: number of the epoch, from 0.
            batch_size: episodes per step.
            steps: steps of the epoch at most; None for the whole epoch.

        Returns:
            int32 (n, way, shot + query) with n = min(num_examples, steps·batch_size); the first
            `shot` rows of a class are its support.
        """
        count = limit(self.num_examples, batch_size, steps)
        random = np.random.default_rng((seed, epoch))
        # One generator in sequence, so that fewer steps give the beginning of the same epoch.
        return np.stack([self._episode(random) for _ in range(count)]).astype(np.int32)

    def _episode(self, random: np.random.Generator) -> np.ndarray:
        # No draw among one pool: episodes without groups are those of any version.
        pool = self.pools[random.integers(len(self.pools)) if len(self.pools) > 1 else 0]
        classes = pool[random.choice(len(pool), self.way, replace=False)]
        size = self.shot + self.query
        return np.stack([random.choice(self.rows[c], size, replace=False) for c in classes])


def _pools(groups: Sequence[str], count: int, way: int, split: str) -> list[np.ndarray]:
    """Returns the positions of the classes that an episode may be drawn from, by group."""
    if not len(groups):
        return [np.arange(count)]
    names = np.asarray(groups)
    pools = [np.flatnonzero(names == name) for name in np.unique(names)]
    if largest := [pool for pool in pools if len(pool) >= way]:
        return largest
    raise ValueError(
        f"`way` must not exceed the {max(map(len, pools))} classes of the largest group of "
        f"'{split}'; the classes of an episode are of one group. Received: way={way}"
    )


def _check_classes(rows: list[np.ndarray], split: str, *, way: int, shot: int, query: int) -> None:
    if way > len(rows):
        raise ValueError(
            f"`way` must not exceed the {len(rows)} classes of '{split}'; the classes of an "
            f"episode are distinct. Received: way={way}"
        )
    smallest = min(map(len, rows))
    if shot + query > smallest:
        raise ValueError(
            f"`shot` + `query` must not exceed the {smallest} examples of the smallest class of "
            f"'{split}'; the examples of a class are distinct. Received: shot={shot}, query={query}"
        )
