"""The `lesson` command: asks for a prediction, trains, and compares it with what came out."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from keras_dl.cli import tables
from keras_dl.cli.loading import load_recipe
from keras_dl.lessons import Lesson, names, read

if TYPE_CHECKING:
    from keras_dl.training.run import Result

__all__ = ["list_lessons", "take_lesson"]


def list_lessons() -> None:
    """Prints names and titles of all lessons."""
    rows = tables.make_table("lesson", "title")
    for name in names():
        rows.add_row(name, escape(read(name).title))
    tables.terminal().print(rows)


def take_lesson(name: str, *, prediction: int | None = None) -> int:
    """Asks a question, measures the answer and explains it.

    Args:
        name: of the lesson.
        prediction: number of the predicted answer; None: asked for in a terminal, else none.

    Returns:
        0 if what was measured bears out the answer, else 1.

    Raises:
        ValueError: if there is no such lesson or answer.
    """
    lesson, console = read(name), tables.terminal()
    if prediction is not None:
        _check_prediction(lesson, prediction)
    _print_question(console, lesson)
    if prediction is None and sys.stdin.isatty():
        prediction = _ask(lesson)
    values, last = measure(lesson)
    _print_values(console, values)
    _save_figure(console, lesson, last)
    failed = [check for check in lesson.checks if not check.holds(values)]
    if prediction is not None:
        right = prediction == lesson.right
        console.print(f"Your prediction: {prediction}. {'Right.' if right else 'Not so.'}")
    console.print(f"[bold]Answer {lesson.right}.[/bold] {escape(lesson.answer)}")
    for check in failed:
        console.print(f"[bold red]This time it does not hold:[/] {escape(str(check))}.")
    if lesson.facts:
        console.print(f"The figures of lecture and papers: keras-dl facts {lesson.facts}")
    return int(bool(failed))


def measure(lesson: Lesson) -> "tuple[dict[str, float], Result]":
    """Trains what a lesson declares, equal trainings once.

    Args:
        lesson: the lesson.

    Returns:
        Measured quantities by name, and the last training.
    """
    results: dict[str, Result] = {}
    values = {}
    for name, quantity in lesson.quantities.items():
        key = f"{quantity.recipe} {sorted(quantity.settings.items())}"
        if key not in results:
            results[key] = _train(quantity.recipe, quantity.settings)
        values[name] = float(results[key].metrics[quantity.metric])
    return values, list(results.values())[-1]


def _train(recipe: str, settings: Mapping[str, Any]) -> "Result":
    loaded = load_recipe(recipe)
    from keras_dl.comparing.cross_validation import run

    return run(loaded, **settings)


def _check_prediction(lesson: Lesson, prediction: int) -> None:
    if not 1 <= prediction <= len(lesson.predictions):
        raise ValueError(
            f"`prediction` must be a number from 1 to {len(lesson.predictions)}. "
            f"Received: prediction={prediction}"
        )


def _ask(lesson: Lesson) -> int | None:
    """Asks until a number of a prediction is typed; None at the end of the input."""
    while True:
        try:
            text = input(f"Your prediction (1 to {len(lesson.predictions)}): ").strip()
        except EOFError:
            return None
        if text.isdecimal() and 1 <= int(text) <= len(lesson.predictions):
            return int(text)


def _print_question(console: Console, lesson: Lesson) -> None:
    console.print(f"[bold]{escape(lesson.title)}[/bold]\n\n{escape(lesson.question)}\n")
    for number, text in enumerate(lesson.predictions, start=1):
        console.print(f"  {number}  {escape(text)}")
    console.print()


def _print_values(console: Console, values: Mapping[str, float]) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, value in values.items():
        table.add_row(escape(name), f"{value:.4g}")
    console.print(table)


def _save_figure(console: Console, lesson: Lesson, result: "Result") -> None:
    path = Path(f"lesson_{lesson.name}.png")
    result.figures[lesson.figure].savefig(path)
    console.print(f"→ {path}\n")
