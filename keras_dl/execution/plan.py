"""The settings that all trainings of a search, a comparison or an ablation share."""

import functools
import hashlib
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self, TypeVar

from keras_dl import settings
from keras_dl.budget import Limit, check_budget, limit_of
from keras_dl.options import resolve_epochs
from keras_dl.recipe import Recipe
from keras_dl.space import Hyper, check, check_names, format_value, is_active, resolve
from keras_dl.training.callbacks import callback_names, check_callbacks
from keras_dl.training.identity import code_digest, source_digest
from keras_dl.training.job import Job, spooled, stated_options, texts_as_json
from keras_dl.training.numeric_targets import adapt_recipe, drop_idle
from keras_dl.training.weight_sources import Source, find_source
from keras_dl.utils.text import plural

__all__ = [
    "Callbacks",
    "Plan",
    "check_factory",
    "refuse_seeds_with_folds",
    "split_arguments",
    "spool_data",
]

# Options that suggestions and results depend on. `trials` is not among them: more trials extend
# a search.
DEFINING = (
    "objective",
    "cost",
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
    def limit(self) -> Limit | None:
        """Steps or seconds of a training; None: `epochs` say when it ends."""
        return limit_of(self.options["budget"])

    @property
    def epochs(self) -> int:
        """Epochs of a full training; with a limit, those of the whole recipe."""
        return resolve_epochs(self.recipe.epochs, self.options)[0]

    @property
    def steps_per_epoch(self) -> int | None:
        """Optimizer steps in an epoch; None: the whole training set."""
        return resolve_epochs(self.recipe.epochs, self.options)[1]

    @property
    def length(self) -> str:
        """Returns how long a training is: "12 epochs", "10 minutes", "2,000 steps"."""
        return plural(self.epochs, "epoch", "epochs") if self.limit is None else self.limit.text

    def forecast(self, epoch: float, steps: int, overhead: float) -> float:
        """Returns the seconds of one training.

        Args:
            epoch: seconds of an epoch.
            steps: optimizer steps of an epoch.
            overhead: seconds before the first epoch.
        """
        if self.limit is None:
            return self.epochs * epoch + overhead
        if self.limit.seconds is not None:  # a rehearsal builds and traces, too
            return self.limit.seconds + 2 * overhead
        return (self.limit.steps or 0) / steps * epoch + overhead

    @functools.cached_property
    def source(self) -> Source | None:
        """The model whose weights the trainings start from."""
        stated = self.options.get("init_from")
        return find_source(stated) if stated else None

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
        if options.get("objective") and recipe.objective != self.recipe.objective:
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
        fields["init_from"] = self.source and self.source.path
        return Job.from_options(self.recipe, values, self.options, folder, **fields)

    def params(self, values: Mapping[str, object]) -> dict[str, Any]:
        """Returns the MLflow parameters of a training: hyperparameters, then options."""
        options = {n: self.options.get(n) for n in LOGGED}
        options |= self.reading
        if self.source is not None:
            options |= {"init_from": self.options["init_from"]}
            options |= {"init_from_digest": self.source.digest}
        if self.callbacks is not None:
            options["callbacks"] = callback_names(self.callbacks())
        epochs = self.epochs if self.limit is None else None
        options |= self.recipe.origins(values)
        return {**values, "epochs": epochs, "steps_per_epoch": self.steps_per_epoch, **options}

    def definition(self) -> dict[str, Any]:
        """Returns everything that the results depend on; equal definitions may be resumed."""
        return {
            "recipe": self.recipe.name,
            "values": {k: format_value(v) for k, v in self.values({}).items()},
            "epochs": self.epochs if self.limit is None else None,
            "steps_per_epoch": self.steps_per_epoch,
            **({} if self.limit is None else {"budget": self.limit.text}),
            "data": None if self.data is None else _fingerprint(self.data, self.reading),
            **{n: format_value(v) for n, v in self.reading.items()},
            "source": source_digest(self.recipe),
            "python": f"{sys.version_info.major}.{sys.version_info.minor}",
            "backend": settings.backend(),
            **{n: self.options.get(n) for n in DEFINING},
            **({} if self.callbacks is None else {"callbacks": code_digest(self.callbacks)}),
            **({} if self.source is None else {"init_from": self.source.digest}),
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


def refuse_seeds_with_folds(arguments: Mapping[str, object]) -> None:
    """Raises ValueError if the arguments of a command state both, which exclude each other."""
    if arguments.get("folds") is not None and "seeds" in arguments:
        raise ValueError(
            "`seeds` must be left out with folds, which take their place. "
            f"Received: folds={arguments['folds']}, seeds={arguments['seeds']}"
        )


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
    options = resolve(table, {n: v for n, v in arguments.items() if n in table})
    check_budget(options)
    return fixed, options


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
