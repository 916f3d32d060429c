"""The command line's grammar; a recipe's hyperparameters become flags as they stand in its file."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NoReturn

from keras_dl import __version__, catalog, options
from keras_dl.space import Hyper, format_value, parse_value

__all__ = ["parse", "space_of"]

Call = Callable[[], "int | None"]

COMMANDS = {
    "list": "all recipes, or those whose name or title holds a word",
    "show": "a recipe's paper, hyperparameters and published counts",
    "run": "train once, tracked in MLflow",
    "tune": "search hyperparameters",
    "compare": "train several recipes on the same data and seeds",
    "predict": "classes and probabilities for images on disk",
    "ui": "open the MLflow pages of this folder's runs",
    "data": "list data sets, prepare one, or say where they are looked for",
    "doctor": "what is installed, what is broken and how to mend it",
}


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the page of usage."""

    def error(self, message: str) -> NoReturn:
        """Prints the message and exits with 2."""
        self.exit(2, f"{self.prog}: error: {message}. Try: {self.prog} --help\n")


def parse(words: Sequence[str]) -> Call:
    """Turns the words after `keras-dl` into a call that does the command.

    Raises:
        SystemExit: 2 for bad words, 0 after `--help` and `--version`.
        ValueError: for an unknown recipe.
    """
    top = Parser(prog="keras-dl", description="Deep learning's core curriculum as Keras recipes.")
    top.add_argument("--version", action="version", version=f"keras-dl {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    parsers = {n: commands.add_parser(n, help=h, description=h) for n, h in COMMANDS.items()}
    words = list(words)
    command = words[0] if words else ""
    grammar = {
        "list": _list, "show": _show, "run": _run, "tune": _tune, "compare": _compare,
        "predict": _predict, "ui": _ui, "data": _data, "doctor": _doctor,
    }  # fmt: skip
    build = grammar[command](parsers[command], words[1:]) if command in grammar else None
    given = top.parse_args(words)
    assert build is not None  # argparse has refused everything else
    return build(given)


def _list(parser: Parser, _: list[str]) -> Any:
    parser.add_argument("word", nargs="?", default="", help="part of a name, title or family")
    return lambda given: partial(_pages().recipes, given.word)


def _show(parser: Parser, _: list[str]) -> Any:
    parser.add_argument("name", metavar="NAME", help="a recipe, or a path to a Python file")
    return lambda given: partial(_pages().recipe, given.name)


def _run(parser: Parser, words: list[str]) -> Any:
    space = _recipe_flags(parser, words, options.RUN)
    return lambda given: partial(_verbs().run, given.name, _given(given, space))


def _tune(parser: Parser, words: list[str]) -> Any:
    space = _recipe_flags(parser, words, options.TUNE)
    return lambda given: partial(_verbs().tune, given.name, _given(given, space))


def _compare(parser: Parser, words: list[str]) -> Any:
    parser.add_argument("names", metavar="NAME", nargs="+", help="two recipes or more")
    found: dict[str, Hyper] = {}
    for name in _leading_names(words):
        found |= space_of(name)
    known = {**found, **options.COMPARE}
    _flags(parser, found, "hyperparameters (each for the recipes that have it)")
    _flags(parser, options.COMPARE, "options")
    return lambda given: partial(_verbs().compare, given.names, _given(given, known))


def _predict(parser: Parser, _: list[str]) -> Any:
    parser.add_argument("run_id", metavar="RUN_ID", help="id of a run, or its first characters")
    parser.add_argument("path", metavar="PATH", nargs="+", help="images, folders of images, .npz")
    parser.add_argument("--top", type=int, default=3, help="classes to print, best first (3)")
    return lambda given: partial(_verbs().predict, given.run_id, given.path, given.top)


def _ui(parser: Parser, _: list[str]) -> Any:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this machine only)")  # fmt: skip
    parser.add_argument("--port", type=int, default=5000, help="port to listen on (5000)")
    return lambda given: partial(_verbs().ui, given.host, given.port)


def _data(parser: Parser, _: list[str]) -> Any:
    parser.add_argument("what", choices=("list", "prepare", "where"), nargs="?", default="list")
    parser.add_argument("name", nargs="?", help="prepare: the data set")
    return lambda given: partial(_verbs().data, given.what, given.name)


def _doctor(parser: Parser, _: list[str]) -> Any:
    return lambda given: _verbs().doctor


def _recipe_flags(
    parser: Parser, words: list[str], known: Mapping[str, Hyper]
) -> dict[str, Hyper]:
    """Adds NAME, its hyperparameters and the options; help without a name shows the options."""
    parser.add_argument("name", metavar="NAME", help="a recipe, or a path to a Python file")
    names = _leading_names(words)[:1]
    space = space_of(names[0]) if names else {}
    _flags(parser, space, "hyperparameters")
    _flags(parser, known, "options")
    return {**space, **known}


def _leading_names(words: list[str]) -> list[str]:
    """The words before the first flag: the recipes, which come first."""
    first = next((i for i, w in enumerate(words) if w.startswith("-")), len(words))
    return words[:first]


def space_of(name: str) -> dict[str, Hyper]:
    """The hyperparameters of a recipe: read from the file, or by running a user's own."""
    path = catalog.find(name)
    try:
        return catalog.read(path).space
    except ValueError:
        if path.parent == catalog.folder():
            raise
        from keras_dl.cli.loading import recipe

        return recipe(name).space()


def _flags(parser: Parser, space: Mapping[str, Hyper], title: str) -> None:
    group = parser.add_argument_group(title)
    for name, hyper in space.items():
        flag = "--" + name.replace("_", "-")
        text = _help(hyper)
        if hyper.kind is bool:
            group.add_argument(
                flag, dest=name, action=argparse.BooleanOptionalAction, default=argparse.SUPPRESS, help=text
            )
        else:
            group.add_argument(
                flag, dest=name, type=partial(_value, hyper), default=argparse.SUPPRESS, help=text,
                metavar="VALUE",
            )  # fmt: skip


def _value(hyper: Hyper, text: str) -> Any:
    try:
        return parse_value(hyper, text)
    except (ValueError, TypeError) as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _help(hyper: Hyper) -> str:
    said = [options.HELP[hyper.name]] if hyper.name in options.HELP else []
    said += [str(hyper.domain)] if hyper.domain is not None else []
    said += [f"only when {hyper.when}"] if hyper.when is not None else []
    text = "; ".join(said) + f" ({format_value(hyper.default) or 'all'})"
    return text.replace("%", "%%").strip()


def _given(given: argparse.Namespace, known: Mapping[str, Hyper]) -> dict[str, Any]:
    return {name: getattr(given, name) for name in known if hasattr(given, name)}


def _pages() -> Any:
    from keras_dl.cli import pages

    return pages


def _verbs() -> Any:
    from keras_dl.cli import verbs

    return verbs
