"""Recipes as values: data, model, training, objective, score. Nothing here loads Keras."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Self

from keras_dl.options import ABLATE, COMPARE, RUN, TUNE
from keras_dl.space import Hyper, check, check_names, hypers

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure

    from keras_dl.tasks.base import Task

__all__ = ["OPTION_NAMES", "Objective", "Recipe", "Score"]

# Names that run, tune, compare and ablate use; a hyperparameter needs another one.
OPTION_NAMES = frozenset(
    [*RUN, *TUNE, *COMPARE, *ABLATE, "callbacks", "data", "executor", "recipe", "recipes", "help"]
)


REGRESSION = "regression"
DIRECTIONS: dict[str, Literal["max", "min"]] = {"max": "max", "min": "min"}
# Words of a metric's name that say its direction.
SAYING: dict[str, Literal["max", "min"]] = {
    **dict.fromkeys(("loss", "error", "errors", "mse", "rmse", "mae"), "min"),
    **dict.fromkeys(("perplexity", "distance"), "min"),
    **dict.fromkeys(("accuracy", "acc", "auc", "f1", "precision", "recall", "iou", "r2"), "max"),
}


def _check_direction(direction: str) -> None:
    if direction not in DIRECTIONS:
        raise ValueError(f'`direction` must be "max" or "min". Received: direction={direction!r}')


@dataclass(frozen=True)
class Objective:
    """The metric that a training optimizes, and its direction, which is stated.

    Attributes:
        name: metric as Keras names it, `val_accuracy`.
        direction: "max" or "min".
    """

    name: str
    direction: Literal["max", "min"]

    def __post_init__(self) -> None:
        _check_direction(self.direction)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Returns the objective that a text states: `min:val_x`, or a name that says its direction.

        Words such as loss, error, accuracy, auc, f1, precision and recall say it; None for a name
        without such words, or with words for both directions.
        """
        direction, mark, name = text.partition(":")
        stated = DIRECTIONS.get(direction)
        if mark and name and stated:
            return cls(name, stated)
        words = re.split(r"[^a-z0-9]+", text.lower().replace("r_squared", "r2"))
        directions: set[Literal["max", "min"]] = {SAYING[w] for w in words if w in SAYING}
        return cls(text, directions.pop()) if len(directions) == 1 and not mark else None

    @property
    def test_name(self) -> str:
        """The same metric on the test set: `test/accuracy`."""
        return f"test/{self.name.removeprefix('val_')}"

    def better(self, value: float, than: float | None) -> bool:
        """Returns True if `value` is better; only finite values are, and than None and NaN all are.

        Args:
            value: a value of the metric.
            than: the value to beat, or None.
        """
        if not math.isfinite(value):
            return False
        if than is None or math.isnan(than):
            return True
        return value > than if self.direction == "max" else value < than


@dataclass(frozen=True)
class Score:
    """The metric by which finished runs are compared, from the test set or the report.

    Attributes:
        name: metric of a finished run, `test/accuracy`.
        direction: "max" or "min".
        published: value that a publication has for the same data and protocol, accuracies as a
            fraction; None without one.
        source: row and table of that value, "ResNet-20, table 6".
        label: quantity in tables, with its unit; of accuracies that of the error,
            "error under FGSM, ε = 0.25". The default follows from `name`.
    """

    name: str
    direction: Literal["max", "min"]
    published: float | None = None
    source: str = ""
    label: str = ""

    def __post_init__(self) -> None:
        _check_direction(self.direction)

    @property
    def is_accuracy(self) -> bool:
        """Whether the metric is an accuracy, of which tables show the error."""
        return self.name.endswith("accuracy")

    @property
    def quantity(self) -> str:
        """The label, or by default the name in words: "test error" for "test/accuracy"."""
        words = self.name.replace("/", " ").replace("_", " ")
        return self.label or (words.replace("accuracy", "error") if self.is_accuracy else words)


@dataclass(frozen=True)
class Recipe:
    """One technique on real data: its functions, objective and score, without any execution.

    `keras_dl.Recipe` adds `run`, `tune`, `compare` and `ablate`.

    Attributes:
        name: short name, used on the command line and in MLflow.
        data: `data(*, dataset=…, batch_size=…)` returns `Data`, or an argument of
            `keras_dl.data.load`.
        build: `build(data, *, …)` returns a compiled Keras model.
        train: `train(session, model, data, *, …)` trains in stages; None: one `session.fit`.
        report: `report(model, data)` returns figures and numbers by name; None: the task's report.
        evaluators: functions from (model, split) to numbers by name, called at the end of each
            validation and on the test set, in addition to the task's.
        epochs: passes over the training set at the full budget.
        objective: metric that early stopping, best weights and search optimize.
        alternatives: further metrics for `objective=`, with directions that their names do not say.
        score: metric by which finished runs are compared; None: the objective on the test set.
        patience: epochs without improvement before training stops; None: never early.
        task: name of a module of `keras_dl.tasks`, or a `Task`; its name is the second half of the
            MLflow experiment's name, `mnist-classification`.
        factors: hyperparameters that `ablate` varies by default.
        jit_compile: whether XLA compiles the steps by default; None: what is faster.
        regression: objective of a recipe of classes on data whose targets are numbers; None: it
            needs classes.
        classes_only: hyperparameters without effect on such data.
        on_request: hyperparameters that a search leaves alone unless they are named.
        provenance: `provenance(*, …)` returns origin, licence and digest of the files that `build`
            reads, as texts by name; they become parameters of the run.
    """

    name: str
    data: Callable[..., object]
    build: "Callable[..., keras.Model]"
    train: Callable[..., None] | None = None
    report: "Callable[..., Mapping[str, Figure | float]] | None" = None
    evaluators: tuple[Callable[..., Mapping[str, float]], ...] = ()
    epochs: int = 10
    objective: Objective = Objective("val_accuracy", "max")
    alternatives: tuple[Objective, ...] = ()
    score: Score | None = None
    patience: int | None = None
    task: "str | Task" = "classification"
    factors: tuple[str, ...] = ()
    jit_compile: bool | None = None
    regression: Objective | None = None
    classes_only: tuple[str, ...] = ()
    on_request: tuple[str, ...] = ()
    provenance: Callable[..., Mapping[str, str]] | None = None

    def __post_init__(self) -> None:
        name = self.name
        if not isinstance(name, str) or not name or set(name) & set("/\\"):
            raise ValueError(f"`name` must be a word without slashes. Received: name={name!r}")
        for role in ("data", "build", "train", "report", "provenance"):
            function = getattr(self, role)
            optional = role in ("train", "report", "provenance") and function is None
            if not optional and not callable(function):
                raise TypeError(f"`{role}` must be a function. Received: {function!r}")
        for role, kind, values in (
            ("objective", Objective, (self.objective,)),
            ("alternatives", Objective, self.alternatives),
            ("score", Score, () if self.score is None else (self.score,)),
            ("regression", Objective, () if self.regression is None else (self.regression,)),
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
        """The score if it is measured on the test set, else the objective on the test set.

        Trainings without a report have no other metrics.
        """
        if self.final_score.name.startswith("test/"):
            return self.final_score
        return Score(self.objective.test_name, self.objective.direction)

    def space(self) -> dict[str, Hyper]:
        """Returns all hyperparameters by name: those of `data`, then of `build` and `train`.

        Raises:
            TypeError: if a parameter lacks a default or an annotation of a known kind.
            ValueError: if a name is declared twice or is an option of a command, if a default lies
                outside its domain, or a condition can never hold.
        """
        functions = [f for f in (self.data, self.build, self.train) if f is not None]
        idle = self.classes_only if self.task == REGRESSION else ()
        space = join_spaces(self.name, *map(hypers, functions))
        return {name: hyper for name, hyper in space.items() if name not in idle}

    def origins(self, values: Mapping[str, object]) -> dict[str, str]:
        """Returns origin, licence and digest of the files that a training's `build` reads.

        Args:
            values: all active hyperparameters.
        """
        if self.provenance is None:
            return {}
        names = hypers(self.provenance)
        return dict(self.provenance(**{n: v for n, v in values.items() if n in names}))

    def for_numbers(self) -> Self:
        """Returns this recipe for targets that are numbers: with the task of a regression.

        Its score is the objective on the test set: `regression`, or one that the user states.

        Raises:
            ValueError: if the recipe needs classes.
        """
        if self.task == REGRESSION:
            return self
        if self.regression is None:
            raise ValueError(
                f"`dataset` must have classes for {self.name}; its targets are numbers, and "
                f"task=classification takes whole ones for classes. Received: recipe={self.name}"
            )
        stated = self.objective in self.alternatives
        objective = self.objective if stated else self.regression
        return replace(self, task=REGRESSION, objective=objective, score=None)

    def with_objective(self, name: str | None) -> Self:
        """Returns this recipe with another objective.

        Args:
            name: name of a declared objective or of any other logged metric, with its direction
                where the name does not say it: `min:val_x`; None changes nothing.

        Raises:
            ValueError: if neither the recipe nor the name says the direction.
        """
        objectives = {goal.name: goal for goal in (self.objective, *self.alternatives)}
        if name is None:
            return self
        objective = objectives.get(name) or Objective.parse(name)
        if objective is None:
            raise ValueError(
                f"`objective` must be one of {', '.join(objectives)} for {self.name}, or another "
                f"logged metric with its direction, min:NAME or max:NAME. Received: "
                f"objective={name!r}"
            )
        objectives[objective.name] = objective
        return replace(self, objective=objective, alternatives=tuple(objectives.values()))


def join_spaces(recipe: str, *spaces: Mapping[str, Hyper]) -> dict[str, Hyper]:
    """Joins the hyperparameters of a recipe's functions.

    Args:
        recipe: name of the recipe, for messages.
        *spaces: hyperparameters of each function by name.

    Raises:
        ValueError: if a name is declared twice or is an option, or a condition can never hold.
    """
    joint: dict[str, Hyper] = {}
    for name, hyper in (item for space in spaces for item in space.items()):
        if name in joint:
            raise ValueError(f"`{name}` must be declared once in the functions of {recipe}")
        if name in OPTION_NAMES:
            raise ValueError(
                f"`{name}` must have another name in {recipe}; it is an option of a command"
            )
        joint[name] = hyper
    for hyper in joint.values():
        _check_condition(hyper, joint)
    return joint


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
