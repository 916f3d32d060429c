"""Reads recipe files by their syntax tree: title, docstring head, hyperparameters, counts.

Nothing is imported or run; a test asserts that this reading and the running recipe agree.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Annotated, Any, NoReturn

from keras_dl.recipe import Objective, Recipe, Score, join_spaces
from keras_dl.space import AtLeast, Choice, Hyper, Range, Repeat, When, hyper, refuse_positional

__all__ = ["FIELDS", "Entry", "Unreadable", "describe", "read", "read_builders"]

MAX_BYTES = 4 * 2**20  # of a recipe file, which is a page or two
FIELDS = ("Paper", "Data", "Run", "Expect", "Differs")
SPACES = ("data", "build", "train")  # functions whose keyword-only parameters are hyperparameters
FUNCTIONS = (*SPACES, "report", "provenance", "evaluators")
# All names that an annotation, a default or a setting may use.
VOCABULARY: dict[str, Any] = {
    "Annotated": Annotated,
    **{t.__name__: t for t in (AtLeast, Range, Choice, Repeat, When, Objective, Score)},
    **{t.__name__: t for t in (bool, int, float, str, tuple)},
}
GRAMMAR = (
    *(ast.Constant, ast.Name, ast.Load, ast.Call, ast.keyword, ast.Subscript, ast.Tuple, ast.List),
    *(ast.UnaryOp, ast.USub, ast.BinOp, ast.BitOr),
)


class Unreadable(ValueError):
    """Only running the file tells its recipe."""


@dataclass(frozen=True)
class Entry:
    """The declarations of a recipe file.

    Attributes:
        name: the recipe's name.
        path: the file.
        title: first line of its docstring.
        head: the docstring's fields, "Paper", "Data", "Run", "Expect", "Differs".
        space: hyperparameters by name.
        published: counts of the recipe's builders with their source.
        settings: the arguments of its `Recipe(…)` that are no functions: epochs, objective, score.
    """

    name: str
    path: Path
    title: str
    head: dict[str, str]
    space: dict[str, Hyper]
    published: dict[str, dict[str, Any]]
    settings: dict[str, Any]

    @property
    def objective(self) -> Objective:
        """The declared objective, or the default of `Recipe`."""
        return self.settings.get("objective", Objective("val_accuracy", "max"))

    @property
    def score(self) -> Score:
        """The declared score, or the objective on the test set."""
        objective = self.objective
        return self.settings.get("score") or Score(objective.test_name, objective.direction)


def read(path: Path, *, published: bool = False) -> Entry:
    """Reads one recipe file.

    Args:
        path: the file.
        published: also read the published counts of the builders that the file imports.

    Raises:
        Unreadable: if only running the file tells its recipe.
        ValueError, TypeError: if it is not Python, or its declarations are wrong.
    """
    tree = _parse(path)
    arguments = {k.arg: k.value for k in _recipe_call(tree, path).keywords if k.arg}
    functions = {f.name: f for f in tree.body if isinstance(f, ast.FunctionDef)}
    for role in ("data", "build"):
        if role not in arguments:
            raise Unreadable(f"`{path.name}` must give its Recipe(…) `{role}` by name")
    settings = {k: _evaluate(v, path) for k, v in arguments.items() if k not in FUNCTIONS}
    name = Recipe(**{"name": path.stem, **settings}, data=_placeholder, build=_placeholder).name
    roles = [role for role in SPACES if role in arguments and not _is_none(arguments[role])]
    space = join_spaces(name, *(_read_space(arguments[role], functions, path) for role in roles))
    counts = _read_published(tree) if published else {}
    return Entry(name, path, *_read_head(tree), space, counts, settings)


def describe(path: Path, recipe: Recipe) -> Entry:
    """Returns the entry of a file that had to be run for its recipe.

    Raises:
        ValueError, TypeError: if it is not Python, or a hyperparameter is wrong.
    """
    settings = {f.name: getattr(recipe, f.name) for f in fields(recipe) if f.name not in FUNCTIONS}
    return Entry(recipe.name, path, *_read_head(_parse(path)), recipe.space(), {}, settings)


def _placeholder() -> Any: ...


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _parse(path: Path) -> ast.Module:
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(
            f"`{path.name}` must be a Python file of at most {MAX_BYTES >> 20} MiB. "
            f"Received: {path.stat().st_size >> 20} MiB"
        )
    try:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
    except (SyntaxError, UnicodeDecodeError, MemoryError, RecursionError) as error:
        raise ValueError(f"`{path.name}` must be a Python file. Received: {error}") from None
    if "recipe" not in text.lower():  # avoids running a file that neither makes nor imports one
        raise ValueError(f"`{path.name}` must hold a Recipe(…). Received: none")
    return tree


def _recipe_call(tree: ast.Module, path: Path) -> ast.Call:
    calls = []
    for node in tree.body:
        value = getattr(node, "value", None)
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(value, ast.Call):
            name = getattr(value.func, "attr", getattr(value.func, "id", ""))
            calls += [value] if name == "Recipe" else []
    if len(calls) != 1:
        raise Unreadable(
            f"`{path.name}` must assign one Recipe(…) at its top level. Received: {len(calls)}"
        )
    return calls[0]


def _read_space(
    node: ast.expr, functions: dict[str, ast.FunctionDef], path: Path
) -> dict[str, Hyper]:
    function = node if isinstance(node, ast.Lambda) else functions.get(getattr(node, "id", ""))
    if function is None or getattr(function, "decorator_list", ()):
        raise Unreadable(
            f"`{path.name}` must define the functions of its Recipe(…) itself, undecorated. "
            f"Received: {ast.unparse(node)}"
        )
    arguments = function.args
    if arguments.defaults:
        refuse_positional(arguments.args[-len(arguments.defaults)].arg)
    space = {}
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        annotation, value = (_evaluate(node, path) for node in (argument.annotation, default))
        space[argument.arg] = hyper(argument.arg, annotation, value)
    return space


def _evaluate(node: ast.expr | None, path: Path) -> Any:
    """Evaluates an annotation or a default, if it keeps to the grammar and the vocabulary."""
    if node is None:
        return inspect.Parameter.empty
    for part in ast.walk(node):
        name = part.id if isinstance(part, ast.Name) else "int"
        if not isinstance(part, GRAMMAR) or name not in VOCABULARY:
            _refuse(node, path)
    code = compile(ast.Expression(node), str(path), "eval")
    try:
        return eval(code, {"__builtins__": {}, **VOCABULARY})
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise ValueError(f"{error} ({path.name}, line {node.lineno})") from None


def _refuse(node: ast.expr, path: Path) -> NoReturn:
    raise Unreadable(
        f"`{path.name}` must spell out its hyperparameters. "
        f"Received: {ast.unparse(node)}, which only running it can tell"
    )


def _read_head(tree: ast.Module) -> tuple[str, dict[str, str]]:
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


def read_builders() -> dict[str, dict[str, Any]]:
    """Returns the `PUBLISHED` entries of all builders by name, sorted."""
    builders: dict[str, dict[str, Any]] = {}
    for place in (Path(__file__).parent / "models").iterdir():
        if not place.name.startswith("_"):
            builders |= _read_table(place.with_suffix(""))
    return dict(sorted(builders.items()))


def _read_published(tree: ast.Module) -> dict[str, dict[str, Any]]:
    """Returns the `PUBLISHED` entries of the builders that the recipe imports."""
    published: dict[str, dict[str, Any]] = {}
    for node in tree.body:
        module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        if isinstance(node, ast.ImportFrom) and module.startswith("keras_dl.models."):
            table = _read_table(Path(__file__).parent / "models" / module.split(".")[2])
            published |= {a.name: table[a.name] for a in node.names if a.name in table}
    return published


@cache
def _read_table(place: Path) -> dict[str, dict[str, Any]]:
    """Merges the `PUBLISHED` tables of a module of builders, or of the modules of a package."""
    files = sorted(place.rglob("[!_]*.py")) if place.is_dir() else [place.with_suffix(".py")]
    table: dict[str, dict[str, Any]] = {}
    for value in (value for file in files for value in _tables(file)):
        table |= ast.literal_eval(value)
    return table


def _tables(file: Path) -> Iterator[ast.expr]:
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(getattr(target, "id", "") == "PUBLISHED" for target in targets):
                yield node.value
