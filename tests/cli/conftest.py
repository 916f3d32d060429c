"""Two recipes of our own in place of the packaged ones, whose hyperparameters change with time."""

import sys
from pathlib import Path

import pytest

from keras_dl import catalog

SHALLOW = '''"""Shallow: one layer [bold] enough.

Paper: Ada, Bob and Cy, 1998, Nets, section 2 and
    figure 1.
Data: digits, 1,797 images.
Run: keras-dl run shallow
Expect: little
Differs: no.
"""
from typing import Annotated
from keras_dl import Choice, Objective, Range, Recipe, When
from keras_dl.models.lenet import lenet5

def data(*, dataset: str = "digits", image_size: int | None = None):
    return dataset

def build(
    data,
    *,
    activation: Annotated[str, Choice("tanh", "relu")] = "tanh",
    batch_norm: Annotated[bool, Choice(False, True)] = False,
    dropout: Annotated[float, Range(0.0, 0.5)] = 0.0,
    optimizer: Annotated[str, Choice("adam", "sgd")] = "adam",
    learning_rate: Annotated[float, Range(1e-4, 3e-2, log=True)] = 2e-3,
    momentum: Annotated[float, Range(0.0, 0.99), When("optimizer", "sgd")] = 0.9,
): ...

recipe = Recipe(name="shallow", data=data, build=build, epochs=12,
                objective=Objective("val_accuracy", "max"))
'''

DEEP = '''"""Deep: layer upon layer.

Paper: Dee and Eve, 2012, Deeper Nets.
"""
from typing import Annotated
from keras_dl import Choice, Objective, Range, Recipe, Repeat

def data(*, dataset: str = "digits", image_size: int | None = None):
    return dataset

def build(
    data,
    *,
    units: Annotated[tuple[int, ...], Repeat(Range(32, 1024, log=True, step=2), 1, 3)] = (512, 512),
    activation: Annotated[str, Choice("relu", "tanh", "gelu")] = "relu",
    dropout: Annotated[float, Range(0.0, 0.6)] = 0.2,
    optimizer: Annotated[str, Choice("adam", "sgd")] = "adam",
): ...

recipe = Recipe(name="deep", data=data, build=build, epochs=1, patience=2,
                objective=Objective("val_loss", "min"))
'''


@pytest.fixture
def toy_recipes(tmp_path, monkeypatch) -> Path:
    """A folder with the recipes shallow and deep, which the command line takes for its own."""
    folder = tmp_path / "recipes"
    for family, name, text in (("flat", "shallow", SHALLOW), ("tall", "deep", DEEP)):
        (folder / family).mkdir(parents=True)
        (folder / family / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(catalog, "folder", lambda: folder)
    return folder


@pytest.fixture
def own_files(tmp_path, monkeypatch):
    """A folder for a user's files, whose modules are forgotten afterwards."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None)).startswith(str(tmp_path)):
            del sys.modules[name]
