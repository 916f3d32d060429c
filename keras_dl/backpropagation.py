"""Reverse-mode automatic differentiation in numpy.

Each operation computes its value and stores one vector-Jacobian product per input: a function from
the gradient with respect to its output to the gradient with respect to that input. `backward`
visits the nodes in reverse topological order and sums the contributions.

    x1, x2 = Node(2.0, "x1"), Node(5.0, "x2")
    f = backward(add(sin(x1), multiply(x1, x2)))   # x1.gradient is cos 2 + 5, x2.gradient is 2

Reference: Rumelhart, Hinton and Williams, 1986, Learning representations by back-propagating
errors. Linnainmaa, 1976, Taylor expansion of the accumulated rounding error, for reverse mode.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

__all__ = [
    "Node",
    "add",
    "average_pool",
    "backward",
    "convolution",
    "cross_entropy",
    "graph",
    "matmul",
    "multiply",
    "relu",
    "reshape",
    "sigmoid",
    "sin",
    "tanh",
]

# Vector-Jacobian product: gradient with respect to the output → gradient by one input.
VJP = Callable[[np.ndarray], np.ndarray]


class Node:
    """A value in a computation graph, with its gradient.

    Args:
        value: number or array, converted to float64.
        name: name of the input or operation.
        parents: pairs of an input node and its vector-Jacobian product.
    """

    def __init__(
        self,
        value: ArrayLike,
        name: str = "",
        parents: Sequence[tuple["Node", VJP]] = (),
    ):
        self.value = np.asarray(value, dtype="float64")
        self.gradient = np.zeros_like(self.value)
        self.name = name
        self.parents = tuple(parents)


def graph(result: Node) -> list[Node]:
    """Returns all nodes that `result` depends on in topological order; `result` is last."""
    order: list[Node] = []
    visited: set[int] = set()
    stack = [(result, False)]
    while stack:  # iterative: deep networks exceed Python's recursion limit
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in visited:
            visited.add(id(node))
            stack.append((node, True))
            stack += [(parent, False) for parent, _ in reversed(node.parents)]
    return order


def backward(result: Node) -> Node:
    """Sets the gradient of the scalar `result` in all nodes it depends on and returns `result`.

    Raises:
        ValueError: if `result` is not a scalar.
    """
    if result.value.size != 1:
        raise ValueError(
            f"`result` must be a scalar. Received: a value of shape {result.value.shape}"
        )
    order = graph(result)
    for node in order:
        node.gradient = np.zeros_like(node.value)
    result.gradient = np.ones_like(result.value)
    for node in reversed(order):
        for parent, vjp in node.parents:
            parent.gradient = parent.gradient + vjp(node.gradient)
    return result


def add(a: Node, b: Node) -> Node:
    """Adds with broadcasting: a bias (units,) is added to each row."""
    return Node(
        a.value + b.value, "+",
        [(a, lambda g: _summed(g, a.value.shape)), (b, lambda g: _summed(g, b.value.shape))],
    )  # fmt: skip


def multiply(a: Node, b: Node) -> Node:
    """Multiplies element-wise with broadcasting."""
    return Node(
        a.value * b.value, "×",
        [(a, lambda g: _summed(g * b.value, a.value.shape)),
         (b, lambda g: _summed(g * a.value, b.value.shape))],
    )  # fmt: skip


def matmul(a: Node, b: Node) -> Node:
    """Multiplies matrices (rows, inner) and (inner, columns)."""
    return Node(
        a.value @ b.value, "matmul", [(a, lambda g: g @ b.value.T), (b, lambda g: a.value.T @ g)]
    )


def sin(a: Node) -> Node:
    """Computes the sine; derivative cos a."""
    return Node(np.sin(a.value), "sin", [(a, lambda g: g * np.cos(a.value))])


def relu(a: Node) -> Node:
    """Computes max(0, a); derivative 0 at a = 0."""
    return Node(np.maximum(a.value, 0), "relu", [(a, lambda g: g * (a.value > 0))])


def tanh(a: Node) -> Node:
    """Computes the hyperbolic tangent; derivative 1 − tanh²."""
    value = np.tanh(a.value)
    return Node(value, "tanh", [(a, lambda g: g * (1 - value**2))])


def sigmoid(a: Node) -> Node:
    """Computes 1 / (1 + e^−a); derivative σ(1 − σ)."""
    value = 0.5 * (1 + np.tanh(a.value / 2))  # the quotient overflows at a = −1000
    return Node(value, "sigmoid", [(a, lambda g: g * value * (1 - value))])


def reshape(a: Node, shape: Sequence[int]) -> Node:
    """Reshapes; −1 stands for the remaining size."""
    return Node(a.value.reshape(shape), "reshape", [(a, lambda g: g.reshape(a.value.shape))])


def convolution(x: Node, kernel: Node) -> Node:
    """Computes a cross-correlation with stride 1 and zero padding to equal size.

    Args:
        x: images (batch, height, width, channels).
        kernel: weights (height, width, channels, filters).
    """
    rows, columns = kernel.value.shape[:2]
    up, left = (rows - 1) // 2, (columns - 1) // 2
    border = ((0, 0), (up, rows - 1 - up), (left, columns - 1 - left), (0, 0))
    padded = np.pad(x.value, border)
    height, width = x.value.shape[1:3]
    views = np.lib.stride_tricks.sliding_window_view(padded, (rows, columns), axis=(1, 2))

    def to_input(g: np.ndarray) -> np.ndarray:
        gradient = np.zeros_like(padded)
        for i, j in np.ndindex(rows, columns):
            gradient[:, i : i + height, j : j + width] += g @ kernel.value[i, j].T
        return gradient[:, up : up + height, left : left + width]

    def to_kernel(g: np.ndarray) -> np.ndarray:
        gradient = np.tensordot(views, g, axes=((0, 1, 2), (0, 1, 2)))  # (channels, i, j, filters)
        return gradient.transpose(1, 2, 0, 3)

    value = np.tensordot(views, kernel.value, axes=((3, 4, 5), (2, 0, 1)))
    return Node(value, "convolution", [(x, to_input), (kernel, to_kernel)])


def average_pool(x: Node, size: int = 2) -> Node:
    """Averages size × size windows; remaining rows and columns at the border are dropped.

    Args:
        x: images (batch, height, width, channels).
        size: side and stride of the window, in pixels.
    """
    n, height, width, channels = x.value.shape
    rows, columns = height // size, width // size
    cropped = x.value[:, : rows * size, : columns * size]

    def to_input(g: np.ndarray) -> np.ndarray:
        gradient = np.zeros_like(x.value)
        spread = g.repeat(size, axis=1).repeat(size, axis=2) / size**2
        gradient[:, : rows * size, : columns * size] = spread
        return gradient

    value = cropped.reshape(n, rows, size, columns, size, channels).mean(axis=(2, 4))
    return Node(value, "average pool", [(x, to_input)])


def cross_entropy(logits: Node, labels: np.ndarray) -> Node:
    """Computes the batch mean of −log softmax(logits)[label], in nats.

    Args:
        logits: unnormalised log-probabilities (batch, classes).
        labels: class numbers, (batch,).
    """
    shifted = logits.value - logits.value.max(axis=1, keepdims=True)
    chance = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    hit = np.arange(len(labels)), labels
    loss = np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[hit])
    target = np.zeros_like(chance)
    target[hit] = 1.0
    return Node(loss, "cross-entropy", [(logits, lambda g: g * (chance - target) / len(labels))])


def _summed(gradient: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Sums over the axes along which a value of this shape was broadcast."""
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    stretched = tuple(i for i, size in enumerate(shape) if size == 1 and gradient.shape[i] != 1)
    return gradient.sum(axis=stretched, keepdims=True) if stretched else gradient
