"""Facts about initialization, dropout, normalisation, depth and convolution."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.facts.arrays import array, number
from keras_dl.facts.fact import Fact, Stated
from keras_dl.facts.formulas import (
    batch_norm,
    batch_norm_as_printed,
    convolution_size,
    dropout_rate,
    dropout_rate_as_printed,
    he_deviation,
    he_deviation_as_printed,
    overlapping_pooling,
    overlapping_pooling_as_printed,
)
from keras_dl.initializers import make_initializer
from keras_dl.layers import LocalResponseNormalization, MonteCarloDropout, PlainBatchNormalization

__all__ = ["FACTS"]

CUT = 2 / 0.87962566103423978  # truncation of Keras' he_normal, in standard deviations
SAMPLED = 0.02  # relative tolerance for statistics of 100,000 random numbers
ROUNDED = 1e-5


def _weights(name: str, shape: tuple[int, ...]) -> np.ndarray:
    keras.utils.set_random_seed(0)
    return array(make_initializer(name)(shape))


def _active_share(rate: float) -> float:
    layer = MonteCarloDropout(rate, seed=0)
    return float(np.mean(array(layer(np.ones((400, 500)))) > 0))


def _mean_of_masks() -> float:
    """Returns the mean over 2,000 masks of a weighted sum, divided by that sum."""
    inputs = np.random.default_rng(0).uniform(0.5, 1.5, 100)
    weights = np.random.default_rng(1).uniform(0.5, 1.5, 100)
    dropped = MonteCarloDropout(0.5, seed=0)(np.tile(inputs, (2000, 1)))
    return float(np.mean(array(dropped) @ weights) / (inputs @ weights))


def _batch() -> np.ndarray:
    return np.random.default_rng(0).normal(3.0, 2.0, (100, 5)).astype("float32")


def _difference_to_keras() -> float:
    theirs = keras.layers.BatchNormalization(epsilon=1e-3)(_batch(), training=True)
    ours = PlainBatchNormalization(epsilon=1e-3)(_batch(), training=True)
    return number(ops.max(ops.abs(theirs - ours)))


def _through_depth(factor: float, layers: int = 99) -> float:
    """Returns the output of linear layers W = c·I for an input of 1."""
    identity: Any = keras.initializers.Identity(factor)
    layer = keras.layers.Dense(2, use_bias=False, kernel_initializer=identity)
    x = np.ones((1, 2))
    for _ in range(layers):
        x = layer(x)
    return number(ops.max(x))


def _side(size: int, kernel: int, stride: int) -> int:
    shape = keras.layers.Conv2D(1, kernel, stride).compute_output_shape((None, size, size, 3))
    return shape[1]


def _as_matrix() -> np.ndarray:
    """Returns the matrix of a 3×3 convolution of 6×6 pixels, from unit inputs."""
    layer = keras.layers.Conv2D(1, 3, use_bias=False)
    kernel = np.arange(1.0, 10.0).reshape(3, 3, 1, 1)
    layer.build((None, 6, 6, 1))
    layer.set_weights([kernel])
    return array(layer(np.eye(36).reshape(36, 6, 6, 1))).reshape(36, 16)


def _normalised_one() -> float:
    return number(ops.max(LocalResponseNormalization()(np.eye(9)[4].reshape(1, 1, 1, 9))))


def _beyond(name: str) -> float:
    """Returns the share of 200,000 weights beyond the truncation of Keras' he_normal."""
    return float(np.mean(np.abs(_weights(name, (200, 1000))) > CUT * he_deviation(200)))


FACTS = (
    Fact(
        *("initialization", "xavier-bound", "largest weight of glorot_uniform, 300 to 100 units"),
        lambda: float(np.abs(_weights("glorot_uniform", (300, 100))).max()),
        Stated(0.122474, "U(±√(6/(n_in + n_out)))"),
        within=1e-3,
    ),
    Fact(
        *("initialization", "xavier-variance", "variance of glorot_uniform, 300 to 100 units"),
        lambda: float(_weights("glorot_uniform", (300, 100)).var()),
        published=Stated(0.005, "Glorot and Bengio 2010: 2/(n_in + n_out)"),
        within=SAMPLED,
    ),
    Fact(
        *("initialization", "he-variance", "variance of he_gaussian, 200 inputs"),
        lambda: float(_weights("he_gaussian", (200, 1000)).var()),
        Stated(0.01, "N(0, 2/n_in), the second argument being the variance"),
        Stated(0.01, "He et al. 2015, Delving deep into rectifiers, eq. 10"),
        within=SAMPLED,
    ),
    Fact(
        *("initialization", "he-deviation", "standard deviation of he_gaussian, 200 inputs"),
        lambda: float(_weights("he_gaussian", (200, 1000)).std()),
        Stated(
            lambda: he_deviation_as_printed(200),
            "N(0, 2/n_in), if code takes 2/n_in for the deviation",
            "2/n_in is the variance, the deviation is its root",
        ),
        derived=Stated(lambda: he_deviation(200), "√(2/n_in)"),
        within=SAMPLED,
    ),
    Fact(
        *("initialization", "he-normal-cut", "share of he_normal beyond 2/0.87963 deviations"),
        lambda: _beyond("he_normal"),
        derived=Stated(0.0, "Keras: cut there, and widened so that the variance stays 2/n_in"),
        within=1e-4,
    ),
    Fact(
        *("initialization", "he-gaussian-tail", "share of he_gaussian beyond it"),
        lambda: _beyond("he_gaussian"),
        derived=Stated(lambda: math.erfc(CUT / math.sqrt(2)), "normal distribution"),
        within=0.1,
    ),
    Fact(
        *("initialization", "lecun-bound", "largest weight of lecun_1989, 25 inputs"),
        lambda: float(np.abs(_weights("lecun_1989", (5, 5, 1, 2000))).max()),
        published=Stated(0.096, "LeCun et al. 1989, section 4: ±2.4/F"),
        within=1e-3,
    ),
    Fact(
        *("initialization", "alexnet-deviation", "standard deviation of gaussian_0.01"),
        lambda: float(_weights("gaussian_0.01", (200, 1000)).std()),
        published=Stated(0.01, "Krizhevsky et al. 2012, section 5"),
        within=SAMPLED,
    ),
    Fact(
        *("dropout", "hidden-kept", "share of hidden units that rate 0.5 keeps"),
        lambda: _active_share(dropout_rate(0.5)),
        Stated(0.5, "half of the hidden neurons are active"),
        within=SAMPLED,
    ),
    Fact(
        *("dropout", "inputs-kept", "share of inputs that rate 0.2 keeps"),
        lambda: _active_share(dropout_rate(0.8)),
        Stated(0.8, "80 % of the inputs are active"),
        Stated(0.8, "Srivastava et al. 2014: p = 0.8 for inputs"),
        within=SAMPLED,
    ),
    Fact(
        *("dropout", "inputs-rate", "the `rate` of Keras for inputs"),
        lambda: dropout_rate(0.8),
        Stated(
            lambda: dropout_rate_as_printed(0.8),
            "80 %",
            "the lecture counts what is kept, Keras' rate is what is dropped",
        ),
        within=ROUNDED,
    ),
    Fact(
        *("dropout", "mean-of-masks", "a weighted sum, averaged over 2,000 masks, over itself"),
        _mean_of_masks,
        Stated(1.0, "the average over several masks; scaled inputs give it in one go"),
        within=SAMPLED,
    ),
    Fact(
        *("batch_norm", "deviation", "standard deviation of a feature, normalised over m = 100"),
        lambda: float(array(batch_norm(_batch())).std(axis=0).mean()),
        Stated(
            lambda: float(array(batch_norm_as_printed(_batch())).std(axis=0).mean()),
            "σ = √(ε + Σ (H − μ)²)",
            "the lecture's variance lacks 1/m, which leaves 1/√m of the deviation",
        ),
        Stated(1.0, "Ioffe and Szegedy 2015, algorithm 1"),
        within=1e-4,
    ),
    Fact(
        *("batch_norm", "as-printed", "the same, by PlainBatchNormalization(literal=True)"),
        lambda: float(array(batch_norm_as_printed(_batch())).std(axis=0).mean()),
        derived=Stated(0.1, "1/√100"),
        within=1e-4,
    ),
    Fact(
        *("batch_norm", "keras", "our layer less that of Keras, at most"),
        _difference_to_keras,
        derived=Stated(0.0, "keras.layers.BatchNormalization: the same, up to rounding"),
        within=ROUNDED,
    ),
    Fact(
        *("batch_norm", "epsilon", "ε of PlainBatchNormalization"),
        lambda: PlainBatchNormalization().epsilon,
        Stated(1e-8, "typically 1e-8"),
        Stated(1e-3, "keras.layers.BatchNormalization", "ours follows the lecture, not Keras"),
    ),
    Fact(
        *("vanishing_gradient", "growth", "an input of 1 behind 99 layers 1.1·I, in float32"),
        lambda: _through_depth(1.1),
        Stated(12_527.8, "W = c·I with c > 1 explodes: 1.1⁹⁹"),
        within=ROUNDED,
    ),
    Fact(
        *("vanishing_gradient", "decay", "an input of 1 behind 99 layers 0.9·I, in float32"),
        lambda: _through_depth(0.9),
        Stated(2.95e-5, "W = c·I with c < 1 implodes: 0.9⁹⁹"),
    ),
    Fact(
        *("convolution", "size-227", "pixels a side behind 11×11 with step 4, from 227"),
        lambda: _side(227, 11, 4),
        Stated(lambda: convolution_size(227, 11, 4), "(227 − 11)/4 + 1"),
        derived=Stated(55, "the same"),
    ),
    Fact(
        *("convolution", "size-224", "the same from 224"),
        lambda: _side(224, 11, 4),
        published=Stated(
            55,
            "Krizhevsky et al. 2012 print 224 pixels and maps of 55",
            "(224 − 11)/4 is no integer, the last step finds no room; 227 pixels fit",
            from_memory=True,
        ),
    ),
    Fact(
        *("convolution", "matrix-links", "numbers not 0 in the matrix of a 3×3 kernel on 6×6"),
        lambda: int(np.count_nonzero(_as_matrix())),
        derived=Stated(144, "16 places of 9 pixels"),
    ),
    Fact(
        *("convolution", "matrix-weights", "different ones among them: shared weights"),
        lambda: len(set(_as_matrix()[_as_matrix() != 0].tolist())),
        Stated(9, "a convolution is a dense layer with local, shared weights: one kernel"),
    ),
    Fact(
        *("local_response", "one-active", "a value of 1 among maps of 0, normalised"),
        _normalised_one,
        derived=Stated(0.594581, "Krizhevsky et al. 2012, section 3.3: (2 + 1e-4)^−0.75"),
        within=ROUNDED,
    ),
    Fact(
        *("local_response", "size", "pixels a side behind local response normalisation, from 55"),
        lambda: overlapping_pooling_as_printed(np.zeros((1, 55, 55, 2))).shape[1],
        Stated(
            lambda: overlapping_pooling(np.zeros((1, 55, 55, 2))).shape[1],
            "“overlapping pooling (LRN)”",
            "two things under one name: pooling 3×3 with step 2 halves the maps, LRN does not",
        ),
        Stated(55, "Krizhevsky et al. 2012, sections 3.3 and 3.4"),
    ),
)
