"""Recipes as the Python API takes them: objects, their modules, or names."""

from collections.abc import Iterable
from types import ModuleType

from keras_dl.recipe import Recipe

__all__ = ["RecipeLike", "as_recipe", "as_recipes"]

RecipeLike = Recipe | ModuleType | str


def as_recipe(value: object) -> Recipe:
    """Returns the recipe.

    Args:
        value: a recipe, a module with a `recipe`, the name of a packaged recipe, or the path of a
            Python file.

    Raises:
        TypeError: if it is none of them.
        ValueError: if there is no recipe of this name, or the file has none or several.
    """
    if isinstance(value, str):
        from keras_dl.cli.loading import load_recipe

        return load_recipe(value)
    recipe = getattr(value, "recipe", None) if isinstance(value, ModuleType) else value
    if not isinstance(recipe, Recipe):
        raise TypeError(
            "`recipe` must be a Recipe, a module with a `recipe`, or a name such as 'lenet5'. "
            f"Received: {getattr(value, '__name__', None) or type(value).__name__}"
        )
    return recipe


def as_recipes(values: Iterable[object]) -> tuple[Recipe, ...]:
    """Returns the recipes.

    Args:
        values: each as `as_recipe` takes it, or in a list or tuple.

    Raises:
        ValueError, TypeError: as `as_recipe`.
    """
    recipes: list[Recipe] = []
    for value in values:
        recipes += as_recipes(value) if isinstance(value, list | tuple) else [as_recipe(value)]
    return tuple(recipes)
