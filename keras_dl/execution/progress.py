"""What a person sees of a search: the plan, one line a trial, the best so far, the time left."""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn

from keras_dl.execution.journal import Trial
from keras_dl.recipe import Objective
from keras_dl.space import Hyper, format_value

__all__ = ["ProgressReporter", "duration", "settings_text"]


class ProgressReporter:
    """Writes to stderr; a live bar where that is a terminal, plain lines elsewhere.

    Args:
        total: trials wanted.
        slots: trials that run at the same time.
        objective: name and direction.
        searched: names whose values a line shows.
        verbose: False for silence.
    """

    def __init__(
        self,
        total: int,
        slots: int,
        objective: Objective,
        searched: Mapping[str, Hyper],
        verbose: bool,
    ) -> None:
        self.console = Console(stderr=True, quiet=not verbose, highlight=False, soft_wrap=True)
        self._total, self._slots, self._objective = total, slots, objective
        self._searched, self._start = searched, time.monotonic()
        self._best: Trial | None = None
        self._done = self._here = 0
        self._bar = Progress(
            BarColumn(30),
            TextColumn("{task.completed}/{task.total} trials  {task.description}"),
            console=self.console,
            transient=True,
            disable=not (verbose and self.console.is_terminal),
        )
        self._task = self._bar.add_task("", total=total)

    def __enter__(self) -> "ProgressReporter":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def say(self, text: str) -> None:
        """Prints a line."""
        self.console.print(escape(text))

    def known(self, trial: Trial) -> None:
        """Counts a trial of an earlier process."""
        self._count(trial)

    def ended(self, trial: Trial) -> None:
        """Prints the line of a trial that has just ended."""
        self._here += 1
        self._count(trial)
        if trial.score is None:
            what = f"[red]{trial.reason:>13}[/red]"
        else:
            star = "*" if trial is self._best else " "
            what = f"{trial.score:12.4f}{star}"
        best = (
            f"best {self._best.score:.4f} (#{self._best.number})" if self._best else "no best yet"
        )
        values = escape(settings_text(trial.values, self._searched))
        note = f"  {escape(trial.message)}" if trial.message else ""
        if trial.status == "stopped":
            note = f"  stopped after epoch {len(trial.curve)} ({trial.reason})"
        self.console.print(
            f"#{trial.number:<3} {what}  {best}  {duration(trial.seconds):>7}  "
            f"{self._left()}  {values}{note}"
        )

    def advance(self, done: int, text: str) -> None:
        """Prints the line of a training that has just ended, one of `total`."""
        self._done, self._here = done, done
        self.console.print(f"{done}/{self._total}  {escape(text)}  {self._left()}")
        self._bar.update(self._task, completed=done, description=self._left())

    def tick(self, epochs: Mapping[int, int]) -> None:
        """Moves the bar's text: which trials are at which epoch."""
        running = "  ".join(f"#{n} epoch {e}" for n, e in sorted(epochs.items()))
        self._bar.update(self._task, completed=self._done, description=f"{running}  {self._left()}")

    def _count(self, trial: Trial) -> None:
        self._done += 1
        best = self._best.score if self._best else None
        if trial.score is not None and self._objective.better(trial.score, than=best):
            self._best = trial
        self._bar.update(self._task, completed=self._done)

    def _left(self) -> str:
        if not self._here:
            return ""
        each = (time.monotonic() - self._start) / self._here
        return f"ETA {duration(each * max(0, self._total - self._done)):>6}"


def duration(seconds: float) -> str:
    """Writes `12.3 s`, `3:20` or `2:03:20`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    text = str(timedelta(seconds=round(seconds)))
    return text[2:] if text.startswith("0:") else text


def settings_text(values: Mapping[str, Any], names: Mapping[str, Any] | None = None) -> str:
    """Writes `dropout=0.2 learning_rate=0.001` of the given names, four digits each."""
    shown = {k: v for k, v in values.items() if names is None or k in names}
    return " ".join(f"{k}={_short(v)}" for k, v in shown.items())


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else format_value(value)
