import keras
import numpy as np
import pytest

from keras_dl.models.graph_convolution import graph_convolution, normalized_adjacency
from tests.checks import check_gradients, check_saving, count_parameters

EDGES = np.array([[0, 1], [1, 2], [1, 3], [4, 3]], "int32")
FEATURES = np.array([[1, 0, 2], [0, 0, 0], [0, 3, 1], [1, 1, 0], [0, 0, 4]], "float32")


def small(**options):
    rows, columns = np.nonzero(FEATURES)
    keras.utils.set_random_seed(0)
    return graph_convolution(
        rows, columns, FEATURES[rows, columns], EDGES,
        num_nodes=5, num_features=3, num_classes=4, **{"units": 6, **options},
    )  # fmt: skip


def dense_adjacency():
    adjacency = np.eye(5)
    for a, b in EDGES:
        adjacency[a, b] = adjacency[b, a] = 1
    scale = np.diag(adjacency.sum(axis=1) ** -0.5)
    return scale @ adjacency @ scale


def test_adjacency_is_the_dense_one():
    weights, targets, sources = normalized_adjacency(EDGES, 5)
    dense = np.zeros((5, 5))
    dense[targets, sources] = weights
    np.testing.assert_allclose(dense, dense_adjacency(), rtol=1e-6)


@pytest.mark.parametrize("propagate", [True, False])
def test_outputs_are_those_of_dense_matrices(propagate):
    model = small(propagate=propagate)
    first, last = (w.numpy() for w in model.trainable_weights)
    adjacency = dense_adjacency() if propagate else np.eye(5)
    sums = FEATURES.sum(axis=1, keepdims=True)
    x = FEATURES / np.where(sums > 0, sums, 1)
    logits = adjacency @ np.maximum(adjacency @ x @ first, 0) @ last
    nodes = np.array([3, 0, 0, 4], "int32")
    np.testing.assert_allclose(model.predict(nodes, verbose=0), logits[nodes], atol=1e-6)


def test_model_contains_its_graph_and_trains_two_matrices():
    model = small()
    assert count_parameters(model) == 6 * (3 + 4)
    check_saving(model, np.arange(5, dtype="int32"))
    check_gradients(model, np.arange(5, dtype="int32"), np.arange(5) % 4)


def test_penalty_is_half_of_the_squares_of_the_first_layer():
    model = small(weight_decay=0.1)
    expected = 0.05 * (model.trainable_weights[0].numpy() ** 2).sum()
    np.testing.assert_allclose(float(sum(model.losses)), expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"units": 0}, "`units` must be at least 1"),
        ({"dropout": 1.0}, "`dropout` must lie in"),
        ({"weight_decay": -1.0}, "`weight_decay` must be finite and 0 or more"),
    ],
)
def test_bad_arguments_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        small(**options)
