"""Progress of a search in the terminal: one line per trial with the best so far."""

from collections.abc import Iterable, Mapping

from rich.markup import escape

from keras_dl.execution.journal import Trial
from keras_dl.execution.progress import ProgressReporter, format_duration, format_settings
from keras_dl.recipe import Objective
from keras_dl.space import Hyper
from keras_dl.utils.printing import printable

__all__ = ["TrialReporter"]


class TrialReporter(ProgressReporter):
    """Prints a line per trial.

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

    def restore_trials(self, trials: Iterable[Trial]) -> None:
        """Counts finished trials of an earlier process."""
        for trial in trials:
            self.restore(1)
            self._update_best(trial)

    def report_trial(self, trial: Trial) -> None:
        """Counts a trial that has just ended and prints its line."""
        self._update_best(trial)
        if trial.score is None:
            result = f"[red]{trial.reason:>13}[/red]"
        else:
            result = f"{trial.score:12.4f}" + ("*" if trial is self._best else " ")
        best = self._best
        leader = "no best yet" if best is None else f"best {best.score:.4f} (#{best.number})"
        note = f"  {escape(printable(trial.message))}" if trial.message else ""
        if trial.status == "stopped":
            note = f"  stopped after epoch {len(trial.curve)} ({trial.reason})"
        self._done += 1
        self.console.print(
            f"#{trial.number:<3} {result}  {leader}  {format_duration(trial.seconds):>7}  "
            f"{self.time_left()}  {escape(format_settings(trial.values, self._searched))}{note}"
        )
        self._bar.update(self._task, completed=self._done)

    def _update_best(self, trial: Trial) -> None:
        best = None if self._best is None else self._best.score
        if trial.score is not None and self._objective.better(trial.score, than=best):
            self._best = trial
