"""The published figures beside each builder are literals and hold."""

import ast
import importlib
from contextlib import nullcontext
from pathlib import Path

import keras
import numpy as np
import pytest

import keras_dl.models
from keras_dl.backend.unallocated import unallocated_variables
from keras_dl.models._counts import costs, links, units
from tests.checks import count_parameters

MANY = 100_000  # numbers in an input of one example, with which activations take gigabytes
LARGE = 5_000_000  # parameters from which building a net takes seconds
# float32 in every layer: set by hand, nothing but the result, or differences of embeddings.
EXACT = {"xor_net", "word2vec", "koch_siamese"}
FEATURES = {"bert"}  # whose outputs are no logits


def _published():
    for path in _modules():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PUBLISHED":
                for name, figures in ast.literal_eval(node.value).items():
                    large = figures["trainable_parameters"] > LARGE or name.endswith("110")
                    marks = [pytest.mark.slow] if large else []
                    yield pytest.param(_name(path), name, figures, id=name, marks=marks)


def _modules():
    return sorted(Path(keras_dl.models.__file__).parent.rglob("[!_]*.py"))


def _name(path):
    """Of a module, below `keras_dl.models`."""
    parts = path.relative_to(Path(keras_dl.models.__file__).parent).with_suffix("").parts
    return ".".join(parts)


def _build(module, name, figures):
    """With the figures' own arguments where the builder takes no images or no classes.

    Large nets have no weights: those of the largest take gigabytes.
    """
    builder = getattr(importlib.import_module(f"keras_dl.models.{module}"), name)
    large = figures["trainable_parameters"] > LARGE
    with unallocated_variables() if large else nullcontext():
        if "arguments" in figures:
            return builder(**figures["arguments"])
        return builder(figures["input_shape"], figures["num_classes"])


@pytest.mark.parametrize(("module", "name", "figures"), list(_published()))
def test_published_figures_hold(module, name, figures):
    model = _build(module, name, figures)
    assert model.name == name
    assert count_parameters(model) == figures["trainable_parameters"]
    shapes = {layer: model.get_layer(layer).output.shape[1:] for layer in figures["output_shapes"]}
    assert shapes == figures["output_shapes"]
    assert figures["source"]
    if "links" in figures:
        assert links(model) == figures["links"]
    if "multiply_adds" in figures:
        counted = costs(model)
        assert counted.multiply_adds == figures["multiply_adds"]
        assert counted.activations == figures["activations"]
    if "units" in figures:
        assert units(model) == figures["units"]
    if "neurons" in figures:
        assert units(model, inputs=False) == figures["neurons"]


@pytest.fixture
def mixed_precision():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    yield
    keras.config.set_dtype_policy(before)


def _smallest_of_each_module():
    """All nets of a module end alike, and large ones take seconds to build."""
    nets = sorted(_published(), key=lambda p: p.values[2]["trainable_parameters"])
    chosen = {p.values[0]: p for p in reversed(nets)}
    return [p for p in nets if not p.marks or p is chosen[p.values[0]]]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "name", "figures"),
    [p for p in _smallest_of_each_module() if p.id not in FEATURES],
)
@pytest.mark.usefixtures("mixed_precision")
def test_logits_stay_float32_under_mixed_precision(module, name, figures):
    model = _build(module, name, figures)
    logits = keras.tree.flatten(model.output)
    if len(model.layers) > 2 and name not in EXACT:
        assert any(layer.compute_dtype == "bfloat16" for layer in model.layers)
    assert {x.dtype for x in logits} == {"float32"}
    inputs = keras.tree.map_structure(_zeros, model.input)
    values = sum(x.size for x in keras.tree.flatten(inputs))
    if figures["trainable_parameters"] > LARGE or values > MANY:
        return  # gigabytes of weights or activations
    assert all("float32" in str(x.dtype) for x in keras.tree.flatten(model(inputs)))


def _zeros(symbol):
    return np.zeros([size or 8 for size in symbol.shape], symbol.dtype)


def test_every_module_publishes_figures():
    modules = {parameter.values[0] for parameter in _published()}
    assert modules == {_name(path) for path in _modules()}


def test_the_package_exports_every_published_builder():
    names = {parameter.values[1] for parameter in _published()}
    assert names <= set(keras_dl.models.__all__)
