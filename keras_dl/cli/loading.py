"""Recipe objects by name or by file."""

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

from keras_dl import catalog, settings
from keras_dl.recipe import Recipe

__all__ = ["recipe"]


def recipe(name: str) -> Recipe:
    """Imports a recipe.

    Args:
        name: of a recipe that comes with the package, or a path to the user's own Python file,
            which is run to get at it.

    Raises:
        ValueError: if there is none, or the file holds none or several.
    """
    settings.load_backend()
    path = catalog.find(name)
    if path.parent == catalog.folder():
        return importlib.import_module(f"recipes.{path.stem}").recipe
    module = _module(path)
    found = [v for v in vars(module).values() if isinstance(v, Recipe)]
    if len(found) != 1:
        raise ValueError(f"`{path.name}` must hold exactly one Recipe. Received: {len(found)}")
    return found[0]


def _module(path: Path) -> Any:
    import cloudpickle

    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent))  # as `python FILE` would, for its own neighbours
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    cloudpickle.register_pickle_by_value(module)  # workers could not import it by this name
    return module
