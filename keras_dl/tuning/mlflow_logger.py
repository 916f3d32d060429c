"""A search in MLflow: one parent run, one child per trial, one grandchild per seed if seeds repeat.

Everything written here can be written again: a resumed search recognizes its runs by their tags
and completes what a kill left unfinished.
"""

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from keras_dl.data.folds import Fold
from keras_dl.execution.journal import Journal, Trial
from keras_dl.execution.parent_run import Child, Facts, ParentRun
from keras_dl.execution.run_job import entries
from keras_dl.tracking.links import in_page
from keras_dl.tracking.tracked_run import TrackedRun, format_param
from keras_dl.tracking.views import View, view
from keras_dl.training.config_file import make_config
from keras_dl.tuning.leaderboard import leaderboard
from keras_dl.tuning.pareto import front_table
from keras_dl.tuning.plan import SearchPlan
from keras_dl.utils.notebook import table_to_markdown

if TYPE_CHECKING:
    from keras_dl.tuning.results import Search

__all__ = ["SearchLogger"]


class SearchLogger:
    """Writes a search to MLflow; as a context manager it closes all runs.

    Args:
        plan: settings of the search.
        journal: trials so far.
        facts: facts of the data.
        workers: number of trainings at the same time.

    Attributes:
        parent: the search's own run.
    """

    def __init__(self, plan: SearchPlan, journal: Journal, facts: Facts, workers: int) -> None:
        self.plan, self.facts = plan, facts
        self._journal, self._objective = journal, plan.recipe.objective
        self.parent = self._open_parent(workers)
        self._runs: dict[int, list[TrackedRun]] = {}
        self._ending: list[TrackedRun] = []
        self._best: float | None = None

    def restore(self) -> None:
        """Writes what a kill has left unwritten of the finished trials."""
        for event, number in self._journal.order:
            trial = self._journal.trials[number]
            if event == "end" and trial.status != "running":
                self._complete(trial)

    def begin(self, trial: Trial) -> list[TrackedRun]:
        """Opens the runs of a trial; its child stands above one run per seed or fold, if several.

        Returns:
            One run per seed or fold, for the metrics of its epochs.
        """
        child, repeated = self._open(trial), self.plan.repetitions
        several = repeated if len(repeated) > 1 else []
        below = [self._open_below(trial, child, seed, fold) for seed, fold in several]
        self._runs[trial.number] = [child, *below]
        return below or [child]

    def end(self, trial: Trial) -> None:
        """Closes the runs of a trial with its result; logs the best score so far on the parent."""
        child, *below = self._runs.pop(trial.number)
        child.metrics(
            {"fit_seconds": trial.seconds, "parameters": trial.parameters, "rss_mb": trial.rss}
        )
        if below:  # the run of a single seed has its objective by epoch already
            child.metrics({"objective_spread": trial.spread})
            for epoch, value in enumerate(trial.curve, 1):
                child.metrics({"objective": value}, step=epoch)
        tags = {"trial_status": trial.status, "reason": trial.reason, "message": trial.message}
        tags = {name: text for name, text in tags.items() if text}
        status = "FAILED" if trial.status == "failed" else "FINISHED"
        for run in [*below, child]:
            run.params({"jit_compile": trial.jit_compile})
            self.parent.end(run, status, wait=False, **tags)
        self._flush([*below, child])
        self._update_best(trial)

    def log_result(self, search: "Search") -> None:
        """Writes table, figures and the best setting to the parent."""
        self._flush([])
        tracked = self.parent.tracked
        for name, figure in search.figures.items():
            tracked.figure(figure, name)
        tracked.text(search.to_dataframe().to_csv(index=False), "trials.csv")
        best = {f"best_{k}": v for k, v in search.best.items() if k in self.plan.searched}
        links = self.view()
        seeds = self.plan.options["final_seeds"]
        tested = f"winner tested with {seeds} seeds" if seeds else "winner not tested"
        note = (
            f"{len(search.trials)} trials, {tested} · "
            f"[Trials, best first]({in_page(links.table)}) · [side by side]({in_page(links.chart)})"
        )
        if search.final_comparison is not None:
            note = f"**{search.final_comparison.verdict}**\n\n{note}"
        table = leaderboard(search.trials, search.objective, search.searched)
        note += f"\n\n{table_to_markdown(table)}"
        if search.cost is not None:
            table = front_table(search.trials, search.objective, search.cost, search.searched)
            note += f"\n\n{table_to_markdown(table)}"
        tracked.tags({k: format_param(v) for k, v in best.items()})
        tracked.tags({"trials_done": len(search.trials)})
        tracked.metrics({"trials": len(search.trials)}, step=len(search.trials))
        tracked.note(note)

    def view(self) -> View:
        """Returns links to the table of trials, best first, and to their parallel coordinates."""
        tracked = self.parent.tracked
        return view(
            tracked.run.info.experiment_id,
            tracked.id[:12],
            f"tags.`mlflow.parentRunId` = '{tracked.id}'",
            self._objective.direction,
            list(self.plan.searched),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.parent.__exit__(kind, error, trace)

    def _flush(self, ending: list[TrackedRun]) -> None:
        """Waits until the trial before is written completely, and raises what went wrong."""
        before, self._ending = self._ending, ending
        for run in before:
            run.flush()

    def _open_parent(self, workers: int) -> ParentRun:
        plan, options = self.plan, self.plan.options
        names = ("trials", "algorithm", "cost", "seed", "seeds", "folds", "prune", "final_seeds")
        params = plan.params(plan.stated()) | {n: options[n] for n in names}
        params |= {"workers": workers, "search": tuple(plan.searched)}
        name = f"{plan.recipe.name}-{options['algorithm']}-search"
        tags = {"folder": self._journal.folder.name, "seed": options["seed"]}
        config = make_config(
            "tune", [plan.recipe], plan.stated(), options, plan.data, plan.callbacks
        )
        return ParentRun.start(
            "search", plan.recipe, name, params, self.facts, self._journal, tags, config
        )

    def _open(self, trial: Trial) -> TrackedRun:
        params = self._params(trial)
        if self.plan.options["seeds"] == 1:
            params |= {"seed": self.plan.options["seed"]}
        name = f"{self.plan.recipe.name}-{trial.number:03d}"
        child = Child({"trial": trial.number}, name, "trial", self.plan.recipe, params, self.facts)
        return self.parent.open(child)

    def _open_below(
        self, trial: Trial, above: TrackedRun, seed: int, fold: Fold | None
    ) -> TrackedRun:
        tags = {"trial": trial.number} | ({"seed": seed} if fold is None else {"fold": fold.number})
        part = f"s{seed}" if fold is None else f"fold{fold.number + 1}"
        name = f"{self.plan.recipe.name}-{trial.number:03d}-{part}"
        params, kind = {**self._params(trial), "seed": seed}, "seed" if fold is None else "fold"
        child = Child(tags, name, kind, self.plan.recipe, params, self.facts)
        return self.parent.open(child, above)

    def _params(self, trial: Trial) -> dict[str, Any]:
        plan = self.plan
        epochs = {"epochs": trial.epochs} if plan.limit is None else {}
        return {**plan.params(trial.values), **epochs, "folds": plan.options["folds"]}

    def _complete(self, trial: Trial) -> None:
        """Writes a finished trial again unless its run states that it was written completely."""
        earlier = self.parent.find({"trial": trial.number})
        # A kill between the last tag and the end leaves a run that the next process has closed.
        if earlier is not None and "trial_status" in earlier.data.tags:
            ended = earlier.info.status in ("FINISHED", "FAILED")
            if ended and earlier.data.tags.get("reason") != "process_died":
                self._update_best(trial)
                return
        seed = self.plan.options["seed"]
        for offset, run in enumerate(self.begin(trial)):
            folder = self._journal.training_folder(trial.number, seed + offset)
            for entry in entries(folder, 0)[0]:
                run.epoch(entry.epoch, entry.values, entry.when)
        self.end(trial)

    def _update_best(self, trial: Trial) -> None:
        if trial.score is not None and self._objective.better(trial.score, than=self._best):
            self._best = trial.score
        if self._best is not None:
            self.parent.tracked.metrics({"objective": self._best}, step=trial.number)
