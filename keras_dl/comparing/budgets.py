"""What the budget of a comparison leaves open: curves that still improved when training ended."""

from collections.abc import Iterable, Mapping

from keras_dl.errors import Failure
from keras_dl.execution.plan import Plan
from keras_dl.training.job import Outcome

__all__ = ["describe_budget"]


def describe_budget(
    plans: Mapping[str, Plan], results: Mapping[str, Iterable[Outcome | Failure]]
) -> str:
    """Returns a sentence on the budget, and on the contenders that it stopped while they improved.

    Args:
        plans: plan by label.
        results: trainings by label.

    Returns:
        "Budget quick: 3 of 12 epochs. …". A contender still improves if each of its trainings is
        best in its last epoch, of less than the recipe's.
    """
    lengths = {label: _length(plan) for label, plan in plans.items()}
    options = next(iter(plans.values())).options
    changed = options["epochs"] is not None or options["steps_per_epoch"] is not None
    name = "" if changed else f" {options['budget']}"
    same = len(set(lengths.values())) == 1
    each = [next(iter(lengths.values()))] if same else [f"{n} {t}" for n, t in lengths.items()]
    sentence = f"Budget{name}: {', '.join(each)}."
    rising = [label for label in plans if _still_improves(plans[label], results[label])]
    if rising:
        verb = "was" if len(rising) == 1 else "were"
        sentence += (
            f" {', '.join(rising)} {verb} best in the last epoch with every seed; more epochs may "
            "change the order."
        )
    return sentence


def _length(plan: Plan) -> str:
    full = plan.recipe.epochs
    epochs = f"{plan.epochs} epoch{'s' * (plan.epochs != 1)}"
    length = epochs if plan.epochs == full else f"{plan.epochs} of {full} epochs"
    if plan.epochs > full:
        length = f"{epochs}, where the recipe has {full}"
    steps = plan.steps_per_epoch
    return length if steps is None else f"{length} of at most {steps:,} steps"


def _still_improves(plan: Plan, results: Iterable[Outcome | Failure]) -> bool:
    if plan.epochs >= plan.recipe.epochs and plan.steps_per_epoch is None:
        return False
    outcomes = [result for result in results if isinstance(result, Outcome)]
    return bool(outcomes) and all(outcome.best_epoch == plan.epochs for outcome in outcomes)
