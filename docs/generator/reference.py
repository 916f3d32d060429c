"""Pages of the reference: one per package, from its docstrings, which nothing imports."""

import ast
from functools import cache
from pathlib import Path

__all__ = ["pages"]

# Packages that users import from; the others (cli, execution, backend, …) serve these.
PACKAGES = (
    *("space", "data", "models", "layers", "losses", "metrics", "optimizers", "algorithms"),
    *("tasks", "training", "tuning", "comparing", "tracking", "diagnostics", "attacks"),
    *("explanations", "embeddings", "plots", "facts"),
)
# Modules of packages that export nothing themselves, and those at the top of `keras_dl`.
MODULES = {
    "tasks": ("base", "compiling", "classification", "regression", "segmentation", "detection"),
    "training": ("session", "run", "callbacks", "evaluators", "model_card"),
    "tuning": ("search", "results", "oracle", "pareto"),
    "tracking": ("store", "listing", "models", "export", "registry", "report"),
    "": ("api", "recipe", "commands", "explaining", "errors", "catalog", "activations"),
}


@cache
def pages(root: Path) -> dict[str, str]:
    """Returns the Markdown of all pages by path, in the order of the navigation.

    Args:
        root: folder of the repository.
    """
    packages = {name: _page(f"keras_dl.{name}", root) for name in PACKAGES}
    lines = (f"- [`keras_dl.{n}`]({n}.md): {_docstring(f'keras_dl.{n}', root)}" for n in PACKAGES)
    listed = "\n".join(line.partition("\n")[0] for line in lines)
    front = _page("keras_dl", root).replace("\n\n:::", f"\n\n{listed}\n\n:::", 1)
    return {"reference/index.md": front} | {
        f"reference/{name}.md": page for name, page in packages.items()
    }


def _page(package: str, root: Path) -> str:
    modules = MODULES.get(package.partition(".")[2], ())
    targets = [f"{package}.{module}" for module in modules] or _exports(package, root)
    # An exported name is imported from its package, a module by its full name.
    options = f"heading_level: 2\n      show_root_full_path: {str(bool(modules)).lower()}"
    sections = [f"::: {target}\n    options:\n      {options}" for target in targets]
    return "\n\n".join([f"# {package}", _docstring(package, root), *sections]) + "\n"


def _docstring(package: str, root: Path) -> str:
    return ast.get_docstring(_parse(package, root)) or ""


def _exports(package: str, root: Path) -> list[str]:
    """Returns the full names of what a package exports from its modules."""
    lazy = package == "keras_dl.plots"  # whose functions load on first use
    tree = _parse(package, root, "_functions.py" if lazy else "__init__.py")
    return [
        f"{node.module}.{alias.name}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(f"{package}.")
        for alias in node.names
    ]


def _parse(package: str, root: Path, name: str = "__init__.py") -> ast.Module:
    file = root.joinpath(*package.split("."), name)
    return ast.parse(file.read_text(encoding="utf-8"))
