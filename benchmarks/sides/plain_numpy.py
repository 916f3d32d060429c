"""The perceptron in NumPy alone: what its matrix products and Adam cost without a framework."""

from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.works import WORKS

SIZES, RATE, FIRST, SECOND, TINY = (784, 512, 512, 10), 1e-3, 0.9, 0.999, 1e-7


def train(work: str, file: str, turns: Any) -> None:
    """Trains until the parent has seen enough."""
    with np.load(file) as found:
        x, test = (
            found[f"x_{s}"].reshape(-1, SIZES[0]).astype("float32") / 255 for s in ("train", "test")
        )
        y, truth = found["y_train"], found["y_test"]
    turns.tell()
    random = np.random.default_rng(0)
    net = Perceptron(random)
    size = WORKS[work].batch

    def epoch() -> float:
        order = random.permutation(len(x))
        for start in range(0, len(x), size):
            rows = order[start : start + size]
            net.step(x[rows], y[rows])
        return 0.0

    turns.take(epoch, lambda: float((net.layers(test)[-1].argmax(-1) == truth).mean()))


class Perceptron:
    """Weights and their Adam.

    Args:
        random: draws the weights.
    """

    def __init__(self, random: np.random.Generator) -> None:
        self.weights: list[np.ndarray] = []
        for inputs, outputs in pairwise(SIZES):
            drawn = random.standard_normal((inputs, outputs), dtype="float32")
            self.weights += [drawn * np.float32((2 / inputs) ** 0.5), np.zeros(outputs, "float32")]
        self.slots = [(np.zeros_like(w), np.zeros_like(w)) for w in self.weights]
        self.steps = 0

    def layers(self, x: np.ndarray) -> list[np.ndarray]:
        """The inputs, then each layer's outputs; the last are logits."""
        found = [x]
        for kernel, bias in zip(self.weights[::2], self.weights[1::2], strict=True):
            x = found[-1] @ kernel
            x += bias
            if len(found) < len(SIZES) - 1:
                np.maximum(x, 0, out=x)
            found.append(x)
        return found

    def step(self, x: np.ndarray, y: np.ndarray) -> None:
        """Learns from a batch."""
        found = self.layers(x)
        slope = np.exp(found[-1] - found[-1].max(1, keepdims=True))
        slope /= slope.sum(1, keepdims=True)
        slope[np.arange(len(y)), y] -= 1
        slope /= len(y)
        gradients: list[np.ndarray] = []
        for layer in range(len(SIZES) - 2, -1, -1):
            gradients[:0] = [found[layer].T @ slope, slope.sum(0)]
            if layer:
                slope = (slope @ self.weights[2 * layer].T) * (found[layer] > 0)
        self._descend(gradients)

    def _descend(self, gradients: list[np.ndarray]) -> None:
        self.steps += 1
        rate = RATE * (1 - SECOND**self.steps) ** 0.5 / (1 - FIRST**self.steps)
        for weight, slots, gradient in zip(self.weights, self.slots, gradients, strict=True):
            mean, square = slots
            mean += (1 - FIRST) * (gradient - mean)
            square += (1 - SECOND) * (gradient * gradient - square)
            weight -= rate * mean / (np.sqrt(square) + TINY)
