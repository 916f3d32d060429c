from itertools import product

import numpy as np
import pytest

from keras_dl.models import gate_net, threshold_unit, xor_net
from keras_dl.models.threshold import GATES, separating_weights
from tests.checks import check_saving, forward

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")


@pytest.mark.parametrize(
    ("gate", "expected"),
    [
        ("and", [0, 0, 0, 1]),
        ("or", [0, 1, 1, 1]),
        ("nand", [1, 1, 1, 0]),
        ("nor", [1, 0, 0, 0]),
    ],
)
def test_gates_compute_their_table(gate, expected):
    unit = threshold_unit(2, *GATES[gate])
    assert forward(unit, CORNERS)[:, 0].tolist() == expected
    check_saving(unit, CORNERS)


def test_not_has_one_input():
    unit = threshold_unit(1, *GATES["not"])
    assert forward(unit, np.array([[0.0], [1.0]]))[:, 0].tolist() == [1, 0]


def test_unit_is_the_step_of_the_sum_with_a_constant_input():
    rng = np.random.default_rng(0)
    weights, bias = rng.normal(size=5), float(rng.normal())
    x = rng.normal(size=(50, 5)).astype("float32")
    extended = np.column_stack([np.ones(50), x])  # x₀ = 1
    expected = extended @ np.array([bias, *weights]) >= 0
    assert (forward(threshold_unit(5, weights.tolist(), bias), x)[:, 0] == expected).all()


def test_threshold_itself_fires():
    assert forward(threshold_unit(1, (1.0,), -2.0), np.array([[2.0]])) == 1


def test_two_layers_compute_xor():
    assert forward(xor_net(), CORNERS)[:, 0].tolist() == [0, 1, 1, 0]
    check_saving(xor_net(), CORNERS)


def test_no_single_unit_on_a_grid_of_weights_computes_xor():
    grid = np.linspace(-2, 2, 9)
    found = [
        (np.array([w1, w2]) @ CORNERS.T + b >= 0).tolist() for w1, w2, b in product(grid, repeat=3)
    ]
    assert [False, True, True, False] not in found
    assert [False, True, True, True] in found


# Linearly separable Boolean functions of n inputs: the integer sequence OEIS A000609.
@pytest.mark.parametrize(("inputs", "expected"), [(1, 4), (2, 14), (3, 104)])
def test_single_units_compute_as_many_functions_as_is_known(inputs, expected):
    rows = np.array(list(product((0, 1), repeat=inputs)))
    tables = list(product((0, 1), repeat=2**inputs))
    assert sum(separating_weights(rows, table) is not None for table in tables) == expected


def test_weights_found_compute_their_table():
    for table in product((0, 1), repeat=4):
        found = separating_weights(CORNERS, table)
        if found is None:
            assert table in [(0, 1, 1, 0), (1, 0, 0, 1)]
        else:
            unit = threshold_unit(2, found[:2].tolist(), float(found[2]))
            assert forward(unit, CORNERS)[:, 0].tolist() == list(table)


@pytest.mark.parametrize("gate", [*GATES, "xor"])
def test_every_gate_has_a_net(gate):
    assert gate_net(gate).output_shape == (None, 1)


def test_unknown_gate_is_refused():
    with pytest.raises(ValueError, match="`gate` must be one of and, or, .*xor"):
        gate_net("nxor")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((2, (1.0,), 0.0), ValueError, r"`weights` must hold one number for each of the 2 inputs"),
        ((1, ("a",), 0.0), TypeError, r"`weights\[0\]` must be a number"),
        ((0, (), 0.0), ValueError, r"`num_inputs` must be at least 1"),
        ((1, (1.0,), None), TypeError, r"`bias` must be a number"),
    ],
)
def test_bad_input_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        threshold_unit(*arguments)
