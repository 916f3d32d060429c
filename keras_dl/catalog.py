"""Reads recipe files by their syntax tree: title, docstring head, hyperparameters, counts.

Nothing is imported, so the command line can list and explain recipes in a few hundredths of a
second; a test asserts that this reading and the running recipe agree.
"""

import ast
import inspect
import re
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from keras_dl.recipe import Objective, Recipe, Score, joined
from keras_dl.space import Choice, Hyper, Range, Repeat, When, hyper, refuse_positional
from keras_dl.utils.matching import did_you_mean

__all__ = ["Entry", "Unreadable", "described", "entries", "find", "folder", "names", "read"]

FIELDS = ("Paper", "Data", "Run", "Expect", "Differs")
FUNCTIONS = ("data", "build", "train", "report", "evaluators")
# All that an annotation, a default or a setting may say; the rest only running the file can tell.
VOCABULARY: dict[str, Any] = {
    "Annotated": Annotated,
    **{t.__name__: t for t in (Range, Choice, Repeat, When, Objective, Score)},
    **{t.__name__: t for t in (bool, int, float, str, tuple)},
}
GRAMMAR = (
    ast.Constant,
    ast.Name,
    ast.Load,
    ast.Call,
    ast.keyword,
    ast.Subscript,
    ast.Tuple,
    ast.List,
    ast.UnaryOp,
    ast.USub,
    ast.BinOp,
    ast.BitOr,
)


class Unreadable(ValueError):
    """The file holds something that cannot be understood without running it."""


@dataclass(frozen=True)
class Entry:
    """What a recipe file says of itself.

    Attributes:
        name: the recipe's name.
        path: the file.
        title: first line of its docstring.
        head: the docstring's fields, "Paper", "Data", "Run", "Expect", "Differs".
        space: hyperparameters by name.
        published: counts of the recipe's builders as published, with their source.
        settings: the literal arguments of its `Recipe(…)`: epochs, objective, score, task.
    """

    name: str
    path: Path
    title: str
    head: dict[str, str]
    space: dict[str, Hyper]
    published: dict[str, dict[str, Any]]
    settings: dict[str, Any]


def folder() -> Path:
    """The folder of the recipes that come with the package."""
    return Path(__file__).resolve().parent.parent / "recipes"


def files() -> dict[str, Path]:
    """Files of all recipes that come with the package, by name, sorted.

    A recipe's family is the folder of its file; names are unique over all families.
    """
    return _files(folder())


@cache
def _files(root: Path) -> dict[str, Path]:
    return {p.stem: p for p in sorted(root.glob("*/[a-z]*.py"), key=lambda p: p.stem)}


def names() -> tuple[str, ...]:
    """Names of all recipes that come with the package, sorted."""
    return tuple(files())


def is_packaged(path: Path) -> bool:
    """Returns whether a file is one of the recipes that come with the package."""
    return files().get(path.stem) == path


def family(name: str) -> str:
    """Returns the family of a recipe that comes with the package; "user" for others."""
    return files()[name].parent.name if name in files() else "user"


def entries() -> list[Entry]:
    """All recipes that come with the package."""
    return [read(path) for path in files().values()]


def find(name: str) -> Path:
    """Gives the file of a recipe named by its name or by a path to a Python file.

    Raises:
        ValueError: if neither exists; names the nearest match and all known recipes.
    """
    if name in files():
        return files()[name]
    path = Path(name).expanduser()
    if path.suffix == ".py" and path.is_file():
        return path.resolve()
    if path.suffix == ".py" or path.exists():
        raise ValueError(
            f"`NAME` must be a recipe or a Python file that exists. Received: NAME={name!r}"
        )
    hint = did_you_mean(name, names())
    raise ValueError(f"{name!r} is not a recipe.{hint} Known: {', '.join(names())}")


def read(path: Path) -> Entry:
    """Reads one recipe file.

    Raises:
        Unreadable: if the file cannot be understood without running it.
        ValueError, TypeError: if it is no Python, or what it declares is wrong.
    """
    tree = _tree(path)
    arguments = {k.arg: k.value for k in _recipe_call(tree, path).keywords if k.arg}
    functions = {f.name: f for f in tree.body if isinstance(f, ast.FunctionDef)}
    for role in ("data", "build"):
        if role not in arguments:
            raise Unreadable(f"`{path.name}` must give its Recipe(…) `{role}` by name")
    settings = {k: _value(v, path) for k, v in arguments.items() if k not in FUNCTIONS}
    name = Recipe(**{"name": path.stem, **settings}, data=_nothing, build=_nothing).name
    space = joined(
        name,
        *(
            _space(arguments[r], functions, path)
            for r in ("data", "build", "train")
            if r in arguments
        ),
    )
    published = _published(tree) if is_packaged(path) else {}
    return Entry(name, path, *_head(tree), space, published, settings)


def described(path: Path, recipe: Recipe) -> Entry:
    """What a file says of itself once it had to be run to get at its recipe."""
    known = {f.name: getattr(recipe, f.name) for f in fields(recipe) if f.name not in FUNCTIONS}
    return Entry(recipe.name, path, *_head(_tree(path)), recipe.space(), {}, known)


def _nothing() -> None: ...


def _tree(path: Path) -> ast.Module:
    try:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
    except (SyntaxError, UnicodeDecodeError) as error:
        raise ValueError(f"`{path.name}` must be a Python file. Received: {error}") from None
    if "recipe" not in text.lower():  # spares running a file that has none, imported or its own
        raise ValueError(f"`{path.name}` must hold a Recipe(…). Received: none")
    return tree


def _recipe_call(tree: ast.Module, path: Path) -> ast.Call:
    found = []
    for node in tree.body:
        value = getattr(node, "value", None)
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(value, ast.Call):
            name = getattr(value.func, "attr", getattr(value.func, "id", ""))
            found += [value] if name == "Recipe" else []
    if len(found) != 1:
        raise Unreadable(
            f"`{path.name}` must assign one Recipe(…) at its top level. Received: {len(found)}"
        )
    return found[0]


def _space(node: ast.expr, functions: dict[str, ast.FunctionDef], path: Path) -> dict[str, Hyper]:
    function = node if isinstance(node, ast.Lambda) else functions.get(getattr(node, "id", ""))
    if function is None or getattr(function, "decorator_list", ()):
        raise Unreadable(
            f"`{path.name}` must define the functions of its Recipe(…) itself, undecorated. "
            f"Received: {ast.unparse(node)}"
        )
    arguments = function.args
    if arguments.defaults:
        refuse_positional(arguments.args[-len(arguments.defaults)].arg)
    found = {}
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        said = (_value(node, path) for node in (argument.annotation, default))
        found[argument.arg] = hyper(argument.arg, *said)
    return found


def _value(node: ast.expr | None, path: Path) -> Any:
    """Evaluates an annotation or a default, if it keeps to the grammar and the vocabulary."""
    if node is None:
        return inspect.Parameter.empty
    for part in ast.walk(node):
        name = part.id if isinstance(part, ast.Name) else "int"
        if not isinstance(part, GRAMMAR) or name not in VOCABULARY:
            raise Unreadable(
                f"`{path.name}` must spell out its hyperparameters. "
                f"Received: {ast.unparse(node)}, which only running it can tell"
            )
    code = compile(ast.Expression(node), str(path), "eval")
    try:
        return eval(code, {"__builtins__": {}, **VOCABULARY})
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise ValueError(f"{error} ({path.name}, line {node.lineno})") from None


def _head(tree: ast.Module) -> tuple[str, dict[str, str]]:
    title, _, rest = (ast.get_docstring(tree) or "").partition("\n")
    head: dict[str, str] = {}
    name = ""
    for line in rest.splitlines():
        match = re.match(rf"({'|'.join(FIELDS)}): *(.*)", line)
        if match:
            name, line = match[1], match[2]
        elif not line.strip():
            name = ""
        if name:
            head[name] = f"{head.get(name, '')} {line.strip()}".strip()
    return title.strip().rstrip("."), head


def _published(tree: ast.Module) -> dict[str, dict[str, Any]]:
    """The `PUBLISHED` entries of the builders that the recipe imports."""
    found: dict[str, dict[str, Any]] = {}
    for node in tree.body:
        module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        if isinstance(node, ast.ImportFrom) and module.startswith("keras_dl.models."):
            table = _table(Path(__file__).parent / "models" / module.split(".")[2])
            found |= {a.name: table[a.name] for a in node.names if a.name in table}
    return found


@cache
def _table(place: Path) -> dict[str, dict[str, Any]]:
    """What a module of builders publishes; where it is a package, what its modules do."""
    files = sorted(place.glob("[!_]*.py")) if place.is_dir() else [place.with_suffix(".py")]
    found: dict[str, dict[str, Any]] = {}
    for node in (n for f in files for n in ast.parse(f.read_text(encoding="utf-8")).body):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(getattr(t, "id", "") == "PUBLISHED" for t in targets):
                found |= ast.literal_eval(node.value)
    return found
