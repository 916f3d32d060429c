import keras
import numpy as np
import pytest

from keras_dl.models import perceptron
from tests.checks import check_saving, count_parameters, forward

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")


def _accuracy(targets):
    """The share of corners right after the perceptron's own rule, all four at a time."""
    model = perceptron((2,))

    def misclassified(y, logit):  # its gradient is the rule: −y·x where the sign is wrong
        return keras.ops.mean(keras.ops.relu(0.1 - (2 * y - 1) * logit))

    model.compile(keras.optimizers.SGD(0.5), misclassified)
    targets = np.array(targets, "float32")[:, None]
    for _ in range(60):
        model.train_on_batch(CORNERS, targets)
    return np.mean((forward(model, CORNERS) > 0) == targets)


def test_perceptron_has_the_published_size():
    model = perceptron()
    assert count_parameters(model) == 401
    check_saving(model, np.ones((1, 20, 20, 1), "float32"))


def test_learns_what_a_line_separates_and_not_xor():
    assert _accuracy([0, 0, 0, 1]) == 1
    assert _accuracy([0, 1, 1, 0]) < 1


def test_decides_with_a_step():
    model = perceptron((2,), activation="heaviside", initializer="ones")
    assert forward(model, np.array([[1.0, 1.0], [-1.0, -1.0]]))[:, 0].tolist() == [1, 0]


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="`initializer` must be one of .*zeros"):
        perceptron(initializer="zero")
