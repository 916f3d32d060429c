"""Recipes as values: data, model, training, goals. Nothing here loads Keras."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Self

from keras_dl.options import ABLATE, COMPARE, RUN, TUNE
from keras_dl.space import Hyper, check, check_names, hypers

if TYPE_CHECKING:
    from keras_dl.tasks.base import Task

__all__ = ["OPTION_NAMES", "Objective", "Recipe", "Score"]

# Words that run, tune and compare use themselves; a hyperparameter may not bear one of them.
OPTION_NAMES = frozenset(
    [*RUN, *TUNE, *COMPARE, *ABLATE, "data", "executor", "recipe", "recipes", "help"]
)


def _check_direction(direction: str) -> None:
    if direction not in ("max", "min"):
        raise ValueError(f'`direction` must be "max" or "min". Received: direction={direction!r}')


@dataclass(frozen=True)
class Objective:
    """The metric that a training optimizes, and its direction (never guessed).

    Attributes:
        name: metric as Keras names it, `val_accuracy`.
        direction: "max" or "min".
    """

    name: str
    direction: Literal["max", "min"]

    def __post_init__(self) -> None:
        _check_direction(self.direction)

    @property
    def test_name(self) -> str:
        """The same metric on the test set: `test/accuracy`."""
        return f"test/{self.name.removeprefix('val_')}"

    def better(self, value: float, than: float | None) -> bool:
        """Whether `value` beats `than`; anything finite beats None and NaN, and only that wins."""
        if not math.isfinite(value):
            return False
        if than is None or math.isnan(than):
            return True
        return value > than if self.direction == "max" else value < than


@dataclass(frozen=True)
class Score:
    """The number by which finished runs are compared, on the test set or from the report.

    Attributes:
        name: metric of a finished run, `test/accuracy`.
        direction: "max" or "min".
        published: value of the paper, accuracies as a share; None without one.
    """

    name: str
    direction: Literal["max", "min"]
    published: float | None = None

    def __post_init__(self) -> None:
        _check_direction(self.direction)


@dataclass(frozen=True)
class Recipe:
    """One technique on real data: its functions and its goals, without any execution.

    `keras_dl.Recipe` adds `run`, `tune`, `compare` and `ablate`.

    Attributes:
        name: short name; also the command line's and MLflow's.
        data: `data(*, dataset=…, batch_size=…)` returns `Data`, or what `keras_dl.data.load` takes.
        build: `build(data, *, …)` returns a compiled Keras model.
        train: `train(session, model, data, *, …)` trains in stages; None: one `session.fit`.
        report: `report(model, data)` returns figures and numbers by name; None: the task's report.
        evaluators: functions from (model, split) to numbers by name, called at the end of each
            validation and on the test set, in addition to the task's.
        epochs: passes over the training set at the full budget.
        objective: metric that early stopping, best weights and search optimize.
        alternatives: further metrics that `objective=` may select by name.
        score: metric by which finished runs are compared; None: the objective on the test set.
        patience: epochs without improvement before training stops; None: never early.
        task: name of a module of `keras_dl.tasks`, or a `Task`; its name is the second half of the
            MLflow experiment's name, `mnist-classification`.
        factors: hyperparameters that `ablate` varies by default.
        jit_compile: whether XLA compiles the steps by default; None leaves that to the backend.
    """

    name: str
    data: Callable[..., Any]
    build: Callable[..., Any]
    train: Callable[..., None] | None = None
    report: Callable[..., Mapping[str, Any]] | None = None
    evaluators: tuple[Callable[..., Mapping[str, float]], ...] = ()
    epochs: int = 10
    objective: Objective = Objective("val_accuracy", "max")
    alternatives: tuple[Objective, ...] = ()
    score: Score | None = None
    patience: int | None = None
    task: "str | Task" = "classification"
    factors: tuple[str, ...] = ()
    jit_compile: bool | None = None

    def __post_init__(self) -> None:
        name = self.name
        if not isinstance(name, str) or not name or set(name) & set("/\\"):
            raise ValueError(f"`name` must be a word without slashes. Received: name={name!r}")
        for role in ("data", "build", "train", "report"):
            function = getattr(self, role)
            optional = role in ("train", "report") and function is None
            if not optional and not callable(function):
                raise TypeError(f"`{role}` must be a function. Received: {function!r}")
        for role, kind, values in (
            ("objective", Objective, (self.objective,)),
            ("alternatives", Objective, self.alternatives),
            ("score", Score, () if self.score is None else (self.score,)),
        ):
            for value in values:
                if not isinstance(value, kind):
                    raise TypeError(
                        f'`{role}` must be {kind.__name__}("NAME", "max" or "min"). '
                        f"Received: {role}={value!r}"
                    )
        check(replace(RUN["epochs"], optional=False), self.epochs)
        check(RUN["patience"], self.patience)

    @property
    def task_name(self) -> str:
        """Name of the task."""
        return self.task if isinstance(self.task, str) else self.task.name

    @property
    def final_score(self) -> Score:
        """The declared score, or the objective on the test set."""
        return self.score or Score(self.objective.test_name, self.objective.direction)

    @property
    def test_score(self) -> Score:
        """The score where it is measured on the test set, else the objective there.

        Trainings without a report have no other metrics.
        """
        measured = self.final_score.name.startswith("test/")
        return self.final_score if measured else replace(self, score=None).final_score

    def space(self) -> dict[str, Hyper]:
        """All hyperparameters by name: those of `data`, then of `build`, then of `train`.

        Raises:
            TypeError: if a parameter lacks a default or an annotation of a known kind.
            ValueError: if a name is declared twice or is an option of `run` or `tune`, if a default
                lies outside its domain, or a condition can never hold.
        """
        functions = [f for f in (self.data, self.build, self.train) if f is not None]
        return joined(self.name, *map(hypers, functions))

    def with_objective(self, name: str | None) -> Self:
        """Returns this recipe with another of its objectives.

        Args:
            name: of the metric; None changes nothing.

        Raises:
            ValueError: if the recipe declares no objective of that name.
        """
        objectives = {goal.name: goal for goal in (self.objective, *self.alternatives)}
        if name is None:
            return self
        if name not in objectives:
            raise ValueError(
                f"`objective` must be one of {', '.join(objectives)} for {self.name}. "
                f"Received: objective={name!r}"
            )
        return replace(self, objective=objectives[name], alternatives=tuple(objectives.values()))


def joined(recipe: str, *spaces: Mapping[str, Hyper]) -> dict[str, Hyper]:
    """Makes one space of those of a recipe's functions.

    Raises:
        ValueError: if a name is declared twice or is an option, or a condition can never hold.
    """
    found: dict[str, Hyper] = {}
    for name, hyper in (item for space in spaces for item in space.items()):
        if name in found:
            raise ValueError(f"`{name}` must be declared once, in data or in build of {recipe}")
        if name in OPTION_NAMES:
            raise ValueError(
                f"`{name}` must have another name in {recipe}; run, tune and compare use this one"
            )
        found[name] = hyper
    for hyper in found.values():
        _check_condition(hyper, found)
    return found


def _check_condition(hyper: Hyper, space: Mapping[str, Hyper]) -> None:
    if hyper.when is None:
        return
    check_names([hyper.when.name], space, "hyperparameter")
    parent = space[hyper.when.name]
    if parent.when is not None:
        raise ValueError(
            f"`{hyper.name}` must depend on a hyperparameter that is always active. "
            f"Received: When({parent.name!r}, …), itself active only when {parent.when}"
        )
    for value in hyper.when.values:
        check(parent, value)
