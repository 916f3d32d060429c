"""Recipes, one per file, in folders by family; names are flat: `from recipes import lenet5`."""

from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from keras_dl import settings

# Submodules are looked up in every family's folder, so that a recipe's name stays
# `recipes.lenet5` wherever its file is.
__path__ += sorted(str(path) for path in Path(__file__).parent.glob("[!_.]*") if path.is_dir())

settings.load_backend()  # here, because every recipe's first import is Keras

if TYPE_CHECKING:  # type checkers do not follow `__path__`

    def __getattr__(name: str) -> ModuleType: ...
