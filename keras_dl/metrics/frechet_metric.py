"""Fréchet distance as a Keras metric."""

from typing import Any

import keras
from keras import ops

__all__ = ["FrechetDistance"]


@keras.saving.register_keras_serializable("keras_dl")
class FrechetDistance(keras.metrics.Metric):
    """Computes the Fréchet distance between normal distributions fitted to two feature sets.

    ‖μ₁ - μ₂‖² + tr(Σ₁ + Σ₂ - 2(Σ₁Σ₂)^½), with covariances divided by n - 1, from sums over all
    batches. On Inception features it is the FID; values on other features are comparable neither
    with the FID nor with each other. Sums are in float32: features should have means near 0.

    Args:
        size: number of features.
        name: name of the metric.
        **kwargs: `dtype` of `keras.metrics.Metric`.

    Reference:
        Heusel et al., 2017, GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash
        Equilibrium, arXiv:1706.08500, eq. 6. Dowson and Landau, 1982, The Fréchet distance between
        multivariate normal distributions, Journal of Multivariate Analysis 12.
    """

    def __init__(self, size: int, name: str = "frechet_distance", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.size = size
        self.count = self.add_variable((), initializer="zeros", name="count")
        self.sums = self.add_variable((2, size), initializer="zeros", name="sums")
        self.squares = self.add_variable((2, size, size), initializer="zeros", name="squares")

    def update_state(self, real: keras.KerasTensor, fake: keras.KerasTensor) -> None:
        """Adds a batch of features, (batch, size) each."""
        both: Any = ops.stack([ops.cast(real, "float32"), ops.cast(fake, "float32")])
        batch: Any = ops.shape(both)
        self.count.assign_add(ops.cast(batch[1], "float32"))
        self.sums.assign_add(ops.sum(both, axis=1))
        self.squares.assign_add(ops.matmul(ops.transpose(both, (0, 2, 1)), both))

    def result(self) -> Any:
        """Returns the distance; 0 before the first batch."""
        count: Any = ops.maximum(self.count, 2.0)
        means: Any = self.sums / count
        columns: Any = ops.expand_dims(means, 2)
        outer: Any = columns * ops.expand_dims(means, 1)
        covariances: Any = (self.squares - count * outer) / (count - 1.0)
        gap: Any = ops.sum(ops.square(means[0] - means[1]))
        root = _root(covariances[0])
        inner: Any = ops.matmul(ops.matmul(root, covariances[1]), root)
        values = _spectrum(inner)[0]
        common: Any = ops.sum(ops.sqrt(ops.relu(values)))
        traces: Any = ops.trace(covariances[0] + covariances[1])
        return ops.relu(gap + traces - 2.0 * common)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "size": self.size}


def _root(matrix: keras.KerasTensor) -> Any:
    """Returns the positive square root of a symmetric matrix; negative eigenvalues count as 0."""
    values, vectors = _spectrum(matrix)
    values = ops.sqrt(ops.relu(values))
    return ops.matmul(vectors * values, ops.transpose(vectors))


def _spectrum(matrix: keras.KerasTensor) -> Any:
    return ops.eigh(matrix)
