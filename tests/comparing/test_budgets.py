import pytest

from keras_dl import options
from keras_dl.comparing.budgets import describe_budget
from keras_dl.errors import Diverged
from keras_dl.execution.plan import Plan, split_arguments
from keras_dl.training.job import Outcome
from recipes import lenet5, mlp


def plan(recipe=mlp.recipe, **stated):
    return Plan(recipe, *split_arguments(recipe.space(), stated, options.COMPARE))


def outcome(best_epoch):
    return Outcome(0.5, best_epoch, {}, 10, 1.0)


def test_budget_is_named():
    full = mlp.recipe.epochs
    quick = max(1, round(full / 4))
    assert describe_budget({"mlp": plan()}, {"mlp": [outcome(full)]}) == (
        f"Budget full: {full} epochs."
    )
    text = describe_budget({"mlp": plan(budget="quick")}, {"mlp": [outcome(1)]})
    assert text == f"Budget quick: {quick} of {full} epochs."
    text = describe_budget({"mlp": plan(epochs=2, steps_per_epoch=50)}, {"mlp": [outcome(1)]})
    assert text == f"Budget: 2 of {full} epochs of at most 50 steps."
    text = describe_budget({"mlp": plan(epochs=2 * full)}, {"mlp": [outcome(2 * full)]})
    assert text == f"Budget: {2 * full} epochs, where the recipe has {full}."


def test_curves_that_still_improved_are_named():
    plans = {"mlp": plan(epochs=3), "lenet5": plan(lenet5.recipe, epochs=3)}
    rising, ended = [outcome(3), outcome(3), Diverged("nan")], [outcome(3), outcome(2)]
    text = describe_budget(plans, {"mlp": rising, "lenet5": ended})
    assert "mlp was best in the last epoch with every seed; more epochs may change the" in text
    text = describe_budget(plans, {"mlp": rising, "lenet5": rising})
    assert "mlp, lenet5 were best in the last epoch" in text
    assert "last epoch" not in describe_budget(plans, {"mlp": ended, "lenet5": [Diverged("nan")]})


@pytest.mark.parametrize("budget", ["smoke", "quick"])
def test_recipes_of_different_length_are_listed(budget):
    plans = {"mlp": plan(budget=budget), "lenet5": plan(lenet5.recipe, budget=budget)}
    text = describe_budget(plans, {label: [outcome(0)] for label in plans})
    if mlp.recipe.epochs != lenet5.recipe.epochs:
        assert "mlp " in text
        assert "lenet5 " in text
