"""Who may import whom, read from the source; a new import that breaks a rule names its file."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import keras_dl

ROOT = Path(keras_dl.__file__).parent.parent
FILES = {
    str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
    for folder in ("keras_dl", "recipes")
    for path in sorted((ROOT / folder).rglob("*.py"))
}
# Loaded by `list`, `show` and every `--help`: they take the time that a person waits for those.
LIGHT = {
    f"keras_dl/{name}.py"
    for name in (
        "__init__",
        "__main__",
        "_search_path",
        "_version",
        "api",
        "budget",
        "init_from",
        "catalog",
        "commands",
        "errors",
        "explaining",
        "options",
        "recipe",
        "recipe_argument",
        "recipe_files",
        "settings",
        "lessons/__init__",
        "lessons/lesson",
        "space/__init__",
        "space/domains",
        "space/hyperparameters",
        "space/levels",
        "space/ranges",
        "utils/__init__",
        "utils/checks",
        "utils/files",
        "utils/matching",
        "utils/printing",
        "utils/scratch",
        "cli/__init__",
        "cli/completion",
        "cli/config",
        "cli/flags",
        "cli/lazy",
        "cli/lesson_commands",
        "cli/loading",
        "cli/paths",
        "cli/positionals",
        "cli/run_parser",
        "cli/tables",
        "cli/parser",
    )
}


def imported(node: ast.AST, file: str) -> list[str]:
    """The modules that a node imports, by statement or by a call with their name."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{file}: imports are absolute"
        # `from keras_dl import plots` imports keras_dl.plots; a name of no module does no harm.
        return [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
    if isinstance(node, ast.Call) and node.args:
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in ("import_module", "__import__"):
            return [text_of(node.args[0])]
    return []


def text_of(node: ast.expr) -> str:
    """A text, an f-string up to its first value, or ? for what only running it can tell."""
    if isinstance(node, ast.JoinedStr) and node.values:
        return text_of(node.values[0]).rstrip(".")
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "?"


def imports() -> Iterator[tuple[str, str, bool]]:
    """(file, module, by statement) of every import, wherever in the file it stands."""
    for file, tree in FILES.items():
        for node in ast.walk(tree):
            for module in imported(node, file):
                yield file, module, not isinstance(node, ast.Call)


def importers(*modules: str) -> set[str]:
    """The files that import one of the modules, or a part of it."""
    return {
        file
        for file, name, _ in imports()
        if any(name == module or name.startswith(f"{module}.") for module in modules)
    }


def outside(files: set[str], *allowed: str) -> set[str]:
    """Those of the files that are none of the allowed ones nor in an allowed folder."""
    return {f for f in files if not any(f == a or f.startswith(f"{a}/") for a in allowed)}


def inside(files: set[str], *places: str) -> set[str]:
    """Those of the files that are one of the places or in one."""
    return files - outside(files, *places)


def parts(*names: str) -> list[str]:
    """Modules of the package."""
    return [f"keras_dl.{name}" for name in names]


@pytest.mark.parametrize(
    ("modules", "allowed"),
    [
        (["mlflow"], ["keras_dl/tracking"]),
        (
            ["keras_tuner", "kerastuner"],
            ["keras_dl/tuning/oracle.py", "keras_dl/tuning/suggesting_oracle.py"],
        ),
        (["ray"], ["keras_dl/execution/ray_connection.py"]),
        (["tensorflow_datasets"], ["keras_dl/data/sources/tfds.py", "keras_dl/data/locations.py"]),
        (
            ["tensorflow", "jax", "torch"],
            ["keras_dl/backend", "keras_dl/settings.py", "keras_dl/data/sources/tfds.py"],
        ),
    ],
)
def test_library_is_named_in_its_place_only(modules, allowed):
    found = importers(*modules)
    assert found, "the rule guards nothing"
    assert outside(found, *allowed) == set()


def test_recipes_are_named_nowhere_and_found_by_two():
    found = {(f, statement) for f, m, statement in imports() if m.partition(".")[0] == "recipes"}
    package = {(f, statement) for f, statement in found if f.startswith("keras_dl/")}
    assert package == {("keras_dl/cli/loading.py", False), ("keras_dl/tracking/models.py", False)}


def test_computed_imports_are_read():
    assert {file for file, module, _ in imports() if module == "?"} == set()


@pytest.mark.parametrize(
    ("place", "barred"),
    [
        (["models"], parts("data", "training", "execution", "tuning", "tracking", "tasks")),
        (["layers", "plots"], parts("models", "data", "training", "execution", "tuning")),
        (["data"], parts("models", "training", "execution", "tuning", "tracking", "comparing")),
        (["backend"], parts("models", "training", "execution", "tuning", "tracking", "tasks")),
        (["algorithms", "tasks"], parts("training", "execution", "tuning", "comparing")),
        (["training"], parts("execution", "tuning", "comparing", "cli")),
        (["execution"], parts("tuning", "comparing", "cli")),
        (["tracking"], parts("data", "models", "training", "execution", "tuning", "comparing")),
        (["comparing"], parts("tuning")),
        (["tuning", "comparing"], parts("models", "cli")),
        (["models", "layers", "plots", "data"], parts("recipe", "catalog", "comparing", "cli")),
        (["models", "layers", "plots", "data", "training"], parts("facts")),
        (["facts"], parts("data", "training", "tuning", "tracking", "comparing", "cli")),
    ],
)
def test_lower_floors_do_not_know_the_upper_ones(place, barred):
    places = [f"keras_dl/{name}" for name in place]
    assert inside(set(FILES), *places), "the rule guards nothing"
    assert inside(importers(*barred), *places) == set()


def test_recipes_use_what_a_recipe_may_use():
    barred = parts("training", "execution", "tuning", "tracking", "comparing", "cli", "catalog")
    assert inside(importers(*barred), "recipes") == set()


def at_top(tree: ast.Module, file: str) -> set[str]:
    """Modules that importing the file imports; `if TYPE_CHECKING:` does not count."""
    return {module for node in tree.body for module in imported(node, file)}


def as_file(module: str) -> str | None:
    """The file of one of our modules; None for anything else, such as a name inside of one."""
    path = module.replace(".", "/")
    return next((f for f in (f"{path}.py", f"{path}/__init__.py") if f in FILES), None)


@pytest.mark.parametrize("file", sorted(LIGHT))
def test_light_modules_stand_on_the_standard_library(file):
    free = sys.stdlib_module_names | {"rich"}
    found = {m for m in at_top(FILES[file], file) if m.partition(".")[0] not in free}
    ours = {as_file(m) for m in found} - {None}
    assert {m for m in found if m.partition(".")[0] != "keras_dl"} == set()
    assert ours - LIGHT == set()


def test_light_package_gives_light_names_only():
    names = {m for m in at_top(FILES["keras_dl/__init__.py"], "") if m.startswith("keras_dl.")}
    light = {"_search_path", "_version", "api", "settings", "recipe", "space"}
    assert not {m.split(".")[1] for m in names} - light


def test_heavy_libraries_wait_for_their_use():
    """Files above the floor of Keras import it at their top; those that front them do not."""
    fronts = [*LIGHT, "keras_dl/cli/commands.py", "keras_dl/cli/doctor.py"]
    heavy = {"keras", "tensorflow", "mlflow", "numpy", "pandas", "matplotlib", "scipy", "sklearn"}
    for file in fronts:
        assert not {m.partition(".")[0] for m in at_top(FILES[file], file)} & heavy, file


def test_no_module_imports_itself_through_others():
    """Import circles, lazy imports counted: every group of modules that import each other."""
    modules = {module_of(file): file for file in FILES}
    graph = {
        module: {
            target
            for node in ast.walk(FILES[file])
            for target in targets(node, file, modules)
            if target != module
        }
        for module, file in modules.items()
    }
    assert circles(graph) == []


def module_of(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def targets(node: ast.AST, file: str, modules: dict[str, str]) -> list[str]:
    """Modules that a node imports; a package counts only where one of its own names is imported."""
    names = [name for name in imported(node, file) if name in modules]
    if isinstance(node, ast.ImportFrom) and len(names) == len(node.names) + 1:
        names.remove(str(node.module))
    return names


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Strongly connected components of two modules or more (Tarjan, 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups = []

    def visit(module: str) -> None:
        index[module] = low[module] = len(index)
        stack.append(module)
        for target in graph[module]:
            if target not in index:
                visit(target)
                low[module] = min(low[module], low[target])
            elif target in stack:
                low[module] = min(low[module], index[target])
        if low[module] == index[module]:
            group = []
            while not group or group[-1] != module:
                group.append(stack.pop())
            groups.append(sorted(group))

    for module in graph:
        if module not in index:
            visit(module)
    return [group for group in groups if len(group) > 1]
