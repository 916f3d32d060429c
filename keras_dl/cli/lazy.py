"""Modules that carry out commands, each loaded when its command is called."""

from types import ModuleType

__all__ = ["commands", "lesson_commands", "run_commands", "tables"]


def commands() -> ModuleType:
    """Returns `keras_dl.cli.commands`."""
    from keras_dl.cli import commands

    return commands


def lesson_commands() -> ModuleType:
    """Returns `keras_dl.cli.lesson_commands`."""
    from keras_dl.cli import lesson_commands

    return lesson_commands


def run_commands() -> ModuleType:
    """Returns `keras_dl.cli.run_commands`."""
    from keras_dl.cli import run_commands

    return run_commands


def tables() -> ModuleType:
    """Returns `keras_dl.cli.tables`."""
    from keras_dl.cli import tables

    return tables
