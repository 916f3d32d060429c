"""The sampler of domain adaptation: one example of each domain per row, drawn independently."""

from collections.abc import Sequence

import numpy as np

from keras_dl.data.samplers import limit
from keras_dl.utils.checks import check_count

__all__ = ["DomainSampler"]

ATTEMPTS = 20  # of moving twins apart; a single attempt suffices unless a domain is tiny


class DomainSampler:
    """Samples rows that hold one example of each domain.

    Each domain has an order of its own in each epoch; smaller domains repeat in further orders
    until the largest is exhausted. Domains are often made from each other, as MNIST-M from MNIST,
    with equal positions in both: no row holds the same position of two domains, unless a domain has
    too few examples to avoid it.

    Args:
        sizes: examples of each domain, at least 1 each; they follow one another in the split.

    Attributes:
        num_examples: rows in an epoch, the size of the largest domain.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1 or `sizes` is empty.

    Reference:
        Ganin et al., 2016, Domain-Adversarial Training of Neural Networks, section 5.2.2: half of a
        batch is drawn from the source, the other half from the target.
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        if not sizes:
            raise ValueError("`sizes` must hold the size of at least one domain. Received: none")
        for size in sizes:
            check_count("sizes", size, "it is the number of examples of a domain")
        self.sizes = tuple(int(size) for size in sizes)
        self.num_examples = max(self.sizes)

    def indices(self, seed: int, epoch: int, batch_size: int, steps: int | None) -> np.ndarray:
        """Returns the rows of one epoch.

        Args:
            seed: of the training.
            epoch: number of the epoch, from 0.
            batch_size: rows per step.
            steps: steps per epoch at most; None for a whole epoch.

        Returns:
            (n, domains) int32, see `Sampler.indices`.
        """
        columns: list[np.ndarray] = []
        for domain, size in enumerate(self.sizes):
            random = np.random.default_rng((seed, epoch, domain))
            repeats = -(-self.num_examples // size)
            order = np.concatenate([random.permutation(size) for _ in range(repeats)])
            columns.append(_apart(order[: self.num_examples], columns, random))
        firsts = np.cumsum((0, *self.sizes[:-1]))
        rows = np.stack(columns, axis=1) + firsts
        return rows[: limit(self.num_examples, batch_size, steps)].astype(np.int32)


def _apart(
    order: np.ndarray, columns: Sequence[np.ndarray], random: np.random.Generator
) -> np.ndarray:
    """Swaps the positions that an earlier domain has in the same row with those of random rows."""
    for _ in range(ATTEMPTS):
        twins = np.flatnonzero(np.any([order == column for column in columns], axis=0))
        if not twins.size:
            break
        for row, other in zip(twins, random.integers(len(order), size=twins.size), strict=True):
            order[[row, other]] = order[[other, row]]
    return order
