"""A recipe: what to learn from, what to build, how it is judged. Inert; the verbs load the rest."""

import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from keras_dl.options import ABLATE, COMPARE, RUN, TUNE
from keras_dl.space import Hyper, check, hypers, unknown

if TYPE_CHECKING:
    from keras_dl.comparing import Ablation, Comparison
    from keras_dl.training.run import Result
    from keras_dl.tuning.results import Search

__all__ = ["OPTION_NAMES", "Objective", "Recipe"]

# Words that run, tune and compare use themselves; a hyperparameter may not bear one of them.
OPTION_NAMES = frozenset(
    [*RUN, *TUNE, *COMPARE, *ABLATE, "data", "fix", "executor", "recipe", "recipes", "help"]
)


@dataclass(frozen=True)
class Objective:
    """The one number a recipe is judged by while training, and its direction (never guessed).

    Attributes:
        name: metric as Keras names it, `val_accuracy`.
        direction: "max" or "min".
    """

    name: str
    direction: Literal["max", "min"]

    def __post_init__(self) -> None:
        if self.direction not in ("max", "min"):
            raise ValueError(
                f'`direction` must be "max" or "min". Received: direction={self.direction!r}'
            )

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
class Recipe:
    """One technique on real data, ready to run, tune and compare.

    Attributes:
        name: short name; also the command line's and MLflow's.
        data: `data(*, dataset=…, batch_size=…)` gives `Data`, or what `keras_dl.data.load` takes.
        build: `build(data, *, …)` gives a compiled Keras model.
        report: `report(model, data)` gives figures and numbers by name.
        epochs: passes over the training set at the full budget.
        objective: what early stopping, best weights and search go by.
        objectives: others that they may go by instead, chosen by name.
        tested: what trainings are compared by on the test set, where that is not the objective.
        patience: epochs without improvement before training stops; None: never early.
        task: second half of the MLflow experiment's name, `mnist-classification`.
        family: group in lists and tags.
        factors: hyperparameters that `ablate` varies unless told otherwise; what the recipe is
            there to show.
        headline: metric of a finished run that tables quote, `cosine`; None: the objective's on the
            test set.
        paper: the published value of that metric, accuracies as a share; None without one.
        jit: whether XLA compiles the steps unless the user says otherwise; None leaves that to the
            backend and the machine.
    """

    name: str
    data: Callable[..., Any]
    build: Callable[..., Any]
    report: Callable[..., Mapping[str, Any]] | None = None
    epochs: int = 10
    objective: Objective = Objective("val_accuracy", "max")
    objectives: tuple[Objective, ...] = ()
    tested: Objective | None = None
    patience: int | None = None
    task: str = "classification"
    family: str = "user"
    factors: tuple[str, ...] = ()
    headline: str | None = None
    paper: float | None = None
    jit: bool | None = None

    def __post_init__(self) -> None:
        name = self.name
        if not isinstance(name, str) or not name or set(name) & set("/\\"):
            raise ValueError(f"`name` must be a word without slashes. Received: name={name!r}")
        for role in ("data", "build", *(["report"] if self.report is not None else [])):
            if not callable(getattr(self, role)):
                raise TypeError(f"`{role}` must be a function. Received: {getattr(self, role)!r}")
        for role, found in (
            ("objective", self.objective),
            *(("objectives", o) for o in self.objectives),
        ):
            if not isinstance(found, Objective):
                raise TypeError(
                    f'`{role}` must be an Objective: Objective("val_accuracy", "max"). '
                    f"Received: {role}={found!r}"
                )
        check(replace(RUN["epochs"], optional=False), self.epochs)
        check(RUN["patience"], self.patience)

    def space(self) -> dict[str, Hyper]:
        """All hyperparameters by name, those of `data` first.

        Raises:
            TypeError: if a parameter lacks a default or an annotation of a known kind.
            ValueError: if a name is declared twice or is an option of `run` or `tune`, if a default
                lies outside its domain, or a condition can never hold.
        """
        return joined(self.name, hypers(self.data), hypers(self.build))

    def aiming(self, name: str | None) -> "Recipe":
        """This recipe, judged by another of its objectives.

        Args:
            name: of the metric; None changes nothing.

        Raises:
            ValueError: if the recipe declares no objective of that name.
        """
        known = {objective.name: objective for objective in (self.objective, *self.objectives)}
        if name is None:
            return self
        if name not in known:
            raise ValueError(
                f"`objective` must be one of {', '.join(known)} for {self.name}. "
                f"Received: objective={name!r}"
            )
        return replace(self, objective=known[name], objectives=tuple(known.values()))

    def run(self, **options: Any) -> "Result":
        """Trains once and tracks it; see `keras_dl.training.run.run` for the options."""
        from keras_dl.training.run import run

        return run(self, **options)

    def tune(self, **options: Any) -> "Search":
        """Searches the hyperparameters; see `keras_dl.tuning.search.tune` for the options."""
        from keras_dl.tuning.search import tune

        return tune(self, **options)

    def ablate(self, **options: Any) -> "Ablation":
        """Measures what hyperparameters do; see `keras_dl.comparing.ablate` for the options."""
        from keras_dl.comparing import ablate

        return ablate(self, **options)

    def compare(self, *others: "Recipe", **options: Any) -> "Comparison":
        """Compares this recipe with others; see `keras_dl.comparing.compare` for the options."""
        from keras_dl.comparing import compare

        return compare([self, *others], **options)

    def main(self) -> None:
        """Gives a script the command line: `python lenet5.py [run|tune|ablate|show] --flag …`."""
        from keras_dl.cli import main

        words = sys.argv[1:]
        command = words.pop(0) if words and words[0] in ("run", "tune", "ablate", "show") else "run"
        sys.exit(main([command, str(sys.modules["__main__"].__file__), *words]))


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
    unknown([hyper.when.name], space, "hyperparameter")
    parent = space[hyper.when.name]
    if parent.when is not None:
        raise ValueError(
            f"`{hyper.name}` must depend on a hyperparameter that is always active. "
            f"Received: When({parent.name!r}, …), itself active only when {parent.when}"
        )
    for value in hyper.when.values:
        check(parent, value)
