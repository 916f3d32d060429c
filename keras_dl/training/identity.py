"""Identity of a recipe's code, and the differences between two searches, in words.

The digest covers the bytecode of the functions that decide a training's numbers, of the user's
functions and classes that they call, and the constants that they read. Comments, docstrings and
line numbers are not part of it; so it works for scripts, notebooks and lambdas alike.
"""

import functools
import hashlib
import inspect
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from keras_dl.recipe import Recipe

__all__ = ["code_digest", "describe_differences", "source_digest"]

PLAIN = (type(None), bool, int, float, complex, str, bytes)
NAMES = {"source": "code of the recipe", "digest": "data", "python": "Python"}


def source_digest(recipe: Recipe) -> str:
    """Returns the sha256 of the recipe's code and settings, 64 hex digits.

    The report is part of it only where the recipe's score comes from there: a mistake in it can
    be corrected before a search is resumed.
    """
    functions = [recipe.data, recipe.build, recipe.train, *recipe.evaluators]
    if not recipe.final_score.name.startswith("test/"):
        functions.append(recipe.report)
    settings = (recipe.objective, recipe.final_score, recipe.patience, recipe.jit_compile)
    walk = _Walk(functions)
    walk.add(repr((recipe.name, recipe.task_name, settings)))
    for function in functions:
        walk.visit(function)
    return walk.sha.hexdigest()


def code_digest(function: object) -> str:
    """Returns the sha256 of a function of the user's, with all of the user's that it refers to."""
    walk = _Walk([function])
    walk.visit(function)
    return walk.sha.hexdigest()


def describe_differences(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> list[str]:
    """Returns what differs between two definitions, each as `seed (0 → 1)`.

    Args:
        earlier: definition of a search in JSON-serialisable values.
        later: another one.
    """
    before, after = _flatten(earlier), _flatten(later)
    names = [name for name in {**after, **before} if before.get(name) != after.get(name)]
    return [
        f"{NAMES.get(name.rpartition('.')[2], name)} "
        f"({_short(before.get(name))} → {_short(after.get(name))})"
        for name in names
    ]


def _flatten(definition: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in definition.items():
        if isinstance(value, Mapping):
            inner = prefix if name == "values" else f"{prefix}{name}."
            flat |= _flatten(value, inner)
        else:
            flat[f"{prefix}{name}"] = value
    return flat


def _short(value: object) -> str:
    text = "none" if value is None else str(value)
    is_digest = len(text) == 64 and not set(text) - set("0123456789abcdef")
    return text[:8] if is_digest else text if len(text) <= 60 else f"{text[:59]}…"


class _Walk:
    """Visits functions and everything of the user's own that they refer to."""

    def __init__(self, roots: list[Any]) -> None:
        self.sha = hashlib.sha256()
        self._visited: dict[int, Any] = {}  # the objects too: the next one may get a freed id
        self._packages = {_package(root) for root in roots if root is not None} - {"keras_dl"}

    def add(self, text: str | bytes) -> None:
        self.sha.update(text.encode() if isinstance(text, str) else text)
        self.sha.update(b"\0")

    def visit(self, value: Any) -> None:
        """Adds a value: code of the user's own, a plain constant, or the name of something else."""
        if isinstance(value, PLAIN):
            self.add(repr(value))
        elif id(value) in self._visited:
            return
        elif isinstance(value, np.ndarray):
            self.add(f"{value.dtype}{value.shape}")
            self.add(np.ascontiguousarray(value).tobytes())
        else:
            self._visited[id(value)] = value
            self._visit_object(value)

    def _visit_object(self, value: Any) -> None:
        if isinstance(value, (list, tuple)):
            for item in value:
                self.visit(item)
        elif isinstance(value, (set, frozenset)):
            self.add(repr(sorted(map(repr, value))))
        elif isinstance(value, Mapping):
            for key, item in value.items():
                self.add(repr(key))
                self.visit(item)
        elif isinstance(value, functools.partial):
            self.visit((value.func, value.args, value.keywords))
        elif isinstance(value, MethodType):
            self.visit((value.__func__, value.__self__))
        elif isinstance(value, (FunctionType, type)):
            self._visit_code(value)
        elif not isinstance(value, ModuleType) and self._is_own(type(value)):
            self._visit_code(type(value))
            self.visit(getattr(value, "__dict__", {}))

    def _visit_code(self, value: Any) -> None:
        self.add(f"{value.__module__}.{value.__qualname__}")
        if not self._is_own(value):
            return
        if isinstance(value, FunctionType):
            self._visit_function(value)
            return
        for name, member in vars(value).items():
            function = getattr(member, "__func__", getattr(member, "fget", member))
            if isinstance(function, (FunctionType, *PLAIN)) and not name.startswith("__doc"):
                self.add(name)
                self.visit(function)
        for base in value.__bases__:
            self.visit(base)

    def _visit_function(self, function: FunctionType) -> None:
        code = function.__code__
        docstring = function.__doc__
        names = self._visit_bytecode(code, docstring)
        self.visit((function.__defaults__, function.__kwdefaults__))
        variables = inspect.getclosurevars(function)
        referred = {**variables.globals, **variables.nonlocals}
        referred |= {n: function.__globals__[n] for n in names if n in function.__globals__}
        for name, value in sorted(referred.items()):
            self.add(name)
            if isinstance(value, ModuleType):
                members = (vars(value).get(n) for n in sorted(names)) if self._owns(value) else ()
                for member in members:
                    self.visit(member)
            else:
                self.visit(value)
        self.visit(getattr(function, "__wrapped__", None))

    def _visit_bytecode(self, code: CodeType, docstring: str | None) -> set[str]:
        """Adds a code object and those inside it; returns the names that they use."""
        self.add(code.co_code)
        self.add(repr((code.co_names, code.co_varnames, code.co_freevars)))
        names = set(code.co_names)
        constants = code.co_consts
        if docstring is not None and constants[:1] == (docstring,):
            constants = constants[1:]
        for constant in constants:
            if isinstance(constant, CodeType):
                names |= self._visit_bytecode(constant, None)
            elif isinstance(constant, frozenset):
                self.add(repr(sorted(map(repr, constant))))
            else:
                self.add(repr(constant))
        return names

    def _is_own(self, value: Any) -> bool:
        return _package(value) in self._packages or self._owns(sys.modules.get(value.__module__))

    def _owns(self, module: ModuleType | None) -> bool:
        """Returns whether a module is the user's: neither installed nor of the standard library."""
        if module is None or module.__name__.partition(".")[0] in _libraries():
            return False
        if module.__name__.partition(".")[0] in self._packages:
            return True
        file = getattr(module, "__file__", None)
        return file is None or not _is_installed(file)


def _package(value: Any) -> str:
    while isinstance(value, functools.partial):
        value = value.func
    module = getattr(value, "__module__", None) or type(value).__module__
    return module.partition(".")[0]


@functools.cache
def _libraries() -> frozenset[str]:
    return frozenset({"keras_dl", "builtins", *sys.stdlib_module_names} - {"__main__"})


@functools.cache
def _is_installed(file: str) -> bool:
    paths = [sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib", "platstdlib")]
    return any(Path(file).is_relative_to(path) for path in paths)
