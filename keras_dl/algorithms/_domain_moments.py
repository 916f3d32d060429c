"""What can be said of a classifier in a domain of which no label is known."""

from typing import Any

import keras
from keras import ops

__all__ = ["DomainMoments"]

RIDGE = 1e-3  # added to second moments, as a share of their mean: few examples do not span a space


class DomainMoments(keras.metrics.Metric):
    """Three measures that look at no label of the target, from sums over all batches.

    * "entropy": mean entropy of the class probabilities in the target, in nats. Low: the classifier
      is sure of itself, rightly or not.
    * "reverse_error": a linear classifier of features that learns, by least squares, what the net
      says of the target, is tried on the labels of the source; its mean squared error per example.
      Reverse validation in closed form: what was carried over can be carried back.
    * "domain_probe": share of the variance of "is it the target?" that a linear function of the
      features explains, both sides with equal weight, 0 to 1. Low: the domains look alike.

    Args:
        size: number of features.
        classes: number of classes.
        name: name of the metric.

    Reference:
        Ganin et al., 2016, Domain-Adversarial Training of Neural Networks, arXiv:1505.07818,
        section 5.1.2, for reverse validation. Ben-David et al., 2007, Analysis of Representations
        for Domain Adaptation, for telling domains apart as a measure of their distance.
    """

    def __init__(self, size: int, classes: int, name: str = "domain_moments") -> None:
        super().__init__(name=name)
        self.classes = classes
        wide = size + 1  # a constant beside the features: sums and counts are among the moments
        self.squares = self.add_variable((2, wide, wide), initializer="zeros", name="squares")
        self.products = self.add_variable((2, wide, classes), initializer="zeros", name="products")
        self.entropy = self.add_variable((), initializer="zeros", name="entropy")

    def update_state(self, features: Any, logits: Any, y: Any) -> None:
        """Adds a batch.

        Args:
            features: (batch, size).
            logits: (batch, classes).
            y: class numbers (batch,), below 0 where the example is the target's.
        """
        features, logits = (ops.cast(part, "float32") for part in (features, logits))
        unknown: Any = ops.expand_dims(ops.cast(ops.less(y, 0), "float32"), axis=1)
        numbers = ops.where(ops.less(y, 0), ops.cast(ops.argmax(logits, axis=-1), y.dtype), y)
        classes = ops.one_hot(numbers, self.classes)
        rows: Any = ops.concatenate([features, ops.ones_like(unknown)], axis=-1)
        sides: Any = ops.stack([rows * (1.0 - unknown), rows * unknown])
        turned = ops.transpose(sides, (0, 2, 1))
        self.squares.assign_add(ops.matmul(turned, sides))
        self.products.assign_add(ops.matmul(turned, ops.stack([classes, classes])))
        logs: Any = ops.log_softmax(logits)
        surprise: Any = ops.sum(unknown * ops.exp(logs) * logs)
        self.entropy.assign_sub(surprise)

    def unlabelled(self) -> int:
        """Number of the target's examples so far."""
        squares: Any = ops.convert_to_numpy(self.squares)
        return int(squares[1, -1, -1])

    def result(self) -> Any:
        """Gives the three by name; entropy and error are 0 where there is no target."""
        counts: Any = ops.maximum(self.squares[:, -1, -1], 1.0)
        squares: Any = self.squares / counts[:, None, None]
        products: Any = self.products / counts[:, None, None]
        return {
            "entropy": self.entropy / counts[1],
            "reverse_error": _reverse_error(squares, products),
            "domain_probe": _explained(squares),
        }


def _reverse_error(squares: Any, products: Any) -> Any:
    """E‖Wᵀx - onehot‖² over the source, W the least squares of the target."""
    weights: Any = ops.solve(_lifted(squares[1]), products[1])
    own: Any = ops.sum(weights * ops.matmul(squares[0], weights))
    common: Any = ops.sum(weights * products[0])
    return own - 2.0 * common + 1.0


def _explained(squares: Any) -> Any:
    """R² of the regression of 0 and 1 on the features, half of the weight on either side."""
    both, target = (squares[0] + squares[1]) / 2.0, squares[1][:, -1:] / 2.0
    found: Any = ops.solve(_lifted(both), target)
    second: Any = ops.sum(found * target)
    return ops.clip(4.0 * second - 1.0, 0.0, 1.0)  # its variance over 1/4, that of a fair coin


def _lifted(squares: Any) -> Any:
    size = squares.shape[-1] - 1  # the constant is not held back: it has the mean to explain
    share: Any = ops.multiply(RIDGE / size, ops.trace(squares))
    weights: Any = ops.concatenate([share * ops.ones(size), ops.zeros(1)])
    return squares + ops.diag(weights + 1e-6)  # never singular, not even without a target
