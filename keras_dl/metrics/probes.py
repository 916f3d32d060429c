"""Quality of features without fine-tuning: nearest neighbours and a linear classifier on them."""

from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

from keras_dl.utils.checks import check_choice, check_count, check_positive

__all__ = ["linear_probe_accuracy", "nearest_neighbour_accuracy"]

BLOCK = 1000  # examples whose distances are computed at a time
METRICS = ("euclidean", "cosine")


def nearest_neighbour_accuracy(
    train: np.ndarray,
    train_labels: np.ndarray,
    test: np.ndarray,
    test_labels: np.ndarray,
    *,
    neighbours: int = 10,
    metric: str = "cosine",
) -> float:
    """Computes the accuracy of a vote of the nearest training examples.

    Args:
        train: features (n, …); all axes after the first are joined.
        train_labels: class numbers (n,).
        test: features (m, …).
        test_labels: class numbers (m,).
        neighbours: examples that vote, 1 … n; of equal counts the smallest class number wins.
        metric: "euclidean", or "cosine" for the angle.

    Returns:
        Share of correct votes, in [0, 1].

    Raises:
        TypeError: if `neighbours` is not an integer.
        ValueError: if it lies outside 1 … n, the metric is unknown, or there are no examples.

    Reference:
        Cover and Hart, 1967, Nearest neighbor pattern classification, IEEE Transactions on
        Information Theory 13.
    """
    check_choice("metric", metric, METRICS)
    check_count("neighbours", neighbours, "so many training examples vote")
    train, test = _features(train, train_labels), _features(test, test_labels)
    if neighbours > len(train):
        raise ValueError(
            f"`neighbours` must be at most the {len(train)} training examples. "
            f"Received: neighbours={neighbours}"
        )
    if metric == "cosine":
        train, test = _unit(train), _unit(test)
    squares, correct = np.square(train).sum(axis=1), 0
    classes = int(max(train_labels.max(), test_labels.max())) + 1
    for start in range(0, len(test), BLOCK):
        rows = slice(start, start + BLOCK)
        distances = squares - 2 * test[rows] @ train.T  # up to the squares of the test example
        nearest = np.argpartition(distances, neighbours - 1, axis=1)[:, :neighbours]
        votes = np.zeros((len(nearest), classes), np.int64)
        np.add.at(votes, (np.arange(len(nearest))[:, None], train_labels[nearest]), 1)
        correct += int(np.sum(votes.argmax(axis=1) == test_labels[rows]))
    return correct / len(test)


def linear_probe_accuracy(
    train: np.ndarray,
    train_labels: np.ndarray,
    test: np.ndarray,
    test_labels: np.ndarray,
    *,
    inverse_penalty: float = 1.0,
    iterations: int = 200,
) -> float:
    """Computes the accuracy of multinomial logistic regression on standardised features.

    Minimised by L-BFGS: C·Σ cross-entropy + ‖W‖²/2, scikit-learn's `LogisticRegression`.

    Args:
        train: features (n, …); all axes after the first are joined.
        train_labels: class numbers (n,).
        test: features (m, …).
        test_labels: class numbers (m,).
        inverse_penalty: C, positive.
        iterations: L-BFGS iterations at most.

    Returns:
        Share of correct predictions, in [0, 1].

    Raises:
        TypeError: if a number is of another type.
        ValueError: if a number is not positive, or there are no examples.
    """
    check_positive("inverse_penalty", inverse_penalty, "it is C, the weight of the cross-entropy")
    check_count("iterations", iterations, "it limits L-BFGS")
    train, test = _features(train, train_labels), _features(test, test_labels)
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation[deviation == 0] = 1.0
    train, test = (train - mean) / deviation, (test - mean) / deviation
    classes, labels = np.unique(train_labels, return_inverse=True)
    weights = _fit(train, labels, len(classes), inverse_penalty, iterations)
    predicted = classes[(test @ weights[:-1] + weights[-1]).argmax(axis=1)]
    return float(np.mean(predicted == test_labels))


def _fit(
    x: np.ndarray, labels: np.ndarray, classes: int, inverse_penalty: float, iterations: int
) -> np.ndarray:
    """Returns weights (features + 1, classes); the last row holds the biases."""
    rows, shape = np.arange(len(x)), (x.shape[1] + 1, classes)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(shape)
        logits = x @ weights[:-1] + weights[-1]
        total: Any = logsumexp(logits, axis=1)
        residual = np.exp(logits - total[:, None])
        value = np.mean(total - logits[rows, labels])
        residual[rows, labels] -= 1.0
        penalty = weights[:-1] / (inverse_penalty * len(x))
        gradient = np.vstack([x.T @ residual / len(x) + penalty, residual.mean(axis=0)])
        return value + 0.5 * np.sum(weights[:-1] * penalty), gradient.ravel()

    start = np.zeros(shape).ravel()
    return minimize(loss, start, jac=True, method="L-BFGS-B",
                    options={"maxiter": iterations}).x.reshape(shape)  # fmt: skip


def _features(features: np.ndarray, labels: np.ndarray) -> np.ndarray:
    if len(features) != len(labels) or not len(labels):
        raise ValueError(
            "features and labels must be equally many, one or more. "
            f"Received: {len(features)} features, {len(labels)} labels"
        )
    return np.asarray(features, np.float64).reshape(len(features), -1)


def _unit(features: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    return features / np.where(lengths > 0, lengths, 1.0)
