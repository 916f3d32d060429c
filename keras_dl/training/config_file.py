"""The configuration file of a run, `config.toml`, from which the command line repeats it."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from keras_dl import catalog
from keras_dl.data.serialization import FRAME, TEXTS
from keras_dl.recipe import Recipe
from keras_dl.space import format_value
from keras_dl.tracking import provenance

__all__ = ["make_config"]

IN_MEMORY = "in memory"  # of what only the Python call has
LEFT_OUT = ("callbacks", "resume", "verbose")


def make_config(
    command: str,
    recipes: Sequence[Recipe],
    values: Mapping[str, Any],
    options: Mapping[str, Any],
    data: object = None,
    callbacks: object = None,
) -> str:
    """Returns the arguments of a command in TOML, by the names of the flags.

    Args:
        command: "run", "tune", "compare" or "ablate".
        recipes: the recipes, each packaged or of a file.
        values: hyperparameters by name.
        options: options by name; those that are not set, and those of the display, are left out.
        data: the user's own data, or None.
        callbacks: the user's callbacks, or nothing.

    Returns:
        TOML with `command`, `recipe`, and a key for each value: numbers, booleans and texts as the
        command line reads them. `data`, `callbacks` and `model` are "in memory" where a file
        cannot name them.
    """
    names = [_name(recipe) for recipe in recipes]
    entries: dict[str, Any] = {"command": command, "recipe": [name for name in names if name]}
    entries |= values
    entries |= {n: v for n, v in options.items() if n not in LEFT_OUT and v not in (None, ())}
    if isinstance(data, str | os.PathLike) and Path(data).name not in (TEXTS, FRAME):
        entries["dataset"] = os.path.abspath(data) if os.path.exists(data) else os.fspath(data)
    elif data is not None:
        entries["data"] = IN_MEMORY
    if callbacks:
        entries["callbacks"] = IN_MEMORY
    if "" in names:
        entries["model"] = IN_MEMORY
    head = "# Repeats this run; flags take precedence: keras-dl COMMAND --config config.toml\n"
    return head + "".join(f"{name} = {_to_toml(value)}\n" for name, value in entries.items())


def _name(recipe: Recipe) -> str:
    """Returns the name of a packaged recipe or the file of another; "" without a file."""
    if recipe.name in catalog.names():
        return recipe.name
    file = Path(provenance.file_name(recipe))
    return str(file.resolve()) if file.suffix == ".py" and file.is_file() else ""


def _to_toml(value: object) -> str:
    if isinstance(value, bool | int):
        return format_value(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_to_toml, value))}]"
    # JSON's strings are TOML's, but for DEL.
    return json.dumps(format_value(value), ensure_ascii=False).replace("\x7f", "\\u007f")
