"""The published figures beside each builder are literals and hold."""

import ast
import importlib
from pathlib import Path

import keras
import numpy as np
import pytest

import keras_dl.models
from tests.checks import count_parameters


def _published():
    for path in sorted(Path(keras_dl.models.__file__).parent.glob("[!_]*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PUBLISHED":
                for name, figures in ast.literal_eval(node.value).items():
                    yield pytest.param(path.stem, name, figures, id=name)


@pytest.mark.parametrize(("module", "name", "figures"), list(_published()))
def test_published_figures_hold(module, name, figures):
    builder = getattr(importlib.import_module(f"keras_dl.models.{module}"), name)
    model = builder(figures["input_shape"], figures["num_classes"])
    assert model.name == name
    assert count_parameters(model) == figures["trainable_parameters"]
    shapes = {layer: model.get_layer(layer).output.shape[1:] for layer in figures["output_shapes"]}
    assert shapes == figures["output_shapes"]
    assert figures["source"]


@pytest.fixture
def mixed_precision():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    yield
    keras.config.set_dtype_policy(before)


@pytest.mark.parametrize(("module", "name", "figures"), list(_published()))
@pytest.mark.usefixtures("mixed_precision")
def test_logits_stay_float32_under_mixed_precision(module, name, figures):
    builder = getattr(importlib.import_module(f"keras_dl.models.{module}"), name)
    model = builder(figures["input_shape"], figures["num_classes"])
    assert model.layers[-2].compute_dtype == "bfloat16"
    assert model.output.dtype == "float32"
    assert "float32" in str(model(np.zeros((1, *figures["input_shape"]))).dtype)


def test_every_module_publishes_figures():
    modules = {parameter.values[0] for parameter in _published()}
    paths = Path(keras_dl.models.__file__).parent.glob("[!_]*.py")
    assert modules == {path.stem for path in paths}
