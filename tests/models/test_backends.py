"""Each builder and layer computes the same function on TensorFlow, JAX and torch."""

from pathlib import Path

import numpy as np
import pytest

import keras_dl.layers
from tests.backends import values_on
from tests.models.forward import LAYERS, forward_values, gradient_values

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def here():
    gradients = {f"gradient_{name}": values for name, values in gradient_values().items()}
    return {**forward_values(), **gradients}


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_values_equal_another_backend_s(backend, here, tmp_path):
    # Most of JAX's time is compilation; unoptimised code computes the same.
    flags = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
    there = values_on(backend, "models.forward", tmp_path, XLA_FLAGS=flags)
    assert set(there) == set(here)
    for name, values in here.items():
        # float32, sums in different orders; logits are of size 1 to 10.
        np.testing.assert_allclose(there[name], values, rtol=1e-4, atol=1e-4, err_msg=name)


def test_every_layer_is_compared():
    random = {
        "MonteCarloDropout",
        "RandomDistortion",
        "RandomShift",
        "RandomSymmetry",
        "RandomView",
        "RestoreSymmetry",
        "WordDropout",
        "RestoreView",  # undo what was drawn
        "monte_carlo",
    }  # draws differ by backend
    wrapped = {"CausalSelfAttention", "MaskedAttention", "PositionEmbedding", "RBFOutput"}
    wrapped |= {"SinusoidalPositions", "SinusoidalPositions2D", "TakePositions"}
    in_fcn = {"Bilinear", "BilinearUpsampling"}
    wrapped |= {"CropLike", "MaxPoolingWithIndices", "MaxUnpooling", "RoIAlign", "RoIPool"}
    wrapped |= {"PyramidRoIAlign"}  # by the values of the detector
    # Compared by the values of their recipes or algorithms.
    elsewhere = {"GraphConstants", "GraphPropagation", "NodeRows", "SparseDense", "TiedDense"}
    elsewhere |= {"augmentation_layers"}
    compared = {type(build()).__name__ for build in LAYERS.values()} | wrapped | in_fcn | elsewhere
    assert set(keras_dl.layers.__all__) - random <= compared
