"""What the budget of a comparison leaves open: curves that still improved when training ended."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import mean

from keras_dl.errors import Failure
from keras_dl.execution.plan import Plan
from keras_dl.training.job import Outcome
from keras_dl.utils.text import plural

__all__ = ["describe_budget"]


def describe_budget(
    plans: Mapping[str, Plan], results: Mapping[str, Iterable[Outcome | Failure]]
) -> str:
    """Returns a sentence on the budget, and on the contenders that it stopped while they improved.

    Args:
        plans: plan by label.
        results: trainings by label.

    Returns:
        "Budget quick: 3 of 12 epochs. …", with a limit of steps or time "Budget 10m: mlp 5,200
        steps in 52 epochs, …", means over the trainings. A contender still improves if each of its
        trainings is best in its last epoch, of less than the recipe's.
    """
    results = {label: _outcomes(own) for label, own in results.items()}
    options = next(iter(plans.values())).options
    limited = next(iter(plans.values())).limit is not None
    if limited:
        used = ", ".join(f"{label} {_usage(results[label])}" for label in plans)
        sentence = f"Budget {options['budget']}: {used}."
    else:
        sentence = _named(plans)
    rising = [label for label in plans if _still_improves(plans[label], results[label])]
    if rising:
        verb = "was" if len(rising) == 1 else "were"
        more = "a larger budget" if limited else "more epochs"
        sentence += (
            f" {', '.join(rising)} {verb} best in the last epoch with every seed; {more} may "
            "change the order."
        )
    return sentence


def _outcomes(results: Iterable[Outcome | Failure]) -> list[Outcome]:
    return [result for result in results if isinstance(result, Outcome)]


def _usage(outcomes: Sequence[Outcome]) -> str:
    """Returns `5,200 steps in 52 epochs`, means over the trainings."""
    used = {name: mean(o.used[name] for o in outcomes) for name in ("steps", "epochs")}
    steps, epochs = round(used["steps"]), round(used["epochs"])
    return f"{plural(steps, 'step', 'steps')} in {plural(epochs, 'epoch', 'epochs')}"


def _named(plans: Mapping[str, Plan]) -> str:
    lengths = {label: _length(plan) for label, plan in plans.items()}
    options = next(iter(plans.values())).options
    changed = options["epochs"] is not None or options["steps_per_epoch"] is not None
    name = "" if changed else f" {options['budget']}"
    same = len(set(lengths.values())) == 1
    each = [next(iter(lengths.values()))] if same else [f"{n} {t}" for n, t in lengths.items()]
    return f"Budget{name}: {', '.join(each)}."


def _length(plan: Plan) -> str:
    full = plan.recipe.epochs
    epochs = f"{plan.epochs} epoch{'s' * (plan.epochs != 1)}"
    length = epochs if plan.epochs == full else f"{plan.epochs} of {full} epochs"
    if plan.epochs > full:
        length = f"{epochs}, where the recipe has {full}"
    steps = plan.steps_per_epoch
    return length if steps is None else f"{length} of at most {steps:,} steps"


def _still_improves(plan: Plan, outcomes: Sequence[Outcome]) -> bool:
    whole = plan.limit is None and plan.epochs >= plan.recipe.epochs
    if not outcomes or (whole and plan.steps_per_epoch is None):
        return False
    return all(outcome.best_epoch == _last_epoch(plan, outcome) for outcome in outcomes)


def _last_epoch(plan: Plan, outcome: Outcome) -> int:
    if plan.limit is None:
        return plan.epochs
    return max(map(len, outcome.history.values()), default=0)
