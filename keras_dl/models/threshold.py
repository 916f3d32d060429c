"""Threshold units of McCulloch and Pitts, with fixed weights for logical gates."""

from collections.abc import Sequence

import keras
import numpy as np
from scipy.optimize import linprog

from keras_dl.activations import heaviside, sign
from keras_dl.models._check import check_classes, check_count, check_real, check_shape

__all__ = [
    "GATES",
    "PUBLISHED",
    "gate_net",
    "separating_weights",
    "threshold_network",
    "threshold_unit",
    "xor_net",
]

PUBLISHED = {
    "threshold_unit": {
        "trainable_parameters": 3,
        "links": 3,
        "arguments": {"num_inputs": 2, "weights": (1.0, 1.0), "bias": -1.5},
        "output_shapes": {"output": (1,)},
        "source": "McCulloch and Pitts 1943: two inputs and a bias, here AND",
    },
    "xor_net": {
        "trainable_parameters": 9,
        "links": 9,
        "arguments": {},
        "output_shapes": {"hidden": (2,), "output": (1,)},
        "source": "two hidden units, OR and AND, and one output: OR but not AND",
    },
    "threshold_network": {
        "trainable_parameters": 397_510,
        "arguments": {"input_shape": (28, 28, 1), "num_classes": 10, "units": (500,)},
        "output_shapes": {"hidden1": (500,), "hidden1_sign": (500,), "logits": (10,)},
        "source": "784·500+500 + 500·10+10",
    },
}

# Weights and bias that make a unit compute a gate of inputs in {0, 1}. XOR has none.
GATES = {
    "and": ((1.0, 1.0), -1.5),
    "or": ((1.0, 1.0), -0.5),
    "nand": ((-1.0, -1.0), 1.5),
    "nor": ((-1.0, -1.0), 0.5),
    "not": ((-1.0,), 0.5),
}


def threshold_unit(
    num_inputs: int, weights: Sequence[float], bias: float, *, name: str = "threshold_unit"
) -> keras.Model:
    """A unit whose output is 1 if the weighted sum of its inputs plus a bias is at least 0, else 0.

    The bias is the weight of a further input that is always 1: α = Σ wₑ·xₑ with x₀ = 1.

    Args:
        num_inputs: number of inputs, at least 1.
        weights: a weight for each input; `GATES` has those of the logical gates.
        bias: minus the threshold.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, num_inputs) to (batch, 1), values 0 and 1. The weights are
        trainable: the step has a straight-through gradient.

    Raises:
        TypeError: if a size is not an integer, or a weight or the bias not a number.
        ValueError: if the numbers of weights and inputs differ, or `num_inputs` is below 1.

    Reference:
        McCulloch and Pitts, 1943, A logical calculus of the ideas immanent in nervous activity.

    Example:
        >>> unit = threshold_unit(2, *GATES["and"])
        >>> keras.ops.convert_to_numpy(unit(np.array([[1.0, 1.0], [1.0, 0.0]]))).tolist()
        [[1.0], [0.0]]
    """
    check_count("num_inputs", num_inputs, "it is the number of inputs of the unit")
    if len(weights) != num_inputs:
        raise ValueError(
            f"`weights` must hold one number for each of the {num_inputs} inputs. "
            f"Received: weights={tuple(weights)}"
        )
    for number, weight in enumerate(weights):
        check_real(f"weights[{number}]", weight, "it weighs an input")
    check_real("bias", bias, "it is minus the threshold")
    inputs = keras.Input((int(num_inputs),), name="input")
    model = keras.Model(inputs, _units(1, "output")(inputs), name=name)
    model.set_weights([np.reshape(weights, (num_inputs, 1)), np.array([bias])])
    return model


def xor_net(*, name: str = "xor_net") -> keras.Model:
    """XOR by two layers of threshold units, as OR and not AND; a single unit cannot compute it.

    Args:
        name: name of the model.

    Returns:
        An uncompiled model from (batch, 2), values 0 and 1, to (batch, 1), values 0 and 1.

    Reference:
        Minsky and Papert, 1969, Perceptrons, for the limits of one unit.
    """
    inputs = keras.Input((2,), name="input")
    outputs = _units(1, "output")(_units(2, "hidden")(inputs))
    model = keras.Model(inputs, outputs, name=name)
    (or_weights, or_bias), (and_weights, and_bias) = GATES["or"], GATES["and"]
    hidden = [np.stack([or_weights, and_weights], axis=1), np.array([or_bias, and_bias])]
    model.set_weights([*hidden, np.array([[1.0], [-1.0]]), np.array([-0.5])])
    return model


def threshold_network(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    units: Sequence[int] = (500,),
    name: str = "threshold_network",
) -> keras.Model:
    """Fully connected layers of threshold units with outputs ±1, and linear outputs.

    Args:
        input_shape: shape of one example, (features,) or (height, width, channels).
        num_classes: number of classes, at least 2.
        units: width of each hidden layer, first to last; () gives single units.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, *input_shape) to float32 sums (batch, num_classes).

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1, or `num_classes` below 2.
    """
    check_shape(input_shape)
    check_classes(num_classes)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = keras.layers.Flatten(name="flatten")(inputs)
    for number, width in enumerate(units, start=1):
        check_count(f"units[{number - 1}]", width, "it is the width of a hidden layer")
        x = keras.layers.Dense(int(width), name=f"hidden{number}")(x)
        x = keras.layers.Activation(sign, name=f"hidden{number}_sign")(x)
    outputs = keras.layers.Dense(int(num_classes), dtype="float32", name="logits")(x)
    return keras.Model(inputs, outputs, name=name)


def gate_net(gate: str) -> keras.Model:
    """Builds the net that computes a gate: one unit with the weights of `GATES`, or `xor_net`.

    Args:
        gate: a name in `GATES`, or "xor".

    Returns:
        An uncompiled model from (batch, inputs), values 0 and 1, to (batch, 1), values 0 and 1.

    Raises:
        ValueError: if the gate is unknown.
    """
    if gate == "xor":
        return xor_net()
    if gate not in GATES:
        raise ValueError(f"`gate` must be one of {', '.join(GATES)}, xor. Received: gate={gate!r}")
    weights, bias = GATES[gate]
    return threshold_unit(len(weights), weights, bias)


def separating_weights(inputs: np.ndarray, outputs: Sequence[int]) -> np.ndarray | None:
    """Computes weights and bias of a unit with a given truth table, if it is linearly separable.

    Weights of such a unit can be scaled so that each sum is at least 1 for outputs 1 and at most −1
    for outputs 0; their existence is a linear program, so None is a proof. For XOR the two rows of
    output 1 add up to w₁ + w₂ + 2b ≥ 2, the other two to w₁ + w₂ + 2b ≤ −2.

    Args:
        inputs: rows of the table, (rows, inputs).
        outputs: 0 or 1 for each row.

    Returns:
        The weights with the bias last, (inputs + 1,), or None.

    Reference:
        Minsky and Papert, 1969, Perceptrons. Of the 2^(2^n) functions of n = 1, 2, 3, 4
        inputs, single units compute 4, 14, 104 and 1,882 (OEIS A000609).
    """
    signs = np.where(np.asarray(outputs) > 0, 1.0, -1.0)[:, None]
    rows = signs * np.column_stack([inputs, np.ones(len(inputs))])
    free = [(None, None)] * rows.shape[1]
    solution = linprog(np.zeros(rows.shape[1]), -rows, -np.ones(len(rows)), bounds=free)
    return solution.x if solution.success else None


def _units(count: int, name: str) -> keras.layers.Layer:
    # float32 as logits are: the step is exact at the threshold only if the sum is.
    return keras.layers.Dense(count, activation=heaviside, dtype="float32", name=name)
