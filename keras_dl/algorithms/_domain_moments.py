"""Unsupervised measures of a classifier in an unlabelled target domain."""

from typing import Any

import keras
from keras import ops

__all__ = ["DomainMoments"]

# Added to second moments, as a share of their mean: few examples do not span the feature space.
RIDGE = 1e-3


class DomainMoments(keras.metrics.Metric):
    """Three measures that use no label of the target, computed from sums over all batches.

    * "entropy": mean entropy of the class probabilities in the target, in nats. Low values mean
      confident predictions, correct or not.
    * "reverse_error": mean squared error, on the labels of the source, of a linear classifier of
      the features that is fitted by least squares to the net's predictions in the target: reverse
      validation in closed form.
    * "domain_probe": R² of a linear regression of the domain (0 source, 1 target) on the features,
      both domains with equal weight, 0 to 1. Low values mean similar feature distributions.

    Args:
        num_features: number of features.
        num_classes: number of classes.
        name: name of the metric.

    Reference:
        Ganin et al., 2016, Domain-Adversarial Training of Neural Networks, arXiv:1505.07818,
        section 5.1.2, for reverse validation. Ben-David et al., 2007, Analysis of Representations
        for Domain Adaptation, for telling domains apart as a measure of their distance.
    """

    def __init__(self, num_features: int, num_classes: int, name: str = "domain_moments") -> None:
        super().__init__(name=name)
        self.num_classes = num_classes
        size = num_features + 1  # a constant feature: sums and counts are among the moments
        self.squares = self.add_variable((2, size, size), initializer="zeros", name="squares")
        self.products = self.add_variable(
            (2, size, num_classes), initializer="zeros", name="products"
        )
        self.entropy = self.add_variable((), initializer="zeros", name="entropy")

    def update_state(self, features: Any, logits: Any, y: Any) -> None:
        """Adds a batch.

        Args:
            features: features (batch, num_features).
            logits: class logits (batch, num_classes).
            y: class numbers (batch,), negative for examples of the target.
        """
        features, logits = (ops.cast(part, "float32") for part in (features, logits))
        unlabelled: Any = ops.expand_dims(ops.cast(ops.less(y, 0), "float32"), axis=1)
        numbers = ops.where(ops.less(y, 0), ops.cast(ops.argmax(logits, axis=-1), y.dtype), y)
        classes = ops.one_hot(numbers, self.num_classes)
        rows: Any = ops.concatenate([features, ops.ones_like(unlabelled)], axis=-1)
        sides: Any = ops.stack([rows * (1.0 - unlabelled), rows * unlabelled])
        transposed = ops.transpose(sides, (0, 2, 1))
        self.squares.assign_add(ops.matmul(transposed, sides))
        self.products.assign_add(ops.matmul(transposed, ops.stack([classes, classes])))
        logs: Any = ops.log_softmax(logits)
        negative_entropy: Any = ops.sum(unlabelled * ops.exp(logs) * logs)
        self.entropy.assign_sub(negative_entropy)

    def num_unlabelled(self) -> int:
        """Returns the number of examples of the target so far."""
        squares: Any = ops.convert_to_numpy(self.squares)
        return int(squares[1, -1, -1])

    def result(self) -> Any:
        """Returns the three by name; entropy and error are 0 without examples of the target."""
        counts: Any = ops.maximum(self.squares[:, -1, -1], 1.0)
        squares: Any = self.squares / counts[:, None, None]
        products: Any = self.products / counts[:, None, None]
        return {
            "entropy": self.entropy / counts[1],
            "reverse_error": _reverse_error(squares, products),
            "domain_probe": _explained_variance(squares),
        }


def _reverse_error(squares: keras.KerasTensor, products: keras.KerasTensor) -> Any:
    """E‖Wᵀx - onehot‖² over the source, W the least-squares solution of the target."""
    weights: Any = ops.solve(_regularized(squares[1]), products[1])
    quadratic: Any = ops.sum(weights * ops.matmul(squares[0], weights))
    linear: Any = ops.sum(weights * products[0])
    return quadratic - 2.0 * linear + 1.0


def _explained_variance(squares: Any) -> Any:
    """R² of the regression of 0 and 1 on the features, with equal weight of both domains."""
    both, target = (squares[0] + squares[1]) / 2.0, squares[1][:, -1:] / 2.0
    weights: Any = ops.solve(_regularized(both), target)
    second_moment: Any = ops.sum(weights * target)
    return ops.clip(
        4.0 * second_moment - 1.0, 0.0, 1.0
    )  # over 1/4, the variance of 0 and 1 in equal parts


def _regularized(squares: Any) -> Any:
    size = squares.shape[-1] - 1  # without the constant, which fits the mean
    share: Any = ops.multiply(RIDGE / size, ops.trace(squares))
    weights: Any = ops.concatenate([share * ops.ones(size), ops.zeros(1)])
    return squares + ops.diag(weights + 1e-6)  # never singular, also without examples
