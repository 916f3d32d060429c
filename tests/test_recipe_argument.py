"""Recipes as arguments: objects, modules, names."""

import math

import pytest

import keras_dl
from keras_dl.recipe_argument import as_recipe, as_recipes
from recipes import lenet5, mlp


def test_recipes_are_objects_modules_or_names():
    assert as_recipe(lenet5) is as_recipe("lenet5") is as_recipe(lenet5.recipe) is lenet5.recipe
    assert as_recipes([lenet5, ["mlp"]]) == (lenet5.recipe, mlp.recipe)


def test_other_values_are_refused():
    with pytest.raises(TypeError, match=r"`recipe` must be a Recipe, .* Received: math"):
        as_recipe(math)
    with pytest.raises(ValueError, match="'lenet' is not a recipe. Did you mean"):
        as_recipe("lenet")


def test_a_model_needs_data():
    with pytest.raises(TypeError, match="`data` must be given with a model"):
        keras_dl.run(lambda: None)


def test_one_recipe_is_no_comparison():
    with pytest.raises(ValueError, match="must be two or more different ones. Received: lenet5"):
        keras_dl.compare([lenet5], verbose=False)
