"""`--config FILE`: the arguments of a command from a TOML file; flags take precedence."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from keras_dl.cli.positionals import split_words
from keras_dl.space import Hyper

__all__ = ["expand", "parse_config", "to_words"]

FLAG = "--config"
MAX_BYTES = 2**20
IN_PYTHON = ("data", "callbacks", "model")  # keys of what was in memory


def expand(command: str, words: Sequence[str], options: Mapping[str, Hyper]) -> list[str]:
    """Replaces `--config FILE` by the words that the file stands for, before all others.

    Args:
        command: the command.
        words: the command line after the command.
        options: the command's own flags.

    Returns:
        The recipes of the file if the words name none, then its flags, then the other words.

    Raises:
        ValueError: if the file is missing, repeated, wrong or of another command.
    """
    rest, files = _split(words)
    if not files:
        return rest
    if len(files) > 1:
        raise ValueError(f"`config` must be given once. Received: {' '.join(files)}")
    entries, received = _read(files[0]), f"config={files[0]}"
    written = entries.get("command", command)
    if written != command:
        raise ValueError(
            f"`command` of the file must be {command}, or be left out. "
            f"Received: command={written!r}, {received}"
        )
    recipes, flags = to_words(entries, received)
    positionals = [word for word in split_words(rest, options) if word.flag is None]
    if not (recipes or positionals):
        raise ValueError(
            f"`recipe` must be a key of the file, or NAME be given. Received: {received} with "
            f"{', '.join(entries) or 'nothing'}"
        )
    return [*([] if positionals else recipes), *flags, *rest]


def to_words(config: Mapping[str, Any], received: str) -> tuple[list[str], list[str]]:
    """Returns the names of the recipes, and the flags, of a configuration.

    Args:
        config: as `parse_config` returns it.
        received: names the file in messages.

    Raises:
        ValueError: if a value is a table, or an argument was in memory.
    """
    entries = dict(config)
    entries.pop("command", None)
    absent = [name for name in IN_PYTHON if name in entries]
    if absent:
        raise ValueError(
            "`config` must hold all arguments of the command; some were in memory, so that only a "
            f"call in Python can pass them: {', '.join(absent)}. Received: {received}"
        )
    recipes = entries.pop("recipe", [])
    names = [recipes] if isinstance(recipes, str) else recipes
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError(
            f"`recipe` must be a name or a list of names. Received: recipe={recipes!r}, {received}"
        )
    return names, [_to_word(name, value, received) for name, value in entries.items()]


def _to_word(name: str, value: object, received: str) -> str:
    flag = name.replace("_", "-")
    if isinstance(value, bool):
        return f"--{flag}" if value else f"--no-{flag}"
    parts = value if isinstance(value, list) else [value]
    if not all(isinstance(part, (str, int, float)) for part in parts):
        raise ValueError(
            f"`{name}` must be a number, a text, a boolean or a list of them. Received: {received}"
        )
    return f"--{flag}={','.join(str(part) for part in parts)}"


def parse_config(text: str, received: str) -> dict[str, Any]:
    """Returns the entries of a configuration file.

    Args:
        text: of the file.
        received: names the file in messages.

    Raises:
        ValueError: if it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"`config` must be a TOML file; {error}. Received: {received}") from None


def _read(file: str) -> dict[str, Any]:
    path = Path(file).expanduser()
    if not path.is_file():
        raise ValueError(f"`config` must be a regular file that exists. Received: config={file}")
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"`config` must be a file of at most 1 MiB. Received: config={file}")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"`config` must be UTF-8; {error}. Received: config={file}") from None
    return parse_config(text, f"config={file}")


def _split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Returns the words without `--config` and its values, and these."""
    rest, files = [], []
    remaining = list(words)
    while remaining:
        word = remaining.pop(0)
        if word == "--":
            return [*rest, word, *remaining], files
        if word == FLAG:
            if not remaining:
                raise ValueError("`config` must be followed by a file. Received: nothing")
            files.append(remaining.pop(0))
        elif word.startswith(f"{FLAG}="):
            files.append(word.partition("=")[2])
        else:
            rest.append(word)
    return rest, files
