"""Progress of a search: one line per trial with the best so far; in a notebook, a live table."""

from collections.abc import Iterable, Mapping

from rich.markup import escape

from keras_dl.execution.journal import Trial
from keras_dl.execution.progress import ProgressReporter, format_duration, format_settings
from keras_dl.recipe import Objective
from keras_dl.space import Hyper
from keras_dl.tuning.live_table import LiveTable
from keras_dl.utils.notebook import in_notebook
from keras_dl.utils.printing import printable

__all__ = ["TrialReporter"]


class TrialReporter(ProgressReporter):
    """Prints a line per trial, or in a notebook updates a table of the best.

    Args:
        total: number of trials wanted.
        objective: name and direction of the score.
        searched: hyperparameters whose values a line shows.
        verbose: False for silence.
    """

    def __init__(
        self, total: int, objective: Objective, searched: Mapping[str, Hyper], verbose: bool
    ) -> None:
        super().__init__(total, "trials", verbose)
        self._objective, self._searched = objective, searched
        self._best: Trial | None = None
        self._ended: list[Trial] = []
        live = verbose and in_notebook()
        self._table = LiveTable(objective, searched) if live else None

    def restore_trials(self, trials: Iterable[Trial]) -> None:
        """Counts finished trials of an earlier process."""
        for trial in trials:
            self.restore(1)
            self._ended.append(trial)
            self._update_best(trial)

    def report_trial(self, trial: Trial) -> None:
        """Counts a trial that has just ended and shows it."""
        self._update_best(trial)
        self._ended.append(trial)
        self._done += 1
        if self._table is None:
            self.console.print(self._line(trial))
        else:
            self._table.show(self._ended, self._title())
        self._bar.update(self._task, completed=self._done)

    def update(self, epochs: Mapping[str, int]) -> None:
        """Shows which trial has done how many epochs."""
        super().update(epochs)
        if self._table is not None:
            running = ", ".join(f"{label} epoch {epoch}" for label, epoch in sorted(epochs.items()))
            self._table.show(self._ended, f"{self._title()} · {running}", now=False)

    def _title(self) -> str:
        failed = sum(trial.score is None for trial in self._ended)
        parts = [f"{self._done}/{self._total} trials", self._leader(), self.time_left().strip()]
        return " · ".join([*filter(None, parts), *([f"{failed} failed"] if failed else [])])

    def _leader(self) -> str:
        best = self._best
        return "no best yet" if best is None else f"best {best.score:.4f} (#{best.number})"

    def _line(self, trial: Trial) -> str:
        if trial.score is None:
            result = f"[red]{trial.reason:>13}[/red]"
        else:
            result = f"{trial.score:12.4f}" + ("*" if trial is self._best else " ")
        note = f"  {escape(printable(trial.message))}" if trial.message else ""
        if trial.status == "stopped":
            note = f"  stopped after epoch {len(trial.curve)} ({trial.reason})"
        return (
            f"#{trial.number:<3} {result}  {self._leader()}  {format_duration(trial.seconds):>7}  "
            f"{self.time_left()}  {escape(format_settings(trial.values, self._searched))}{note}"
        )

    def _update_best(self, trial: Trial) -> None:
        best = None if self._best is None else self._best.score
        if trial.score is not None and self._objective.better(trial.score, than=best):
            self._best = trial
