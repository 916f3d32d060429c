"""Texts of a search in the terminal: plan and forecast, best trials, summary."""

from keras_dl.execution.progress import ProgressReporter, format_duration, format_settings
from keras_dl.execution.run_job import DryRun
from keras_dl.tuning.encoding import Space
from keras_dl.tuning.grid import Grid
from keras_dl.tuning.halving import expected_epochs
from keras_dl.tuning.leaderboard import leaderboard
from keras_dl.tuning.oracle import hyperband_rounds
from keras_dl.tuning.plan import SearchPlan
from keras_dl.tuning.results import Search
from keras_dl.utils.text import plural

__all__ = ["announcement", "leaderboard", "print_summary"]


def announcement(plan: SearchPlan, dry_run: DryRun, slots: int) -> list[str]:
    """Returns lines that state the search and a forecast of its duration.

    Args:
        plan: settings of the search.
        dry_run: measured times of one batch.
        slots: number of trainings at the same time.
    """
    options = plan.options
    size = Grid(Space(plan.searched).dimensions).size if options["algorithm"] == "grid" else None
    trials = options["trials"] if size is None else min(size, options["trials"])
    trainings = trials * len(plan.repetitions)
    one = plan.forecast(dry_run.seconds, dry_run.steps, dry_run.overhead)
    total = trainings * one
    if plan.continues:
        total = _total_epochs(plan) * dry_run.seconds + trainings * dry_run.overhead
    tests = 2 * options["final_seeds"]  # winner and defaults
    total += tests * one
    forecast = format_duration(total / slots) + ", the final test included" * (tests > 0)
    domains = ", ".join(f"{n} ({h.domain})" for n, h in plan.searched.items())
    unit = "seeds" if options["folds"] is None else "folds"
    repeated = f" × {len(plan.repetitions)} {unit}" if len(plan.repetitions) > 1 else ""
    lines = [
        f"{plan.recipe.name} on {dry_run.facts['name']}: "
        f"{options['algorithm']} search of {domains}",
        f"Up to {plural(trials, 'trial', 'trials')} × {plan.length}{repeated}, "
        f"{slots} at a time; "
        f"with the defaults {dry_run.parameters:,} parameters and "
        f"{format_duration(dry_run.seconds)} an epoch: about {forecast}",
        *dry_run.notes,
    ]
    if size is not None:
        part = f"; the first {trials:,} are tried" if size > trials else ""
        lines.append(f"The grid has {size:,} settings{part}")
    return lines


def print_summary(search: Search, reporter: ProgressReporter, chart: str) -> None:
    """Prints failures, importance, the best setting and the final comparison.

    Args:
        search: result of the search.
        reporter: prints the lines.
        chart: link to the trials' parallel coordinates.
    """
    failed = [t.reason for t in search.trials if t.score is None]
    if failed:
        counts = ", ".join(f"{failed.count(r)} {r}" for r in sorted(set(failed)))
        reporter.write(f"{plural(len(failed), 'trial', 'trials')} failed: {counts}")
    if search.importance is not None:
        pairs = zip(search.importance.names, search.importance.means, strict=True)
        listed = ", ".join(f"{n} {m:.2f}" for n, m in pairs)
        reporter.write(f"Importance (R² of held-out trials {search.importance.r2:.2f}): {listed}")
    values = format_settings(search.best, search.searched)
    reporter.write(f"Best {search.objective.name} {search.score:.4f} with {values}")
    if search.final_comparison is not None:
        reporter.console.print(search.final_comparison.table())
        reporter.write(search.final_comparison.verdict)
    reporter.write(f"Trials: {search.url}   (after: keras-dl ui)")
    reporter.write(f"Side by side: {chart}")


def _total_epochs(plan: SearchPlan) -> int:
    """Returns the epochs of all trials that continue others, together."""
    trials, repetitions = plan.options["trials"], len(plan.repetitions)
    if plan.options["algorithm"] == "asha":
        return expected_epochs(plan.epochs, trials) * repetitions
    rounds = hyperband_rounds(plan.epochs)
    passes = -(-trials // max(1, len(rounds)))
    return sum((rounds * passes)[:trials]) * repetitions
