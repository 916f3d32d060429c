"""Recipes by name or by file, read or run."""

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from keras_dl import catalog, settings
from keras_dl.recipe import Recipe

__all__ = ["entry", "recipe"]


def entry(name: str) -> catalog.Entry:
    """What a recipe's file says of itself.

    Args:
        name: of a recipe that comes with the package, which is never run for this, or a path to
            the user's own Python file, which is run only where reading it does not tell enough.

    Raises:
        ValueError, TypeError: if there is none, or it is wrong.
    """
    path = catalog.find(name)
    try:
        return catalog.read(path)
    except catalog.Unreadable:
        if catalog.is_packaged(path):
            raise
        return catalog.described(path, recipe(name))


def recipe(name: str) -> Recipe:
    """Imports a recipe.

    Args:
        name: of a recipe that comes with the package, or a path to the user's own Python file,
            which is run to get at it.

    Raises:
        ValueError: if there is none, or the file holds none or several.
    """
    path = catalog.find(name)
    ours = catalog.is_packaged(path)
    settings.load_backend(lean=ours)  # a user's own file may give Keras DataFrames
    if ours:
        return importlib.import_module(f"recipes.{path.stem}").recipe
    found = {id(v): v for v in vars(_module(path)).values() if isinstance(v, Recipe)}
    if len(found) != 1:
        names = ", ".join(r.name for r in found.values()) or "none"
        raise ValueError(f"`{path.name}` must hold exactly one Recipe. Received: {names}")
    return next(iter(found.values()))


def _module(path: Path) -> ModuleType:
    """Imports a file under its own name, once.

    Raises:
        ValueError: if another module has this name already, or the file is no Python.
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
    sys.path.insert(0, str(path.parent))  # as `python FILE` would, for its own neighbours
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        del sys.modules[path.stem], sys.path[0]
        if isinstance(error, SyntaxError):
            raise ValueError(f"`{path.name}` must be a Python file. Received: {error}") from None
        raise
    cloudpickle.register_pickle_by_value(module)  # workers could not import it by this name
    return module
