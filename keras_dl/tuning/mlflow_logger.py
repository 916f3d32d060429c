"""A search in MLflow: one parent run, one child a trial, one grandchild a seed where seeds repeat.

Whatever is written here can be written again: a resumed search finds its runs by their tags and
completes what a kill has left half done.
"""

from collections.abc import Mapping
from typing import Any

from keras_dl.execution.journal import Journal, Trial
from keras_dl.execution.plan import Plan
from keras_dl.execution.run_job import entries
from keras_dl.tracking import runs, store
from keras_dl.tracking.runs import TrackedRun
from keras_dl.tracking.views import View, view

__all__ = ["SearchLogger"]


class SearchLogger:
    """Writes a search to MLflow.

    Attributes:
        parent: the search's own run.
        facts: of the data.
    """

    def __init__(self, plan: Plan, record: Journal, facts: Mapping[str, Any]) -> None:
        self.plan, self.record, self.facts = plan, record, facts
        self.objective = plan.recipe.objective
        self.experiment = f"{facts['name']}-{plan.recipe.task_name}"
        known = record.notes().get("run_id")
        self.parent = runs.reopen(store.client().get_run(known)) if known else self._parent()
        record.note(run_id=self.parent.id)
        self._found = {
            (r.data.tags["trial"], r.data.tags.get("seed", "")): r for r in self._children()
        }
        self._runs: dict[int, list[TrackedRun]] = {}
        self._ending: list[TrackedRun] = []
        self._best: float | None = None
        for trial in record.trials.values():
            if trial.status != "running":
                self._mend(trial)

    def begin(self, trial: Trial) -> list[TrackedRun]:
        """Opens the runs of a trial; where seeds repeat, the child stands above one run a seed.

        Returns:
            One run a seed, for the epochs' metrics.
        """
        child = self._open(trial, "trial", self.parent.id, None)
        first, count = self.plan.options["seed"], self.plan.options["seeds"]
        seeds = range(first, first + count)
        below = [self._open(trial, "seed", child.id, s) for s in seeds] if count > 1 else []
        self._runs[trial.number] = [child, *below]
        return below or [child]

    def end(self, trial: Trial) -> None:
        """Closes the runs of a trial with its result, and notes the best so far on the parent."""
        failed = trial.status == "failed"
        said = {"trial_status": trial.status, **({"reason": trial.reason} if trial.reason else {})}
        if trial.message:
            said["message"] = trial.message
        child, *below = self._runs.pop(trial.number)
        numbers = {
            "fit_seconds": trial.seconds,
            "parameters": trial.parameters,
            "rss_mb": trial.rss,
        }
        if below:  # a single seed's run has its objective by epoch already
            numbers["objective_spread"] = trial.spread
            for epoch, value in enumerate(trial.curve, 1):
                child.metrics({"objective": value}, step=epoch)
        child.metrics(numbers)
        for run in [*below, child]:
            run.params({"jit_compile": trial.jit_compile})
            run.end_later("FAILED" if failed else "FINISHED", **said)
        self._settle([*below, child])
        if trial.score is not None and self.objective.better(trial.score, than=self._best):
            self._best = trial.score
        if self._best is not None:
            self.parent.metrics({"objective": self._best}, step=trial.number)

    def _settle(self, ending: list[TrackedRun]) -> None:
        """Waits until the trial before is written whole, and raises what went wrong."""
        before, self._ending = self._ending, ending
        for run in before:
            run.flush()

    def conclude(self, search: Any) -> None:
        """Writes leaderboard, figures and the best setting to the parent and closes it."""
        self._settle([])
        for name, figure in search.figures.items():
            self.parent.figure(figure, name)
        runs.table(self.parent, search.to_dataframe().to_csv(index=False), "trials")
        best = {f"best_{k}": v for k, v in search.best.items() if k in self.plan.searched}
        links = self.view()
        note = f"[Trials, best first]({links.table}) · [side by side]({links.chart})"
        self.parent.tags({k: runs.format_param(v) for k, v in best.items()})
        self.parent.tags({"mlflow.note.content": note})
        self.parent.end("FINISHED", trials_done=len(search.trials))

    def abandon(self, open_runs: list[TrackedRun], status: str, reason: str) -> None:
        """Closes everything that is still open."""
        above = [runs_of[0] for runs_of in self._runs.values()]
        for run in {r.id: r for r in [*open_runs, *above, self.parent]}.values():
            run.end(status, reason=reason)

    def view(self) -> View:
        """Links to the table of trials, best first, and to their parallel coordinates."""
        return view(
            self.parent.run.info.experiment_id,
            self.parent.id[:12],
            f"tags.`mlflow.parentRunId` = '{self.parent.id}'",
            self.objective.direction,
            list(self.plan.searched),
        )

    def _parent(self) -> TrackedRun:
        plan, chosen = self.plan, self.plan.options
        names = ("trials", "algorithm", "workers", "seed", "seeds", "prune", "final_seeds")
        params = plan.params(plan.fixed) | {n: chosen[n] for n in names}
        params["search"] = tuple(plan.searched)
        made = runs.start(
            plan.recipe,
            self.experiment,
            f"{plan.recipe.name}-{chosen['algorithm']}-search",
            "search",
            params,
            tags={"folder": self.record.folder.name, "seed": chosen["seed"]},
        )
        made.dataset(self.facts)
        return made

    def _children(self) -> list[Any]:
        where = f"tags.search = '{self.parent.id}' and tags.trial != ''"
        return store.search(self.parent.run.info.experiment_id, where)

    def _open(self, trial: Trial, kind: str, above: str, seed: int | None) -> TrackedRun:
        found = self._found.get((str(trial.number), "" if seed is None else str(seed)))
        if found is not None:
            return runs.reopen(found)
        plan = self.plan
        tags: dict[str, Any] = {"search": self.parent.id, "trial": trial.number}
        tags |= {} if seed is None else {"seed": seed}
        name = f"{plan.recipe.name}-{trial.number:03d}" + ("" if seed is None else f"-s{seed}")
        params = plan.params(trial.values) | {"epochs": trial.epochs}
        if seed is None and plan.options["seeds"] == 1:
            params["seed"] = plan.options["seed"]
        elif seed is not None:
            params["seed"] = seed
        made = runs.start(plan.recipe, self.experiment, name, kind, params, parent=above, tags=tags)
        made.dataset(self.facts)
        return made

    def _mend(self, trial: Trial) -> None:
        """Writes a finished trial again unless its run says that it was written whole."""
        if trial.score is not None and self.objective.better(trial.score, than=self._best):
            self._best = trial.score
        found = self._found.get((str(trial.number), ""))
        # A kill between the last tag and the end leaves a run that the next process has closed.
        if found is not None and "trial_status" in found.data.tags:
            ended = found.info.status in ("FINISHED", "FAILED")
            if ended and found.data.tags.get("reason") != "process_died":
                return
        seed = self.plan.options["seed"]
        for offset, run in enumerate(self.begin(trial)):
            for entry in entries(self.record.unit(trial.number, seed + offset), 0)[0]:
                run.epoch(entry.epoch, entry.values, entry.when)
        self.end(trial)
