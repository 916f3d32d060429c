"""The command line's grammar; a recipe's hyperparameters become flags as they stand in its file."""

import argparse
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn

from keras_dl import catalog, options
from keras_dl._version import __version__
from keras_dl.cli import loading
from keras_dl.space import Hyper, format_value, parse_value, resolve, unknown
from keras_dl.space.domains import Choice
from keras_dl.space.levels import levels_of
from keras_dl.utils.matching import did_you_mean

__all__ = ["parse", "space_of"]

Call = Callable[[], "int | None"]
Builder = Callable[[argparse.Namespace], Call]

COMMANDS = {
    "list": "all recipes, or those whose name, title or family holds a word",
    "show": "a recipe's paper, hyperparameters and published counts",
    "run": "train once, tracked in MLflow",
    "tune": "search hyperparameters",
    "compare": "train several recipes on the same data and seeds",
    "ablate": "measure what hyperparameters do, alone and together",
    "predict": "classes of images and texts with their probabilities, or the nearest words",
    "report": "a table of all recipes with what their tracked runs have measured",
    "ui": "open the MLflow pages of this folder's runs",
    "data": "list data sets, prepare one, or say where they are looked for",
    "facts": "what the lecture and the papers say, beside what our code computes",
    "doctor": "what is installed, what is broken and how to mend it",
}
METAVARS = {int: "N", float: "X", str: "WORD", tuple: "A,B"}
RECIPE = "a recipe, or a path to a Python file"


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the page of usage.

    Attributes:
        page: the command whose `--help` tells more.
        flags: those added from hyperparameters and options.
    """

    def __init__(self, **words: Any) -> None:
        super().__init__(allow_abbrev=False, **words)
        self.page, self.flags = self.prog, list[str]()

    def error(self, message: str) -> NoReturn:
        """Prints the message and exits with 2."""
        message = re.sub(r"^argument \S+: (?=`)", "", message)
        message = re.sub(
            r"^the following arguments are required: (.*)", r"\1 must be given", message
        )
        self.exit(2, f"{self.prog}: error: {message} (see {self.page} --help)\n")

    def refuse(self, extra: Sequence[str]) -> NoReturn:
        """Says which word is one too many, and which flag may have been meant."""
        word = next((w for w in extra if w.startswith("-")), extra[0]).split("=")[0]
        if word.startswith("-"):
            self.error(f"{word} is not a flag of this command.{did_you_mean(word, self.flags)}")
        switch = " A switch stands alone: --flag or --no-flag." if word in ("true", "false") else ""
        self.error(f"{word!r} is one word too many.{switch}")


def parse(words: Sequence[str]) -> Call:
    """Turns the words after `keras-dl` into a call that does the command.

    Raises:
        SystemExit: 2 for bad words, 0 after `--help` and `--version`.
        ValueError, TypeError: for an unknown command or recipe, or wrong hyperparameters.
    """
    words = list(words)
    top = Parser(prog="keras-dl", description="Deep learning's core curriculum as Keras recipes.")
    top.add_argument("--version", action="version", version=f"keras-dl {__version__}")
    commands = top.add_subparsers(metavar="COMMAND")
    parsers = {n: commands.add_parser(n, help=h, description=h) for n, h in COMMANDS.items()}
    grammar = {
        "list": _list,
        "show": _show,
        "run": partial(_recipe, "run", options.RUN),
        "tune": partial(_recipe, "tune", options.TUNE),
        "compare": _compare,
        "ablate": partial(_recipe, "ablate", options.ABLATE),
        "predict": _predict,
        "report": _report,
        "ui": _ui,
        "data": _data,
        "facts": _facts,
        "doctor": _doctor,
    }
    if words[:1] in (["-h"], ["--help"], ["--version"]):
        top.parse_args(words[:1])  # ends here
    if not words or words[0].startswith("-"):
        top.error(f"COMMAND must be given, and first: {', '.join(COMMANDS)}")
    unknown(words[:1], COMMANDS, "command")
    parser = parsers[words[0]]
    build = grammar[words[0]](parser, words[1:])
    given, extra = parser.parse_known_args(words[1:])
    return parser.refuse(extra) if extra else build(given)


def space_of(name: str) -> dict[str, Hyper]:
    """The hyperparameters of a recipe: read from the file, or by running a user's own.

    Raises:
        ValueError, TypeError: if there is no such recipe, or it is wrong.
    """
    return loading.entry(name).space


def _list(parser: Parser, _: list[str]) -> Builder:
    parser.add_argument("WORD", nargs="?", default="", help="part of a name, title or family")
    return lambda given: partial(_pages().recipes, given.WORD)


def _show(parser: Parser, _: list[str]) -> Builder:
    parser.add_argument("NAME", help=RECIPE)
    return lambda given: partial(_pages().recipe, given.NAME)


def _recipe(command: str, known: Mapping[str, Hyper], parser: Parser, words: list[str]) -> Builder:
    """`run`, `tune` and `ablate`: NAME, its hyperparameters and the options."""
    parser.add_argument("NAME", help=RECIPE)
    names = _recipes(words)[:1]
    space = space_of(names[0]) if names else {}
    _title(parser, names, "NAME")
    _flags(parser, "hyperparameters", {n: _help(h) for n, h in space.items()}, space)
    _flags(parser, f"options of {command}", _option_help(command, known), known)

    def build(given: argparse.Namespace) -> Call:
        values = _given(given, {**space, **known})
        resolve(space, {n: v for n, v in values.items() if n in space})
        unknown(values.get("search", ()), space, "hyperparameter")
        if command == "ablate":
            _check_factors(names, space, values)
        return partial(getattr(_verbs(), command), given.NAME, values)

    return build


def _check_factors(names: list[str], space: Mapping[str, Hyper], values: dict[str, Any]) -> None:
    over, text = values.get("over", ()), values.get("values", "")
    if not (over or text):
        over = loading.entry(names[0]).settings.get("factors", ())
    levels_of(space, over, text, {n: v for n, v in values.items() if n in space})


def _compare(parser: Parser, words: list[str]) -> Builder:
    parser.add_argument("NAME", nargs="+", help="two recipes or more")
    spaces = {name: space_of(name) for name in _recipes(words)}
    found, said = _merged(spaces)
    _title(parser, list(spaces), "NAME NAME …")
    _flags(parser, "hyperparameters, each for the recipes that have it", said, found)
    said = _option_help("compare", options.COMPARE)
    _flags(parser, "options of compare", said, options.COMPARE)

    def build(given: argparse.Namespace) -> Call:
        names, values = given.NAME, _given(given, {**found, **options.COMPARE})
        if len(names) < 2 or len(set(names)) < len(names):
            parser.error(
                f"`NAME` must be two recipes or more, each once. Received: {' '.join(names)}"
            )
        for space in spaces.values():
            resolve(space, {n: v for n, v in values.items() if n in space})
        return partial(_verbs().compare, names, values)

    return build


def _predict(parser: Parser, _: list[str]) -> Builder:
    parser.add_argument("RUN_ID", help="id of a run, or its first characters")
    parser.add_argument(
        "PATH",
        nargs="+",
        help="images, folders of images, .npz; texts, files and folders of texts; words",
    )
    _flags(parser, "options of predict", _option_help("predict", options.PREDICT), options.PREDICT)

    def build(given: argparse.Namespace) -> Call:
        chosen = resolve(options.PREDICT, _given(given, options.PREDICT))
        return partial(_verbs().predict, given.RUN_ID, given.PATH, **chosen)

    return build


def _report(parser: Parser, _: list[str]) -> Builder:
    _flags(parser, "options of report", _option_help("report", options.REPORT), options.REPORT)
    known = options.REPORT
    return lambda given: partial(_verbs().report, **resolve(known, _given(given, known)))


def _ui(parser: Parser, _: list[str]) -> Builder:
    _flags(parser, "options of ui", _option_help("ui", options.UI), options.UI)
    return lambda given: partial(_verbs().ui, **resolve(options.UI, _given(given, options.UI)))


def _data(parser: Parser, _: list[str]) -> Builder:
    actions = ("list", "prepare", "where")
    parser.add_argument(
        "ACTION",
        nargs="?",
        default="list",
        help="list: what there is (the default); prepare: make one ready; where: places looked at",
    )
    parser.add_argument("NAME", nargs="?", help="the data set to prepare")

    def build(given: argparse.Namespace) -> Call:
        unknown([given.ACTION], actions, "thing that data does")
        return partial(_verbs().data, given.ACTION, given.NAME)

    return build


def _facts(parser: Parser, _: list[str]) -> Builder:
    parser.add_argument(
        "NAME", nargs="?", help="a builder, a technique or a recipe; all where none is named"
    )
    parser.epilog = (
        "exact: all figures agree; explained: they differ for the reason given; OPEN: they differ "
        "without a reason. The exit status is 1 if any is open."
    )
    return lambda given: partial(_verbs().facts, given.NAME)


def _doctor(_: Parser, __: list[str]) -> Builder:
    return lambda given: _verbs().doctor


def _recipes(words: list[str]) -> list[str]:
    """The recipes among the words: those before the first flag, or whatever else looks like one."""
    first = next((i for i, w in enumerate(words) if w.startswith("-")), len(words))
    later = [w for w in words[first:] if w in catalog.names() or w.endswith(".py")]
    return words[:first] or later


def _title(parser: Parser, names: list[str], needed: str) -> None:
    """Names the recipes in the usage, or says that more flags appear with a recipe."""
    shown = " ".join(names) or needed
    parser.usage = f"{parser.prog} {shown} [flags]"
    if names:
        parser.page = f"{parser.prog} {shown}"
    else:
        parser.epilog = f"Each hyperparameter is a flag too; see {parser.prog} {needed} --help"


def _flags(parser: Parser, title: str, said: Mapping[str, str], space: Mapping[str, Hyper]) -> None:
    group = parser.add_argument_group(title)
    for name, hyper in space.items():
        flag = "--" + name.replace("_", "-")
        parser.flags.append(flag)
        common: dict[str, Any] = {"dest": name, "default": argparse.SUPPRESS}
        common["help"] = said[name].replace("%", "%%")
        if hyper.kind is bool:
            group.add_argument(flag, action=argparse.BooleanOptionalAction, **common)
        else:
            reader, metavar = partial(_value, hyper), METAVARS[hyper.kind]
            group.add_argument(flag, type=reader, metavar=metavar, **common)


def _value(hyper: Hyper, text: str) -> Any:
    try:
        return parse_value(hyper, text)
    except (ValueError, TypeError) as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _help(hyper: Hyper) -> str:
    """Domain, condition and default of a hyperparameter."""
    said = [] if hyper.domain is None or hyper.kind is bool else [str(hyper.domain)]
    said += [f"only when {hyper.when}"] if hyper.when is not None else []
    return "; ".join([*said, _default(hyper)])


def _default(hyper: Hyper) -> str:
    if hyper.kind is bool and hyper.default is not None:
        return "on by default" if hyper.default else "off by default"
    return f"default {format_value(hyper.default) or 'empty'}"


def _option_help(command: str, known: Mapping[str, Hyper]) -> dict[str, str]:
    """What each option means; ranges only bar nonsense, and no default is part of the meaning."""
    said = {}
    for name, hyper in known.items():
        parts = [options.HELP.get(f"{command} {name}", options.HELP[name])]
        if isinstance(hyper.domain, Choice) and str(hyper.domain.values[0]) not in parts[0]:
            parts.append(str(hyper.domain))
        if hyper.default not in (None, ()):
            parts.append(_default(hyper))
        said[name] = "; ".join(parts)
    return said


def _merged(spaces: Mapping[str, Mapping[str, Hyper]]) -> tuple[dict[str, Hyper], dict[str, str]]:
    """One flag for all recipes, with their words where they differ; each checks its own domain."""
    found: dict[str, Hyper] = {}
    said: dict[str, str] = {}
    for name in {n: None for space in spaces.values() for n in space}:
        have = {recipe: space[name] for recipe, space in spaces.items() if name in space}
        found[name] = replace(next(iter(have.values())), domain=None)
        words = {recipe: _help(hyper) for recipe, hyper in have.items()}
        same = len(set(words.values())) == 1 and len(words) == len(spaces)
        each = "; ".join(f"{recipe}: {w.replace('; ', ', ')}" for recipe, w in words.items())
        said[name] = next(iter(words.values())) if same else each
    return found, said


def _given(given: argparse.Namespace, known: Mapping[str, Hyper]) -> dict[str, Any]:
    return {name: getattr(given, name) for name in known if hasattr(given, name)}


def _pages() -> Any:
    from keras_dl.cli import tables

    return tables


def _verbs() -> Any:
    from keras_dl.cli import commands

    return commands
