import math

import numpy as np
import pytest

from keras_dl import backpropagation as tape
from keras_dl.backpropagation import Node

random = np.random.default_rng(0)


@pytest.mark.parametrize(("x1", "x2"), [(2.0, 5.0), (0.0, -1.0), (-3.0, 0.5)])
def test_the_lectures_example(x1, x2):
    a, b = Node(x1), Node(x2)
    f = tape.backward(tape.add(tape.sin(a), tape.multiply(a, b)))
    assert f.value == pytest.approx(math.sin(x1) + x1 * x2)
    assert (a.gradient, b.gradient) == pytest.approx((math.cos(x1) + x2, x1))


def total(node):
    """A scalar whose gradient is no constant."""
    flat = tape.reshape(node, (1, -1))
    weights = Node(np.cos(np.arange(flat.value.size))[:, None])
    return tape.matmul(flat, weights)


def check(build, *shapes):
    """Gradients against difference quotients in float64."""
    inputs = [Node(random.normal(size=shape)) for shape in shapes]
    tape.backward(build(*inputs))
    for position, node in enumerate(inputs):
        for index in list(np.ndindex(node.value.shape))[:12]:
            values = []
            for step in (1e-6, -1e-6):
                moved = [Node(n.value.copy()) for n in inputs]
                moved[position].value[index] += step
                values.append(float(build(*moved).value.item()))
            quotient = (values[0] - values[1]) / 2e-6
            assert node.gradient[index] == pytest.approx(quotient, abs=1e-7)


@pytest.mark.parametrize(
    ("build", "shapes"),
    [
        (lambda a, b: total(tape.add(a, b)), [(3, 4), (4,)]),
        (lambda a, b: total(tape.multiply(a, b)), [(3, 4), (3, 1)]),
        (lambda a, b: total(tape.matmul(a, b)), [(3, 4), (4, 2)]),
        (lambda a: total(tape.relu(a)), [(3, 4)]),
        (lambda a: total(tape.tanh(a)), [(3, 4)]),
        (lambda a: total(tape.sigmoid(a)), [(3, 4)]),
        (lambda a: total(tape.average_pool(a)), [(2, 5, 4, 3)]),
        (lambda x, k: total(tape.convolution(x, k)), [(2, 4, 5, 3), (3, 3, 3, 2)]),
        (lambda x, k: total(tape.convolution(x, k)), [(1, 4, 4, 1), (2, 4, 1, 2)]),
        (lambda a: tape.cross_entropy(a, np.array([0, 2, 1])), [(3, 4)]),
        (lambda a: total(tape.multiply(a, tape.add(a, tape.sin(a)))), [(2, 2)]),
    ],
)
def test_gradients_are_difference_quotients(build, shapes):
    check(build, *shapes)


def test_convolution_counts_pixels_under_the_kernel():
    image = Node(np.ones((1, 3, 3, 1)))
    counts = tape.convolution(image, Node(np.ones((3, 3, 1, 1)))).value[0, :, :, 0]
    np.testing.assert_array_equal(counts, [[4, 6, 4], [6, 9, 6], [4, 6, 4]])


def test_sigmoid_and_cross_entropy_bear_large_values():
    np.testing.assert_array_equal(tape.sigmoid(Node([-1000.0, 1000.0])).value, [0.0, 1.0])
    loss = tape.backward(tape.cross_entropy(Node([[1000.0, 0.0]]), np.array([1])))
    assert loss.value == pytest.approx(1000.0)


def test_second_backward_starts_afresh():
    a = Node(3.0)
    square = tape.multiply(a, a)
    for _ in range(2):
        tape.backward(square)
        assert a.gradient == 6.0


def test_deep_graphs_need_no_recursion():
    a = node = Node(1.0)
    for _ in range(5000):
        node = tape.add(node, Node(0.0))
    tape.backward(node)
    assert a.gradient == 1.0


def test_only_scalars_go_backward():
    with pytest.raises(ValueError, match=r"`result` must be a scalar.*\(2,\)"):
        tape.backward(Node([1.0, 2.0]))
