import dataclasses
import math
from typing import Annotated

import pytest

from keras_dl import Choice, Objective, Range, Recipe, When
from keras_dl.options import COMPARE, RUN, TUNE
from keras_dl.recipe import OPTION_NAMES


def data(*, dataset: str = "digits"): ...
def build(data, *, dropout: Annotated[float, Range(0.0, 0.5)] = 0.0): ...


@pytest.mark.parametrize("direction", ["maximize", "", None])
def test_direction_is_never_guessed(direction):
    with pytest.raises(ValueError, match="direction") as caught:
        Objective("val_loss", direction)
    assert str(caught.value) == (
        f'`direction` must be "max" or "min". Received: direction={direction!r}'
    )


@pytest.mark.parametrize(
    ("direction", "value", "than", "better"),
    [
        ("max", 0.9, 0.8, True),
        ("max", 0.8, 0.9, False),
        ("min", 0.8, 0.9, True),
        ("min", 0.9, 0.8, False),
        ("max", 0.9, 0.9, False),
        ("min", 0.9, 0.9, False),
        ("max", -5.0, None, True),
        ("min", 5.0, None, True),
        ("max", 0.1, math.nan, True),
        ("max", math.nan, None, False),
        ("min", math.nan, 0.5, False),
        ("max", math.inf, 0.5, False),
        ("min", -math.inf, None, False),
    ],
)
def test_better(direction, value, than, better):
    assert Objective("m", direction).better(value, than) is better


def test_space_holds_data_before_build():
    assert list(Recipe("r", data, build).space()) == ["dataset", "dropout"]


def test_functions_without_hyperparameters_make_an_empty_space():
    assert Recipe("r", lambda: None, lambda data: None).space() == {}


def test_name_declared_twice_is_refused():
    def twice(data, *, dataset: str = "iris"): ...

    with pytest.raises(ValueError, match="`dataset` must be declared once"):
        Recipe("r", data, twice).space()


@pytest.mark.parametrize(
    "name", ["epochs", "seed", "trials", "jit_compile", "data", "executor", "help"]
)
def test_option_names_are_taken(name):
    scope: dict = {}
    exec(f"def f(*, {name}: int = 1): ...", scope)
    with pytest.raises(ValueError, match=f"`{name}` must have another name in r"):
        Recipe("r", scope["f"], build).space()


def test_every_option_of_the_commands_is_taken():
    assert not {*RUN, *TUNE, *COMPARE} - OPTION_NAMES


def test_condition_on_an_unknown_name_is_refused():
    def f(data, *, momentum: Annotated[float, When("optimiser", "sgd")] = 0.9): ...

    with pytest.raises(ValueError, match="'optimiser' is not a hyperparameter"):
        Recipe("r", data, f).space()


def test_condition_that_can_never_hold_is_refused():
    def f(
        data,
        *,
        optimizer: Annotated[str, Choice("adam", "sgd")] = "adam",
        momentum: Annotated[float, When("optimizer", "sdg")] = 0.9,
    ): ...

    with pytest.raises(ValueError, match=r"`optimizer` must be adam or sgd\. Did you mean 'sgd'"):
        Recipe("r", data, f).space()


def test_condition_may_depend_on_a_hyperparameter_of_the_data():
    def f(data, *, size: Annotated[int, When("dataset", "mnist")] = 1): ...

    assert Recipe("r", data, f).space()["size"].when == When("dataset", "mnist")


def test_condition_on_a_conditional_one_is_refused():
    def f(
        data,
        *,
        a: bool = False,
        b: Annotated[bool, When("a", True)] = False,
        c: Annotated[bool, When("b", True)] = False,
    ): ...

    with pytest.raises(ValueError, match="`c` must depend on a hyperparameter that is always"):
        Recipe("r", data, f).space()


@pytest.mark.parametrize(
    ("field", "value", "error", "message"),
    [
        ("name", "", ValueError, "`name` must be a word without slashes. Received: name=''"),
        ("name", "a/b", ValueError, "`name` must be a word without slashes. Received: name='a/b'"),
        ("data", "mnist", TypeError, "`data` must be a function. Received: 'mnist'"),
        ("build", None, TypeError, "`build` must be a function. Received: None"),
        ("report", 3, TypeError, "`report` must be a function. Received: 3"),
        ("epochs", 0, ValueError, "`epochs` must lie in 1 … 1,000,000. Received: epochs=0"),
        (
            "epochs",
            None,
            TypeError,
            "`epochs` must be an integer. Received: epochs=None (NoneType)",
        ),
        ("patience", 0, ValueError, "`patience` must lie in 1 … 1,000,000. Received: patience=0"),
        (
            "score",
            0.99,
            TypeError,
            '`score` must be Score("NAME", "max" or "min"). Received: score=0.99',
        ),
        (
            "objective",
            "val_loss",
            TypeError,
            '`objective` must be Objective("NAME", "max" or "min"). '
            "Received: objective='val_loss'",
        ),
    ],
)
def test_wrong_recipe_is_refused(field, value, error, message):
    good = Recipe("r", data, build)
    with pytest.raises(error) as caught:
        dataclasses.replace(good, **{field: value})
    assert str(caught.value) == message


def test_recipe_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Recipe("r", data, build).epochs = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "objective"),
    [
        ("val_loss", Objective("val_loss", "min")),
        ("val_mean_absolute_error", Objective("val_mean_absolute_error", "min")),
        ("pretrain/val_loss", Objective("pretrain/val_loss", "min")),
        ("val_sparse_categorical_accuracy", Objective("val_sparse_categorical_accuracy", "max")),
        ("val_f1", Objective("val_f1", "max")),
        ("val_r_squared", Objective("val_r_squared", "max")),
        ("val_mae", Objective("val_mae", "min")),
        ("min:val_gap", Objective("val_gap", "min")),
        ("max:val_loss", Objective("val_loss", "max")),
        ("val_gap", None),
        ("val_accuracy_loss", None),
        ("best:val_loss", None),
        ("min:", None),
        ("val_lossy", None),
    ],
)
def test_direction_is_stated_or_said_by_the_name(text, objective):
    assert Objective.parse(text) == objective


def test_another_objective_is_chosen_by_name():
    others = (Objective("val_loss", "min"),)
    recipe = Recipe(name="toy", data=data, build=build, alternatives=others)
    assert recipe.with_objective(None) is recipe
    assert recipe.with_objective("val_loss").objective == Objective("val_loss", "min")
    assert (
        recipe.with_objective("val_loss").with_objective("val_accuracy").objective
        == recipe.objective
    )
    with pytest.raises(ValueError, match="one of val_accuracy, val_loss for toy.*'val_los'"):
        recipe.with_objective("val_los")
    with pytest.raises(ValueError, match="its direction, min:NAME or max:NAME"):
        recipe.with_objective("val_gap")
    with pytest.raises(TypeError, match="`alternatives` must be Objective"):
        Recipe(name="toy", data=data, build=build, alternatives=("val_loss",))
