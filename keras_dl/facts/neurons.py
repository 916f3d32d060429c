"""Facts about single neurons, perceptrons and multilayer perceptrons."""

from itertools import product
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.activations import scaled_tanh
from keras_dl.facts.arrays import array, number
from keras_dl.facts.fact import Fact, Stated
from keras_dl.facts.formulas import kernel_expansion, kernel_expansion_as_printed, kernel_features
from keras_dl.facts.nets import measure, shape_of, table_fact
from keras_dl.models import mlp, threshold_unit, xor_net
from keras_dl.models.threshold import GATES

__all__ = ["FACTS"]

CASES = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
X, Y = np.array([1.0, 2.0]), np.array([3.0, 4.0])


def _table(model: keras.Model) -> str:
    """Returns the outputs for 00, 01, 10 and 11."""
    return "".join(str(int(v)) for v in array(model(CASES)).ravel())


def _bias_as_weight() -> float:
    """Returns the largest difference between a bias and the weight of a constant input 1."""
    points = np.random.default_rng(0).uniform(-1, 1, (100, 2))
    weights, bias = np.array([0.3, -0.7]), 0.2
    layer = keras.layers.Dense(1)
    layer.build((None, 2))
    layer.set_weights([weights[:, None], np.array([bias])])
    extended = np.hstack([np.ones((100, 1)), points]) @ np.array([bias, *weights])
    return float(np.abs(array(layer(points))[:, 0] - extended).max())


def _separable() -> set[str]:
    """Returns the truth tables of two inputs that one unit computes, by search over weights."""
    unit = threshold_unit(2, (0.0, 0.0), 0.0)
    tables = set()
    for first, second, bias in product((-1.0, 0.0, 1.0), (-1.0, 0.0, 1.0), (-1.5, -0.5, 0.5, 1.5)):
        unit.set_weights([np.array([[first], [second]]), np.array([bias])])
        tables.add(_table(unit))
    return tables


def _best_at_xor() -> int:
    return max(sum(a == b for a, b in zip("0110", t, strict=True)) for t in _separable())


def _image_inputs() -> int:
    return keras.layers.Flatten()(keras.Input((480, 640, 1))).shape[1]


def _first_layer_weights() -> int:
    layer = keras.layers.Dense(1, use_bias=False)
    layer.build((None, _image_inputs()))
    return layer.count_params()


def _two_linear_layers() -> float:
    """Returns the largest difference between two linear layers and their product."""
    model = mlp((5,), 3, units=(4,), activation="linear")
    points = np.random.default_rng(0).uniform(-1, 1, (50, 5)).astype("float32")
    (w1, b1), (w2, b2) = (layer.get_weights() for layer in model.layers if layer.get_weights())
    return float(np.abs(model.predict_on_batch(points) - (points @ (w1 @ w2) + b1 @ w2 + b2)).max())


def _sigmoid(at: float) -> float:
    return number(ops.sigmoid(np.float32(at)))


def _slope_of_sigmoid(at: float, step: float = 1e-2) -> float:
    above, below = (_sigmoid(at + s) for s in (step, -step))
    return (above - below) / (2 * step)


def _largest_slope() -> float:
    return max(_slope_of_sigmoid(at) for at in np.linspace(-5, 5, 101))


def _scaled_tanh_at_1() -> float:
    one: Any = ops.convert_to_tensor(1.0)
    return number(scaled_tanh(one))


def _kernel() -> float:
    return number(ops.sum(kernel_features(X) * kernel_features(Y)))


FACTS = (
    Fact(
        *("threshold_unit", "and", "AND of 00, 01, 10, 11 by one unit with weights set by hand"),
        lambda: _table(threshold_unit(2, *GATES["and"])),
        derived=Stated("0001", "truth table"),
    ),
    Fact(
        *("threshold_unit", "or", "OR of 00, 01, 10, 11 by one unit with weights set by hand"),
        lambda: _table(threshold_unit(2, *GATES["or"])),
        derived=Stated("0111", "truth table"),
    ),
    Fact(
        *("threshold_unit", "bias", "a bias less the weight of an input x₀ = 1, at most"),
        _bias_as_weight,
        Stated(0.0, "α = Σ wₑ·xₑ with x₀ = 1: the same, up to rounding"),
        within=1e-6,
    ),
    Fact(
        *("threshold_unit", "functions", "of the 16 functions of two bits, those of one unit"),
        lambda: len(_separable()),
        derived=Stated(14, "threshold functions of two variables; all but XOR and its opposite"),
    ),
    Fact(
        *("threshold_unit", "xor", "cases of XOR, of four, that the best single unit gets right"),
        _best_at_xor,
        derived=Stated(3, "the lecture: not linearly separable, so not all 4"),
    ),
    table_fact("threshold_unit", "trainable_parameters"),
    Fact(
        *("xor_net", "xor", "XOR of 00, 01, 10, 11 by two layers of threshold units"),
        lambda: _table(xor_net()),
        derived=Stated("0110", "truth table"),
    ),
    table_fact("xor_net", "trainable_parameters"),
    Fact(
        *("perceptron", "inputs", "inputs of an image of 20×20 pixels"),
        lambda: measure("perceptron").shapes["flatten"][0],
        Stated(400, "it classifies 20×20 images"),
    ),
    table_fact("perceptron", "trainable_parameters"),
    table_fact("linear_regression", "trainable_parameters"),
    table_fact("logistic_regression", "trainable_parameters"),
    table_fact("mlp", "trainable_parameters"),
    Fact(
        *("mlp", "image-inputs", "inputs of an image of 640×480 pixels, flattened"),
        _image_inputs,
        Stated(307_200),
    ),
    Fact(
        *("mlp", "weights-per-neuron", "weights of one neuron on that image"),
        _first_layer_weights,
        Stated(307_200, "one parameter per pixel and neuron"),
    ),
    Fact(
        *("mlp", "two-linear-layers", "two linear layers less the one of their product, at most"),
        _two_linear_layers,
        Stated(0.0, "several linear layers simplify into one: the same, up to rounding"),
        within=1e-5,
    ),
    Fact(
        *("sigmoid", "slope-at-1", "σ'(1), by differences"),
        lambda: _slope_of_sigmoid(1.0),
        Stated(lambda: _sigmoid(1.0) * (1 - _sigmoid(1.0)), "σ' = σ·(1 − σ)"),
        within=1e-4,
    ),
    Fact(
        *("sigmoid", "largest-slope", "the most of a gradient that passes one sigmoid"),
        _largest_slope,
        derived=Stated(0.25, "σ·(1 − σ) ≤ 1/4"),
        within=1e-4,
    ),
    Fact(
        *("scaled_tanh", "at-1", "1.7159·tanh(2/3): targets ±1 are reached"),
        _scaled_tanh_at_1,
        published=Stated(1.0, "LeCun et al. 1998, appendix A: f(1) = 1"),
        within=1e-4,
    ),
    Fact(
        *("kernel_trick", "features", "⟨φ(x), φ(y)⟩ for x = (1, 2), y = (3, 4)"),
        _kernel,
        Stated(lambda: float(X @ Y) ** 2, "⟨x, y⟩²"),
        within=1e-6,
    ),
    Fact(
        *("kernel_trick", "expansion", "⟨x, y⟩² multiplied out, for the same x and y"),
        lambda: number(kernel_expansion(X, Y)),
        Stated(
            lambda: number(kernel_expansion_as_printed(X, Y)),
            "… + y₂²·y₂²",
            "a slip of the pen: the last term is x₂²·y₂²",
        ),
        derived=Stated(lambda: float(X @ Y) ** 2, "⟨x, y⟩²"),
        within=1e-6,
    ),
    table_fact("t_c", "trainable_parameters"),
    table_fact("neocognitron", "trainable_parameters"),
    Fact(
        *("neocognitron", "first-cells", "planes of S-cells for an image of 16×16"),
        shape_of("neocognitron", "s1"),
        published=Stated((16, 16, 24), "Fukushima 1980, section 4"),
    ),
    Fact(
        *("neocognitron", "last-cells", "planes of the last C-cells"),
        shape_of("neocognitron", "c3"),
        published=Stated((1, 1, 24), "Fukushima 1980, section 4"),
    ),
)
