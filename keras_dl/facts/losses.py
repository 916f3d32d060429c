"""Facts about losses and gradient descent."""

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.facts.arrays import number
from keras_dl.facts.fact import Fact, Stated
from keras_dl.facts.formulas import (
    binary_cross_entropy,
    binary_cross_entropy_as_printed,
    squared_error,
    squared_error_as_printed,
)

__all__ = ["FACTS"]

SIGN = "the lecture's minus reaches the first term only; it belongs before the whole sum"
EXACT = 1e-5  # relative error of float32 arithmetic
BY_DIFFERENCES = 1e-3


def _entropy(target: float, probability: float) -> float:
    return number(binary_cross_entropy(np.array([target]), np.array([probability])))


def _printed_entropy(target: float, probability: float) -> float:
    return number(binary_cross_entropy_as_printed(np.array([target]), np.array([probability])))


def _slope(loss: Callable[..., Any], target: float, logit: float, step: float = 1e-2) -> float:
    """Returns dL/da of a loss of σ(a), by central differences."""
    values = []
    for shift in (step, -step):
        probability = 1 / (1 + np.exp(-np.array([logit + shift])))
        values.append(number(loss(np.array([target]), probability)))
    return (values[0] - values[1]) / (2 * step)


def _likelihood() -> float:
    loss = binary_cross_entropy(np.array([1.0, 0.0]), np.array([0.8, 0.3]))
    return number(ops.exp(-loss))


def _step_of_descent() -> float:
    """Returns θ after one step of gradient descent on θ² from 1 with α = 0.1."""
    theta = keras.Variable(1.0)
    keras.optimizers.SGD(0.1).apply([ops.convert_to_tensor(2.0)], [theta])
    return number(theta.value)


def _uniform_cross_entropy() -> float:
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return number(loss(np.array([3]), np.zeros((1, 10))))


def _product_rule(which: int, step: float = 1e-5) -> float:
    """Returns ∂/∂xᵢ of sin x₁ + x₁x₂ at (1, 2), by central differences."""
    point, move = np.array([1.0, 2.0]), step * np.eye(2)[which]
    above, below = (math.sin(p[0]) + p[0] * p[1] for p in (point + move, point - move))
    return (above - below) / (2 * step)


LOGIT = math.log(0.1 / 0.9)  # where σ is 0.1

FACTS = (
    Fact(
        *("cross_entropy", "class-1", "binary cross-entropy for Y = 1, F = 0.1, in nats"),
        lambda: _entropy(1.0, 0.1),
        Stated(lambda: _printed_entropy(1.0, 0.1), "the lecture's formula and its example"),
        derived=Stated(2.302585, "−ln 0.1"),
        within=1e-6,
    ),
    Fact(
        *("cross_entropy", "class-0", "binary cross-entropy for Y = 0, F = 0.1, in nats"),
        lambda: _entropy(0.0, 0.1),
        Stated(lambda: _printed_entropy(0.0, 0.1), "the lecture's formula", SIGN),
        derived=Stated(0.105361, "−ln 0.9"),
        within=EXACT,
    ),
    Fact(
        *("cross_entropy", "slope-class-1", "dL/da for Y = 1, F = σ(a) = 0.1: descent raises F"),
        lambda: _slope(binary_cross_entropy, 1.0, LOGIT),
        Stated(-0.9, "its derivative, (ŷ − y)·x"),
        within=BY_DIFFERENCES,
    ),
    Fact(
        *("cross_entropy", "slope-class-0", "dL/da for Y = 0, F = σ(a) = 0.1: descent lowers F"),
        lambda: _slope(binary_cross_entropy, 0.0, LOGIT),
        Stated(0.1, "its derivative, (ŷ − y)·x, which is that of the right formula"),
        within=BY_DIFFERENCES,
    ),
    Fact(
        *("cross_entropy", "slope-as-printed", "the same, with the lecture's formula for L"),
        lambda: _slope(binary_cross_entropy, 0.0, LOGIT),
        Stated(
            lambda: _slope(binary_cross_entropy_as_printed, 0.0, LOGIT),
            "the slope of its formula",
            SIGN + "; descent on it raises F towards the wrong class",
        ),
        within=BY_DIFFERENCES,
    ),
    Fact(
        *("cross_entropy", "likelihood", "exp(−L) for Y = (1, 0), F = (0.8, 0.3)"),
        _likelihood,
        Stated(0.56, "least cross-entropy is greatest likelihood: 0.8·(1 − 0.3)"),
        within=EXACT,
    ),
    Fact(
        *("cross_entropy", "ten-classes", "categorical cross-entropy of ten equal logits, in nats"),
        _uniform_cross_entropy,
        derived=Stated(2.302585, "ln 10"),
        within=EXACT,
    ),
    Fact(
        *("squared_error", "perfect", "squared error of a perfect prediction of Y = (1, 2)"),
        lambda: number(squared_error(np.array([1.0, 2.0]), np.array([1.0, 2.0]))),
        Stated(
            lambda: number(squared_error_as_printed(np.array([1.0, 2.0]), np.array([1.0, 2.0]))),
            "Σ (y(n) f(x(n))²)",
            "the lecture's formula lacks the minus between y and f",
        ),
        derived=Stated(0.0, "least squares: ‖Y − F‖²"),
        within=EXACT,
    ),
    Fact(
        *("gradient_descent", "one-step", "θ after one step down θ² from 1 with rate 0.1"),
        _step_of_descent,
        Stated(0.8, "θ ← θ − α·dL/dθ"),
        within=EXACT,
    ),
    Fact(
        *("chain_rule", "first", "∂/∂x₁ (sin x₁ + x₁x₂) at (1, 2), by differences"),
        lambda: _product_rule(0),
        Stated(lambda: math.cos(1.0) + 2.0, "cos x₁ + x₂"),
        within=EXACT,
    ),
    Fact(
        *("chain_rule", "second", "∂/∂x₂ (sin x₁ + x₁x₂) at (1, 2), by differences"),
        lambda: _product_rule(1),
        Stated(1.0, "x₁"),
        within=EXACT,
    ),
)
