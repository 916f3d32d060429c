"""The argument parser, and flags made of hyperparameters and options."""

import argparse
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn

from keras_dl import options
from keras_dl.space import Choice, Hyper, format_value, parse_value
from keras_dl.utils.matching import did_you_mean
from keras_dl.utils.printing import printable

__all__ = ["Call", "Parser", "describe", "describe_options", "merge_spaces", "select"]

Call = Callable[[], "int | None"]  # carries out a command; returns the exit status

LONGEST = 1000  # characters of a message, which may quote a long word
METAVARS = {int: "N", float: "X", str: "WORD", tuple: "A,B"}


class Parser(argparse.ArgumentParser):
    """Reports an error in one line, without the page of usage.

    Attributes:
        page: the command whose `--help` lists the flags.
        flags: the flags added by `add_flags`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)
        self.page, self.flags = self.prog, list[str]()

    def error(self, message: str) -> NoReturn:
        """Prints the message and exits with 2."""
        message = re.sub(r"^argument \S+: (?=`)", "", message)
        message = re.sub(
            r"^argument (\S+): expected one argument$",
            r"\1 must be followed by its value; one that begins with - is written \1=VALUE",
            message,
        )
        message = re.sub(
            r"^the following arguments are required: (.*)", r"\1 must be given", message
        )
        self.exit(
            2, f"{self.prog}: error: {printable(message, most=LONGEST)} (see {self.page} --help)\n"
        )

    def read(self, words: Sequence[str], names: Sequence[str] = ()) -> argparse.Namespace:
        """Parses the words; exits with 2 if one is unexpected.

        Args:
            words: the command line after the command.
            names: if not empty, the values that the positional NAME may have.
        """
        arguments, extra = self.parse_known_intermixed_args(words)
        if names:
            values = arguments.NAME if isinstance(arguments.NAME, list) else [arguments.NAME]
            extra = [value for value in values if value not in names] + extra
        return self.refuse(extra) if extra else arguments

    def refuse(self, extra: Sequence[str]) -> NoReturn:
        """Exits with 2 and names the first unexpected word, with the closest flag."""
        word = next((w for w in extra if w.startswith("-")), extra[0]).split("=")[0]
        if word.startswith("-"):
            self.error(f"{word} is not a flag of this command.{did_you_mean(word, self.flags)}")
        switch = " A switch stands alone: --flag or --no-flag." if word in ("true", "false") else ""
        self.error(f"{word!r} is one word too many.{switch}")

    def add_flags(
        self,
        title: str,
        space: Mapping[str, Hyper],
        texts: Mapping[str, str],
        parse: Callable[[Hyper, str], Any] = parse_value,
    ) -> None:
        """Adds a group of flags.

        Args:
            title: heading of the group.
            space: hyperparameters or options by name.
            texts: help text by name.
            parse: parses the text of a flag.
        """
        group = self.add_argument_group(title)
        for name, hyper in space.items():
            flag = "--" + name.replace("_", "-")
            self.flags.append(flag)
            common: dict[str, Any] = {"dest": name, "default": argparse.SUPPRESS}
            common["help"] = texts[name].replace("%", "%%")
            if hyper.kind is bool:
                group.add_argument(flag, action=argparse.BooleanOptionalAction, **common)
            else:
                reader, metavar = partial(_parse, parse, hyper), METAVARS[hyper.kind]
                group.add_argument(flag, type=reader, metavar=metavar, **common)


def _parse(parse: Callable[[Hyper, str], Any], hyper: Hyper, text: str) -> Any:
    try:
        return parse(hyper, text)
    except (ValueError, TypeError) as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def describe(hyper: Hyper) -> str:
    """Returns domain, condition and default of a hyperparameter."""
    domain = hyper.domain or hyper.bound
    parts = [] if domain is None or hyper.kind is bool else [str(domain)]
    parts += [f"only when {hyper.when}"] if hyper.when is not None else []
    return "; ".join([*parts, _default(hyper)])


def describe_options(command: str, space: Mapping[str, Hyper]) -> dict[str, str]:
    """Returns the help texts of a command's options.

    Ranges are left out, which only reject nonsense, and so are defaults without a meaning.
    """
    texts = {}
    for name, hyper in space.items():
        parts = [options.HELP.get(f"{command} {name}", options.HELP[name])]
        if isinstance(hyper.domain, Choice) and str(hyper.domain.values[0]) not in parts[0]:
            parts.append(str(hyper.domain))
        if hyper.default not in (None, ()):
            parts.append(_default(hyper))
        texts[name] = "; ".join(parts)
    return texts


def merge_spaces(
    spaces: Mapping[str, Mapping[str, Hyper]],
) -> tuple[dict[str, Hyper], dict[str, str]]:
    """Merges the hyperparameters of several recipes into one flag each.

    Domains are left out: each recipe checks its own.

    Args:
        spaces: hyperparameters by recipe.

    Returns:
        The hyperparameters, and their help texts with the recipes' names where they differ.
    """
    merged: dict[str, Hyper] = {}
    texts: dict[str, str] = {}
    for name in {n: None for space in spaces.values() for n in space}:
        by_recipe = {recipe: space[name] for recipe, space in spaces.items() if name in space}
        merged[name] = replace(next(iter(by_recipe.values())), domain=None)
        each = {recipe: describe(hyper) for recipe, hyper in by_recipe.items()}
        same = len(set(each.values())) == 1 and len(each) == len(spaces)
        lines = [f"{recipe}: {text.replace('; ', ', ')}" for recipe, text in each.items()]
        texts[name] = next(iter(each.values())) if same else "; ".join(lines)
    return merged, texts


def _default(hyper: Hyper) -> str:
    if hyper.kind is bool and hyper.default is not None:
        return "on by default" if hyper.default else "off by default"
    return f"default {format_value(hyper.default) or 'empty'}"


def select(arguments: argparse.Namespace, space: Mapping[str, Hyper]) -> dict[str, Any]:
    """Returns the values of the flags that the command line has, by name."""
    return {name: getattr(arguments, name) for name in space if hasattr(arguments, name)}
