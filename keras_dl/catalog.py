"""Reads recipe files by their syntax tree: title, docstring head, hyperparameters, published counts.

Nothing is imported, so the command line can list and explain recipes in a few hundredths of a
second; a test asserts that this reading and the running recipe agree.
"""

import ast
import difflib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from keras_dl.recipe import Objective
from keras_dl.space import Choice, Hyper, Range, Repeat, When, hyper

__all__ = ["Entry", "entries", "find", "folder", "names", "read"]

FIELDS = ("Paper", "Data", "Run", "Expect", "Differs")
# The only names an annotation may use; anything else makes the file unreadable without running it.
VOCABULARY = {
    kind.__name__: kind
    for kind in (Annotated, Range, Choice, Repeat, When, Objective, bool, int, float, str, tuple)
}


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
        settings: the literal arguments of its `Recipe(…)`: epochs, objective, task, family.
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


@cache
def names() -> tuple[str, ...]:
    """Names of all recipes that come with the package, sorted."""
    return tuple(sorted(p.stem for p in folder().glob("[a-z]*.py")))


def entries() -> list[Entry]:
    """All recipes that come with the package."""
    return [read(folder() / f"{name}.py") for name in names()]


def find(name: str) -> Path:
    """Gives the file of a recipe named by its name or by a path to a Python file.

    Raises:
        ValueError: if neither exists; names the nearest match and all known recipes.
    """
    if name in names():
        return folder() / f"{name}.py"
    path = Path(name).expanduser()
    if path.suffix == ".py" and path.is_file():
        return path.resolve()
    if path.suffix == ".py" or path.exists():
        raise ValueError(f"`NAME` must be a recipe or a Python file that exists. Received: {name}")
    close = difflib.get_close_matches(name, names(), 1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise ValueError(f"{name!r} is not a recipe.{hint} Known: {', '.join(names())}")


def read(path: Path) -> Entry:
    """Reads one recipe file.

    Raises:
        ValueError: if the file has no `Recipe(…)` or cannot be understood without running it.
    """
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError) as error:
        raise ValueError(f"`{path.name}` must be a Python file. Received: {error}") from None
    call = _recipe_call(tree, path)
    arguments = {k.arg: k.value for k in call.keywords if k.arg}
    functions = {f.name: f for f in tree.body if isinstance(f, ast.FunctionDef)}
    space: dict[str, Hyper] = {}
    for role in ("data", "build"):
        if role not in arguments:
            raise ValueError(f"`{path.name}` must give its Recipe(…) `{role}` by name")
        space |= _space(arguments[role], functions, path)
    literal = {k: v for k, v in arguments.items() if k not in ("data", "build", "report")}
    settings = {name: _value(node, path) for name, node in literal.items()}
    title, head = _head(ast.get_docstring(tree) or "")
    published = _published(tree) if path.parent == folder() else {}
    return Entry(settings.get("name", path.stem), path, title, head, space, published, settings)


def _recipe_call(tree: ast.Module, path: Path) -> ast.Call:
    for node in tree.body:
        value = getattr(node, "value", None)
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(value, ast.Call):
            function = value.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if name == "Recipe":
                return value
    raise ValueError(f"`{path.name}` must assign a Recipe(…) at its top level. Received: none there")


def _space(node: ast.expr, functions: dict[str, ast.FunctionDef], path: Path) -> dict[str, Hyper]:
    function = node if isinstance(node, ast.Lambda) else functions.get(getattr(node, "id", ""))
    if function is None:
        raise ValueError(f"`{path.name}` must define the functions that its Recipe(…) names")
    found = {}
    for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        if default is None or argument.annotation is None:
            raise ValueError(f"`{argument.arg}` must have an annotation and a default in {path.name}")
        found[argument.arg] = hyper(
            argument.arg, _value(argument.annotation, path), _value(default, path)
        )
    return found


def _value(node: ast.expr, path: Path) -> Any:
    """Evaluates an annotation or a default; every name in it must belong to the vocabulary."""
    try:
        return ast.literal_eval(node)
    except ValueError:
        pass
    for part in ast.walk(node):
        unsafe = isinstance(part, (ast.Attribute, ast.Lambda, ast.NamedExpr, ast.Await, ast.Yield))
        if unsafe or (isinstance(part, ast.Name) and part.id not in VOCABULARY):
            raise ValueError(f"`{path.name}` holds {ast.unparse(node)}, which only running it can tell")
    code = compile(ast.Expression(node), str(path), "eval")
    return eval(code, {"__builtins__": {}, **VOCABULARY})


def _head(docstring: str) -> tuple[str, dict[str, str]]:
    title, _, rest = docstring.partition("\n")
    head: dict[str, str] = {}
    name = ""
    for line in rest.splitlines():
        match = re.match(r"(\w+): *(.*)", line)
        if match and match[1] in FIELDS:
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
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("keras_dl.models."):
            file = Path(__file__).parent / "models" / f"{(node.module or '').split('.')[2]}.py"
            table = _table(file)
            found |= {a.name: table[a.name] for a in node.names if a.name in table}
    return found


@cache
def _table(file: Path) -> dict[str, dict[str, Any]]:
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(getattr(t, "id", "") == "PUBLISHED" for t in targets):
            value: ast.expr = node.value  # type: ignore[attr-defined]
            return ast.literal_eval(value)
    return {}
