"""Texts of a search in the terminal: the plan with its forecast, and the best trials."""

from collections.abc import Mapping

from rich import box
from rich.table import Table

from keras_dl.execution.journal import Trial
from keras_dl.execution.plan import Plan
from keras_dl.execution.progress import duration, settings_text
from keras_dl.execution.run_job import DryRun
from keras_dl.recipe import Objective
from keras_dl.space import Hyper
from keras_dl.tuning.oracle import hyperband_rounds
from keras_dl.tuning.results import ranked

__all__ = ["announcement", "leaderboard"]


def announcement(plan: Plan, first: DryRun, slots: int) -> list[str]:
    """Says what a search is going to do, and how long that will take."""
    chosen = plan.options
    trainings = chosen["trials"] * chosen["seeds"]
    whole = _total_epochs(plan) * first.seconds + trainings * first.overhead
    domains = ", ".join(f"{n} ({h.domain})" for n, h in plan.searched.items())
    seeds = f" × {chosen['seeds']} seeds" if chosen["seeds"] > 1 else ""
    return [
        f"{plan.recipe.name} on {first.facts['name']}: {chosen['algorithm']} search of {domains}",
        f"Up to {chosen['trials']} trials × {plan.epochs} epochs{seeds}, {slots} at a time; "
        f"with the defaults {first.parameters:,} parameters and "
        f"{duration(first.seconds)} an epoch: "
        f"about {duration(whole / slots)}",
    ]


def leaderboard(
    trials: list[Trial], objective: Objective, searched: Mapping[str, Hyper], count: int = 10
) -> Table:
    """The best trials as a table."""
    title = f"Best trials by {objective.name} ({objective.direction})"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("rank", "trial", objective.name, "epochs", "time"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("hyperparameters", overflow="fold")
    for rank, t in enumerate(ranked(trials, objective)[:count], 1):
        if t.score is None:
            break
        spread = f" ± {t.spread:.4f}" if t.spread else ""
        table.add_row(
            str(rank),
            f"#{t.number}",
            f"{t.score:.4f}{spread}",
            str(len(t.curve)),
            duration(t.seconds),
            settings_text(t.values, searched),
        )
    return table


def _total_epochs(plan: Plan) -> int:
    """Epochs of all trials together, if none is stopped early."""
    trials, seeds = plan.options["trials"], plan.options["seeds"]
    if plan.options["algorithm"] != "hyperband":
        return trials * plan.epochs * seeds
    rounds = hyperband_rounds(plan.epochs)
    passes = -(-trials // max(1, len(rounds)))
    return sum((rounds * passes)[:trials]) * seeds
