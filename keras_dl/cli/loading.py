"""Loads recipes by name or by file."""

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from keras_dl import catalog, settings
from keras_dl.recipe import Recipe

__all__ = ["entry", "load_recipe"]


def entry(name: str) -> catalog.Entry:
    """Returns what the file of a recipe declares.

    Args:
        name: of a packaged recipe, whose file is parsed only, or path of the user's own Python
            file, which is run if parsing is not enough.

    Raises:
        ValueError, TypeError: if there is no such recipe, or it is wrong.
    """
    path = catalog.find(name)
    try:
        return catalog.read(path)
    except catalog.Unreadable:
        if catalog.is_packaged(path):
            raise
        return catalog.describe(path, load_recipe(name))


def load_recipe(name: str) -> Recipe:
    """Imports a recipe.

    Args:
        name: of a packaged recipe, or path of the user's own Python file, which is run.

    Raises:
        ValueError: if there is no such recipe, or the file holds none or several.
    """
    path = catalog.find(name)
    packaged = catalog.is_packaged(path)
    settings.load_backend(lean=packaged)  # a user's own file may pass DataFrames to Keras
    if packaged:
        return importlib.import_module(f"recipes.{path.stem}").recipe
    variables = vars(_import_file(path)).values()
    recipes = {id(value): value for value in variables if isinstance(value, Recipe)}
    if len(recipes) != 1:
        names = ", ".join(recipe.name for recipe in recipes.values()) or "none"
        raise ValueError(f"`{path.name}` must hold exactly one Recipe. Received: {names}")
    return next(iter(recipes.values()))


def _import_file(path: Path) -> ModuleType:
    """Imports a file under its own name, once.

    Raises:
        ValueError: if another module has this name, or the file is not Python.
    """
    import cloudpickle

    module = sys.modules.get(path.stem)
    if module is not None:
        if getattr(module, "__file__", None) == str(path):
            return module
        raise ValueError(f"`{path.name}` must have another name; there is a module {path.stem}")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # For imports of neighbouring files, none of which hides a module of Python or of a package.
    sys.path.append(str(path.parent))
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        del sys.modules[path.stem], sys.path[-1]
        if isinstance(error, SyntaxError):
            raise ValueError(f"`{path.name}` must be a Python file. Received: {error}") from None
        raise
    cloudpickle.register_pickle_by_value(module)  # workers cannot import it by this name
    return module
