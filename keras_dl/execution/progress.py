"""Progress in the terminal: one line per result, a live bar, the time left."""

import time
from collections.abc import Mapping
from datetime import timedelta
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn

from keras_dl.space import format_value
from keras_dl.utils.printing import LAYOUT, printable

__all__ = ["ProgressReporter", "format_duration", "format_settings"]


class ProgressReporter:
    """Writes to stderr: a live bar on a terminal, plain lines elsewhere.

    Args:
        total: number of results expected.
        noun: plural noun for them, "trainings".
        verbose: False for silence.
    """

    def __init__(self, total: int, noun: str = "trainings", verbose: bool = True) -> None:
        self.console = Console(stderr=True, quiet=not verbose, highlight=False, soft_wrap=True)
        self._total, self._start = total, time.monotonic()
        self._done = self._earlier = 0
        self._bar = Progress(
            BarColumn(30),
            TextColumn("{task.completed}/{task.total} " + noun + "  {task.description}"),
            console=self.console,
            transient=True,
            disable=not (verbose and self.console.is_terminal),
        )
        self._task = self._bar.add_task("", total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def write(self, text: str) -> None:
        """Prints a line."""
        self.console.print(escape(printable(text, keep=LAYOUT)))

    def restore(self, count: int) -> None:
        """Counts results of an earlier process, which say nothing about the time left."""
        self._done += count
        self._earlier += count
        self._bar.update(self._task, completed=self._done)

    def advance(self, text: str) -> None:
        """Counts a result and prints its line."""
        self._done += 1
        self.console.print(
            f"{self._done}/{self._total}  {escape(printable(text))}  {self.time_left()}"
        )
        self._bar.update(self._task, completed=self._done, description=self.time_left())

    def update(self, epochs: Mapping[str, int]) -> None:
        """Shows in the bar which training has done how many epochs.

        Args:
            epochs: epochs done by label of the training.
        """
        running = "  ".join(f"{label} epoch {epoch}" for label, epoch in sorted(epochs.items()))
        self._bar.update(self._task, description=f"{running}  {self.time_left()}")

    def time_left(self) -> str:
        """Returns `ETA 3:20`, or nothing before the first result of this process."""
        done = self._done - self._earlier
        if not done:
            return ""
        each = (time.monotonic() - self._start) / done
        return f"ETA {format_duration(each * max(0, self._total - self._done)):>6}"


def format_duration(seconds: float) -> str:
    """Returns `12.3 s`, `3:20` or `2:03:20`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    text = str(timedelta(seconds=round(seconds)))
    return text[2:] if text.startswith("0:") else text


def format_settings(values: Mapping[str, object], names: Mapping[str, object] | None = None) -> str:
    """Returns `dropout=0.2 learning_rate=0.001` of the given names, four digits each."""
    selected = {k: v for k, v in values.items() if names is None or k in names}
    return " ".join(f"{k}={_format_short(v)}" for k, v in selected.items())


def _format_short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else format_value(value)
