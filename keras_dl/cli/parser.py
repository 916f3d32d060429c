"""The grammar of the command line; a recipe's hyperparameters are flags."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from keras_dl import options
from keras_dl._version import __version__
from keras_dl.budget import check_budget
from keras_dl.cli import completion, config, lazy, loading, run_parser
from keras_dl.cli.flags import Call, Parser, describe, describe_options, merge_spaces, select
from keras_dl.cli.paths import check_dataset
from keras_dl.cli.positionals import asks_help, recipe_names, unknown_flags
from keras_dl.init_from import check_init_from
from keras_dl.space import Hyper, check_names, parse_setting, resolve
from keras_dl.space.levels import resolve_levels

__all__ = ["parse", "space_of"]

COMMANDS = {
    "list": "Lists all recipes, or those whose name, title or family contains a word.",
    "show": "Shows a recipe's paper, hyperparameters and counts, or the counts of a builder.",
    "run": "Trains a recipe once and tracks the run in MLflow.",
    "tune": "Searches a recipe's hyperparameters.",
    "compare": "Trains several recipes on the same data and seeds, and compares their scores.",
    "ablate": "Measures the main effects and interactions of a recipe's hyperparameters.",
    "runs": "Lists tracked runs, or deletes some.",
    "rerun": "Repeats a tracked run from its record; flags change it.",
    "export": "Writes the model of a run in the format of another runtime.",
    "register": "Registers the model of a run in MLflow, to be served.",
    "predict": "Applies the model of a run to images, rows of tables, texts or words.",
    "play": "Plays a board game against the network of a run.",
    "explain": "Draws what the model of a run looks at in images.",
    "report": "Prints a table of recipes with their scores, or writes a page of tracked runs.",
    "ui": "Serves MLflow's pages of this folder's runs.",
    "data": "Lists data sets, describes or prepares one, or lists the folders looked up.",
    "lesson": "Lists lessons, or asks a question that short trainings decide.",
    "facts": "Compares the numbers of lecture and papers with those that the code computes.",
    "doctor": "Checks the installation and tells how to fix what is broken.",
    "completion": "Prints a script that completes commands, recipes and flags in a shell.",
}
# Commands that take `--config`, with their options.
CONFIGURABLE = {
    "run": options.RUN | options.OUTPUT,
    "tune": options.TUNE,
    "compare": options.COMPARE,
    "ablate": options.ABLATE,
}
RECIPE = "name of a recipe, or path to a Python file"
SEARCHED = "hyperparameters; a value is held, LOW..HIGH or choices with commas are searched"


def parse(words: Sequence[str]) -> Call:
    """Turns the words after `keras-dl` into a call that carries out the command.

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
        **{c: partial(_recipe, parse, c, CONFIGURABLE[c]) for c in ("run", "tune", "ablate")},
        "compare": _compare,
        "runs": run_parser.runs,
        "rerun": partial(run_parser.rerun, parse),
        "export": run_parser.export,
        "register": run_parser.register,
        "predict": run_parser.predict,
        "play": run_parser.play,
        "explain": run_parser.explain,
        "report": run_parser.report,
        "ui": partial(_options, "ui", options.UI),
        "data": _data,
        "lesson": _lesson,
        "facts": _facts,
        "doctor": partial(_options, "doctor", options.OUTPUT),
        "completion": _completion,
    }
    if words[:1] in (["-h"], ["--help"], ["--version"]):
        top.parse_args(words[:1])  # exits
    if not words or words[0].startswith("-"):
        top.error(f"COMMAND must be given, and first: {', '.join(COMMANDS)}")
    check_names(words[:1], COMMANDS, "command")
    command, rest = words[0], words[1:]
    if command in CONFIGURABLE:
        rest = config.expand(command, rest, CONFIGURABLE[command])
    return grammar[command](parsers[command], rest)


def space_of(name: str) -> dict[str, Hyper]:
    """Returns the hyperparameters of a recipe, without running its file where possible.

    Raises:
        ValueError, TypeError: if there is no such recipe, or it is wrong.
    """
    return loading.entry(name).space


def _list(parser: Parser, words: Sequence[str]) -> Call:
    parser.add_argument("WORD", nargs="?", default="", help="part of a name, title or family")
    own = options.LIST
    parser.add_flags("options of list", own, describe_options("list", own))
    arguments = parser.read(words)
    values = resolve(own, select(arguments, own))
    return partial(lazy.tables().list_recipes, arguments.WORD, **values)


def _show(parser: Parser, words: Sequence[str]) -> Call:
    parser.add_argument("NAME", help=f"{RECIPE}, or name of a builder such as vgg16")
    own = options.OUTPUT
    parser.add_flags("options of show", own, describe_options("show", own))
    arguments = parser.read(words)
    values = resolve(own, select(arguments, own))
    return partial(lazy.tables().show_recipe, arguments.NAME, **values)


def _recipe(
    parse: Callable[[Sequence[str]], Call],
    command: str,
    own: Mapping[str, Hyper],
    parser: Parser,
    words: Sequence[str],
) -> Call:
    """`run`, `tune` and `ablate`: NAME, its hyperparameters and the options.

    The record of a run that is resumed has the name.
    """
    resumable = command == "run"
    parser.add_argument("NAME", help=RECIPE, nargs="?" if resumable else None)
    names = recipe_names(words, own, space_of, most=1)
    space = space_of(names[0]) if names else {}
    _set_usage(parser, names, "NAME")
    texts = {n: describe(h) for n, h in space.items()}
    if command == "tune":
        parser.add_flags(SEARCHED, space, texts, parse_setting)
    else:
        parser.add_flags("hyperparameters", space, texts)
    parser.add_flags(f"options of {command}", own, describe_options(command, own))
    if not names and unknown_flags(words, own) and not asks_help(words):
        parser.error("NAME must be given, before the flags of its hyperparameters")
    values = select(parser.read(words, names), {**space, **own})
    if resumable and not names:
        if values.get("resume") is None:
            parser.error("NAME must be given")
        return lambda: lazy.run_commands().resume(
            values["resume"], lambda recipes: parse([command, *recipes, *words])
        )
    if command != "tune":  # whose ranges may make a hyperparameter active
        resolve(space, {n: v for n, v in values.items() if n in space})
    check_names(values.get("search", ()), space, "hyperparameter")
    check_dataset(values)
    check_budget(values)
    check_init_from(values.get("init_from"))
    if command == "ablate":
        _check_factors(names[0], space, values)
    return partial(getattr(lazy.commands(), command), names[0], values)


def _check_factors(name: str, space: Mapping[str, Hyper], values: Mapping[str, Any]) -> None:
    over, text = values.get("over", ()), values.get("values", "")
    if not (over or text):
        over = loading.entry(name).settings.get("factors", ())
    resolve_levels(space, over, text, {n: v for n, v in values.items() if n in space})


def _compare(parser: Parser, words: Sequence[str]) -> Call:
    parser.add_argument("NAME", nargs="+", help="two recipes or more")
    spaces = {name: space_of(name) for name in recipe_names(words, options.COMPARE, space_of)}
    merged, texts = merge_spaces(spaces)
    _set_usage(parser, list(spaces), "NAME NAME …")
    parser.add_flags("hyperparameters, each for the recipes that have it", merged, texts)
    texts = describe_options("compare", options.COMPARE)
    parser.add_flags("options of compare", options.COMPARE, texts)
    arguments = parser.read(words, list(spaces))
    names: list[str] = arguments.NAME
    values = select(arguments, {**merged, **options.COMPARE})
    if len(names) < 2 or len(set(names)) < len(names):
        parser.error(f"`NAME` must be two recipes or more, each once. Received: {' '.join(names)}")
    for space in spaces.values():
        resolve(space, {n: v for n, v in values.items() if n in space})
    check_dataset(values)
    check_budget(values)
    check_init_from(values.get("init_from"))
    return partial(lazy.commands().compare, names, values)


def _options(command: str, own: Mapping[str, Hyper], parser: Parser, words: Sequence[str]) -> Call:
    """`ui` and `doctor`: options only."""
    if own:
        parser.add_flags(f"options of {command}", own, describe_options(command, own))
    values = resolve(own, select(parser.read(words), own))
    return partial(getattr(lazy.commands(), command), **values)


def _data(parser: Parser, words: Sequence[str]) -> Call:
    parser.add_argument(
        "ACTION",
        nargs="?",
        default="list",
        help="list: all data sets (the default); describe: how one is read; prepare: download "
        "one; where: folders looked up",
    )
    parser.add_argument("NAME", nargs="?", help="the data set to describe, or its path; to prepare")
    own = options.DESCRIBE | options.OUTPUT
    parser.add_flags("options of data describe", own, describe_options("data describe", own))
    arguments = parser.read(words)
    check_names([arguments.ACTION], ("list", "describe", "prepare", "where"), "action of data")
    values = select(arguments, own)
    if arguments.ACTION == "describe":
        return partial(lazy.commands().describe_data, arguments.NAME, values)
    if values:
        parser.error(f"--{next(iter(values)).replace('_', '-')} is a flag of data describe only.")
    return partial(lazy.commands().data, arguments.ACTION, arguments.NAME)


def _facts(parser: Parser, words: Sequence[str]) -> Call:
    parser.add_argument(
        "NAME", nargs="?", help="a builder, a technique or a recipe; all if none is named"
    )
    parser.epilog = (
        "exact: all numbers agree; explained: they differ for the reason given; OPEN: they differ "
        "without a reason. The exit status is 1 if any is open."
    )
    return partial(lazy.commands().facts, parser.read(words).NAME)


def _lesson(parser: Parser, words: Sequence[str]) -> Call:
    parser.add_argument("NAME", nargs="?", help="the lesson to take; if none is named: lists them")
    own = options.LESSON
    parser.add_flags("options of lesson", own, describe_options("lesson", own))
    arguments = parser.read(words)
    values = resolve(own, select(arguments, own))
    if arguments.NAME is not None:
        return partial(lazy.lesson_commands().take_lesson, arguments.NAME, **values)
    if values["prediction"] is not None:
        parser.error("--prediction needs the NAME of a lesson.")
    return lazy.lesson_commands().list_lessons


def _completion(parser: Parser, words: Sequence[str]) -> Call:
    parser.add_argument("SHELL", help=", ".join(completion.SHELLS))
    parser.epilog = "In ~/.bashrc: source <(keras-dl completion bash)"
    shell = parser.read(words).SHELL
    check_names([shell], completion.SHELLS, "shell")
    return lambda: print(completion.completion(shell), end="")


def _set_usage(parser: Parser, names: Sequence[str], placeholder: str) -> None:
    """Names the recipes in the usage, or tells that more flags appear with a recipe."""
    parser.add_argument(
        "--config",
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="TOML file with names and flags, such as the config.toml of a run; flags win over it",
    )
    positionals = " ".join(names) or placeholder
    parser.usage = f"{parser.prog} {positionals} [flags]"
    if names:
        parser.page = f"{parser.prog} {positionals}"
    else:
        hint = f"see {parser.prog} {placeholder} --help"
        parser.epilog = f"Each hyperparameter is a flag too; {hint}"
