"""A built package holds all recipes, without a list to edit."""

import tomllib
from pathlib import Path

import pytest

import keras_dl
from keras_dl import catalog

ROOT = Path(keras_dl.__file__).parent.parent


def test_each_family_is_packaged():
    setuptools = pytest.importorskip("setuptools")
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    find = settings["tool"]["setuptools"]["packages"]["find"]
    assert find.get("namespaces", True), "families have no __init__.py"
    packages = setuptools.find_namespace_packages(str(ROOT), include=find["include"])
    assert {f"recipes.{family}" for family in catalog.families()} <= set(packages)


def test_recipes_are_imported_by_name_alone():
    import recipes
    from recipes import lenet5

    assert lenet5.recipe.name == "lenet5"
    assert recipes.lenet5 is lenet5
    assert lenet5.__name__ == "recipes.lenet5"
