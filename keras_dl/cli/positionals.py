"""Positional words of a command line whose flags are not all known yet.

A recipe's hyperparameters are flags, and only its file tells them. Until it is read, the word after
an unknown flag may be the flag's value or, after a switch, the recipe itself.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from keras_dl import catalog
from keras_dl.space import Hyper

__all__ = ["Word", "asks_help", "recipe_names", "split_words", "unknown_flags"]

NUMBER = re.compile(r"-\d*\.?\d+(e[-+]?\d+)?$", re.IGNORECASE)


class Word(NamedTuple):
    """A word that is not certainly a flag or a flag's value.

    Attributes:
        text: the word.
        flag: name of the unknown flag before it, whose value it may be; None for a positional.
    """

    text: str
    flag: str | None = None


def split_words(words: Sequence[str], options: Mapping[str, Hyper]) -> list[Word]:
    """Returns the positional words, and those that may be values of unknown flags.

    Args:
        words: the command line after the command.
        options: the flags that are known, by name.
    """
    positionals: list[Word] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":  # all words after it are positionals
            return positionals + [Word(word) for word in rest]
        if not _is_flag(word):
            positionals.append(Word(word))
        elif _takes_word(word, rest):
            name = _name(word)
            if name not in options:
                positionals.append(Word(rest.pop(0), name))
            elif options[name].kind is not bool:
                rest.pop(0)
    return positionals


def asks_help(words: Sequence[str]) -> bool:
    """Returns whether `--help` is among the flags."""
    return bool({"-h", "--help"} & set(_flags(words)))


def unknown_flags(words: Sequence[str], options: Mapping[str, Hyper]) -> list[str]:
    """Returns the flags that are none of the options, without their values."""
    names = {"h", "help", *options, *(f"no_{n}" for n, h in options.items() if h.kind is bool)}
    return [flag for flag in _flags(words) if _name(flag) not in names]


def recipe_names(
    words: Sequence[str],
    options: Mapping[str, Hyper],
    read: Callable[[str], Mapping[str, Hyper]],
    most: int | None = None,
) -> list[str]:
    """Returns the recipes of a command line in order; values of flags are never among them.

    Args:
        words: the command line after the command.
        options: the command's own flags.
        read: returns the hyperparameters of a recipe.
        most: number of recipes that the command takes; None: any.

    Raises:
        ValueError, TypeError: if a positional is no recipe, or its file is wrong.
    """
    candidates = split_words(words, options)
    certain = [word.text for word in candidates if word.flag is None][:most]
    spaces = [read(name) for name in certain]
    names = []
    for word in candidates:
        if word.flag is None or _follows_switch(word, word.flag, spaces):
            names.append(word.text)
    return names[:most]


def _follows_switch(word: Word, flag: str, spaces: Sequence[Mapping[str, Hyper]]) -> bool:
    """Returns whether a word is a recipe that follows a switch, and not a flag's value."""
    if not (word.text in catalog.names() or word.text.endswith(".py")):
        return False
    kinds = {space[flag].kind for space in spaces if flag in space}
    if not kinds:
        try:  # never runs a file, which may be a value
            space = catalog.read(catalog.find(word.text)).space
        except (ValueError, TypeError):
            return False
        kinds = {space[flag].kind} if flag in space else set()
    return kinds == {bool}


def _flags(words: Sequence[str]) -> list[str]:
    before = list(words).index("--") if "--" in words else len(words)
    return [word.partition("=")[0] for word in words[:before] if _is_flag(word)]


def _is_flag(word: str) -> bool:
    return word.startswith("-") and word != "-" and not NUMBER.match(word)


def _takes_word(flag: str, rest: Sequence[str]) -> bool:
    """Returns whether the next word may be the flag's value."""
    apart = flag.startswith("--") and not flag.startswith("--no-") and "=" not in flag
    return apart and flag != "--help" and bool(rest) and not _is_flag(rest[0])


def _name(flag: str) -> str:
    return flag.lstrip("-").partition("=")[0].replace("-", "_")
