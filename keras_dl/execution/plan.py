"""The settings that all trainings of a search, a comparison or an ablation share."""

import hashlib
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self, TypeVar

from keras_dl import settings
from keras_dl.options import resolve_epochs
from keras_dl.recipe import Recipe
from keras_dl.space import Hyper, check, check_names, format_value, is_active, resolve
from keras_dl.training.callbacks import callback_names, check_callbacks
from keras_dl.training.identity import code_digest, source_digest
from keras_dl.training.job import Job, spooled, stated_options, texts_as_json
from keras_dl.training.numeric_targets import adapt_recipe, drop_idle

__all__ = ["Callbacks", "Plan", "check_factory", "split_arguments", "spool_data"]

# Options that suggestions and results depend on. `trials` is not among them: more trials extend
# a search.
DEFINING = (
    "objective",
    "algorithm",
    "seed",
    "seeds",
    "precision",
    "jit_compile",
    "patience",
    "class_weight",
    "timeout",
    "prune",
    "max_parameters",
)
LOGGED = (
    "budget",
    "precision",
    "jit_compile",
    "patience",
    "class_weight",
    "timeout",
    "max_parameters",
)
Callbacks = Callable[[], Iterable[Any]]


@dataclass(frozen=True)
class Plan:
    """A recipe with the user's checked settings.

    Attributes:
        recipe: recipe to train.
        fixed: hyperparameters that the user set, by name.
        options: all options of the command, resolved.
        data: the user's own data, or None.
        callbacks: returns the user's callbacks of each training, or None.
    """

    recipe: Recipe
    fixed: dict[str, Any]
    options: dict[str, Any]
    data: object = None
    callbacks: Callbacks | None = None

    @property
    def epochs(self) -> int:
        """Epochs of a full training."""
        return resolve_epochs(self.recipe.epochs, self.options)[0]

    @property
    def steps_per_epoch(self) -> int | None:
        """Optimizer steps in an epoch; None: the whole training set."""
        return resolve_epochs(self.recipe.epochs, self.options)[1]

    @property
    def reading(self) -> dict[str, Any]:
        """Options of reading that the user states."""
        return stated_options(self.options)

    def for_data(self, facts: Mapping[str, Any]) -> Self:
        """Returns the plan with the recipe that suits the data's targets.

        Args:
            facts: of the data, as `Data.facts` returns them.

        Raises:
            ValueError: if the recipe or a hyperparameter needs classes, and the targets are
                numbers.
        """
        recipe = adapt_recipe(self.recipe, facts["targets"]["type"])
        if recipe is self.recipe:
            return self
        options = self.options
        if "objective" in options:
            options = options | {"objective": recipe.objective.name}
        return replace(self, recipe=recipe, fixed=drop_idle(recipe, self.fixed), options=options)

    def values(self, setting: Mapping[str, object]) -> dict[str, Any]:
        """Returns all active hyperparameters of a training: setting, fixed values, defaults."""
        space = self.recipe.space()
        values = {**self.fixed, **setting}
        complete = {n: h.default for n, h in space.items()} | values
        # A fixed child of a searched parent has no effect under the parent's other values.
        idle = {n for n in self.fixed if not is_active(space[n], complete)}
        return resolve(space, {n: v for n, v in values.items() if n not in idle})

    def job(self, values: Mapping[str, object], seed: int, folder: Path, **fields: Any) -> Job:
        """Builds the job of one training.

        Args:
            values: all active hyperparameters.
            seed: seed of weights, data order and dropout.
            folder: folder of the job's checkpoint, journal and result.
            **fields: further fields of the job by name.
        """
        fields = {"seed": seed, "data": self.data, "callbacks": self.callbacks, **fields}
        return Job.from_options(self.recipe, values, self.options, folder, **fields)

    def params(self, values: Mapping[str, object]) -> dict[str, Any]:
        """Returns the MLflow parameters of a training: hyperparameters, then options."""
        options = {n: self.options.get(n) for n in LOGGED}
        options |= self.reading
        if self.callbacks is not None:
            options["callbacks"] = callback_names(self.callbacks())
        return {**values, "epochs": self.epochs, "steps_per_epoch": self.steps_per_epoch, **options}

    def definition(self) -> dict[str, Any]:
        """Returns everything that the results depend on; equal definitions may be resumed."""
        return {
            "recipe": self.recipe.name,
            "values": {k: format_value(v) for k, v in self.values({}).items()},
            "epochs": self.epochs,
            "steps_per_epoch": self.steps_per_epoch,
            "data": None if self.data is None else _fingerprint(self.data, self.reading),
            **{n: format_value(v) for n, v in self.reading.items()},
            "source": source_digest(self.recipe),
            "python": f"{sys.version_info.major}.{sys.version_info.minor}",
            "backend": settings.backend(),
            **{n: self.options.get(n) for n in DEFINING},
            **({} if self.callbacks is None else {"callbacks": code_digest(self.callbacks)}),
        }


def check_factory(callbacks: object) -> Callbacks | None:
    """Returns the function that makes the callbacks of each training.

    Raises:
        TypeError: if it is none, or does not return callbacks.
    """
    if callbacks is not None and (not callable(callbacks) or isinstance(callbacks, type)):
        raise TypeError(
            "`callbacks` must be a function without arguments that returns new callbacks, because "
            f"each training needs its own. Received: {type(callbacks).__name__}"
        )
    if callbacks is not None:
        check_callbacks(callbacks())
    return callbacks  # type: ignore[return-value]


def split_arguments(
    space: Mapping[str, Hyper], arguments: Mapping[str, object], table: Mapping[str, Hyper]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Splits the arguments of a command into checked hyperparameters and resolved options.

    Args:
        space: hyperparameters of the recipe.
        arguments: arguments of the user, by name.
        table: options of the command.

    Returns:
        (hyperparameters that the user set, all options).

    Raises:
        ValueError, TypeError: for an unknown name, or a value of the wrong type or out of range.
    """
    check_names(arguments, [*space, *table], "hyperparameter or option")
    fixed = {n: check(space[n], v) for n, v in arguments.items() if n in space}
    return fixed, resolve(table, {n: v for n, v in arguments.items() if n in table})


_Plan = TypeVar("_Plan", bound=Plan)


def spool_data(plan: _Plan, folder: Path) -> _Plan:
    """Returns the plan with in-memory data written to a file that worker processes can read."""
    if plan.data is None or isinstance(plan.data, (str, Path)):
        return plan
    return replace(plan, data=spooled(plan.data, folder, **plan.reading))


def _fingerprint(data: Any, reading: Mapping[str, Any]) -> str:
    from keras_dl.data import load
    from keras_dl.data.reading import record
    from keras_dl.data.reading_options import reading_options
    from keras_dl.data.tables.frames import as_frame
    from keras_dl.data.text import holds_texts

    if isinstance(data, (str, Path)):
        return str(data)
    if (frame := as_frame(data)) is not None:
        return hashlib.sha256(frame.to_json().encode()).hexdigest()
    if holds_texts(data):
        return hashlib.sha256(texts_as_json(data).encode()).hexdigest()
    with record(), reading_options(**reading):  # the summary shows the notices
        return load(data).digest
