"""The recipes that come with the package, by name, and users' own recipe files.

Files are parsed and not imported (`keras_dl.recipe_files`), so that the command line lists and
explains recipes in a few hundredths of a second.
"""

from functools import cache
from pathlib import Path

from keras_dl import recipe_files
from keras_dl.recipe import Recipe
from keras_dl.recipe_files import FIELDS, Entry, Unreadable
from keras_dl.utils.matching import did_you_mean

__all__ = [
    "FIELDS",
    "Entry",
    "Unreadable",
    "builders",
    "describe",
    "entries",
    "families",
    "family",
    "files",
    "find",
    "folder",
    "is_packaged",
    "names",
    "read",
]


def folder() -> Path:
    """Returns the folder of the packaged recipes; its folders are the families."""
    return Path(__file__).resolve().parent.parent / "recipes"


def files() -> dict[str, Path]:
    """Returns the files of all packaged recipes by name, sorted.

    Raises:
        ValueError: if two families have a recipe of the same name.
    """
    return _files(folder())


@cache
def _files(root: Path) -> dict[str, Path]:
    by_name: dict[str, Path] = {}
    for path in sorted(root.glob("[!_.]*/[a-z]*.py"), key=lambda path: path.stem):
        other = by_name.setdefault(path.stem, path)
        if other != path:
            raise ValueError(
                f"`{path.name}` must have another name; recipes of all families share one name "
                f"space. Received: {other.parent.name}/{path.name}, {path.parent.name}/{path.name}"
            )
    return by_name


def names() -> tuple[str, ...]:
    """Returns the names of all packaged recipes, sorted."""
    return tuple(files())


def builders() -> dict[str, dict[str, object]]:
    """Returns the published counts of all builders by name, sorted."""
    return recipe_files.read_builders()


def families() -> tuple[str, ...]:
    """Returns the families of the packaged recipes, sorted."""
    return tuple(sorted({path.parent.name for path in files().values()}))


def is_packaged(path: Path) -> bool:
    """Returns whether a file is one of the packaged recipes."""
    return files().get(path.stem) == path


def family(name: str) -> str:
    """Returns the family of a packaged recipe, which is its folder; "user" for other recipes."""
    return files()[name].parent.name if name in files() else "user"


def entries() -> list[Entry]:
    """Reads all packaged recipes, by family and name."""
    paths = sorted(files().values(), key=lambda path: (path.parent.name, path.stem))
    return [read(path) for path in paths]


def find(name: str) -> Path:
    """Returns the file of a recipe.

    Args:
        name: of a packaged recipe, or path to a Python file.

    Raises:
        ValueError: if neither exists; the message names the closest recipe.
    """
    if name in files():
        return files()[name]
    try:
        path = Path(name).expanduser()
    except RuntimeError as error:  # ~ of an unknown user
        raise ValueError(
            f"`NAME` must be a recipe or a file. Received: {name!r} ({error})"
        ) from None
    if path.suffix == ".py" and path.is_file():
        return path.resolve()
    if path.suffix == ".py" or path.exists():
        raise ValueError(
            f"`NAME` must be a recipe or a Python file that exists. Received: NAME={name!r}"
        )
    hint = did_you_mean(name, names())
    raise ValueError(f"{name!r} is not a recipe.{hint} Available: {', '.join(names())}")


def read(path: Path) -> Entry:
    """Reads a recipe file without running it.

    Raises:
        Unreadable: if only running the file tells its recipe.
        ValueError, TypeError: if it is not Python, or its declarations are wrong.
    """
    return recipe_files.read(path, published=is_packaged(path))


def describe(path: Path, recipe: Recipe) -> Entry:
    """Returns the entry of a file that had to be run for its recipe."""
    return recipe_files.describe(path, recipe)
