"""What a search is going to do, settled before it begins."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keras_dl import options
from keras_dl.recipe import Recipe
from keras_dl.space import (
    Hyper,
    Range,
    Repeat,
    check,
    format_value,
    is_active,
    resolve,
    unknown,
)
from keras_dl.training.job import Job, packed, texts_as_json

__all__ = ["Plan", "planned"]


@dataclass(frozen=True)
class Plan:
    """A search, settled.

    Attributes:
        recipe: what is tuned.
        searched: hyperparameters to search, by name.
        fixed: the user's own values for others.
        options: all options of tune, with their values.
        epochs: of a full training.
        steps_per_epoch: optimizer steps in an epoch, or None.
        data: the user's own data, or None.
    """

    recipe: Recipe
    searched: dict[str, Hyper]
    fixed: dict[str, Any]
    options: dict[str, Any]
    epochs: int
    steps_per_epoch: int | None
    data: Any

    def values(self, suggested: Mapping[str, Any]) -> dict[str, Any]:
        """All active hyperparameters of a trial."""
        space = self.recipe.space()
        values = {**self.fixed, **suggested}
        seen = {n: h.default for n, h in space.items()} | values
        idle = {n for n in self.fixed if not is_active(space[n], seen)}  # under this trial's parent
        return resolve(space, {n: v for n, v in values.items() if n not in idle})

    def job(self, values: Mapping[str, Any], seed: int, folder: Path, **fields: Any) -> Job:
        """One training with these values; `fields` are further fields of the job."""
        fields = {"seed": seed, "data": self.data, **fields}
        return Job.from_options(self.recipe, values, self.options, folder, **fields)

    def params(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What MLflow is told of a training: hyperparameters, then options that matter to it."""
        names = ("budget", "precision", "jit_compile", "patience", "timeout", "max_parameters")
        said = {n: self.options.get(n) for n in names}
        return {**values, "epochs": self.epochs, "steps_per_epoch": self.steps_per_epoch, **said}

    def definition(self) -> dict[str, Any]:
        """What suggestions and results depend on; the number of trials is not among it."""
        names = (
            "objective",
            "algorithm",
            "seed",
            "seeds",
            "precision",
            "jit_compile",
            "patience",
            "timeout",
        )
        return {
            "recipe": self.recipe.name,
            "searched": {
                n: f"{h.kind.__name__} {h.domain} {h.when}" for n, h in self.searched.items()
            },
            "values": {k: format_value(v) for k, v in self.values({}).items()},
            "epochs": self.epochs,
            "steps_per_epoch": self.steps_per_epoch,
            "data": None if self.data is None else _fingerprint(self.data),
            **{n: self.options.get(n) for n in (*names, "prune", "max_parameters")},
        }


def planned(recipe: Recipe, data: Any, fix: Mapping[str, Any], given: Mapping[str, Any]) -> Plan:
    """Checks what a user asks of `tune`.

    Raises:
        ValueError, TypeError: for unknown or wrong hyperparameters and options, an empty search,
            or a hyperparameter that is both fixed and searched.
    """
    space = recipe.space()
    unknown(given, [*space, *options.TUNE], "hyperparameter or option")
    unknown(fix, space, "hyperparameter")
    fixed = {**{k: v for k, v in given.items() if k in space}, **fix}
    chosen = resolve(options.TUNE, {k: v for k, v in given.items() if k in options.TUNE})
    recipe = recipe.with_objective(chosen["objective"])
    chosen["objective"] = recipe.objective.name
    searched = _searched(recipe, fixed, chosen["search"])
    fixed = {name: check(space[name], value) for name, value in fixed.items()}
    _refuse_idle(space, searched, fixed)
    epochs, steps_per_epoch = options.planned_epochs(recipe.epochs, chosen)
    plan = Plan(recipe, searched, fixed, chosen, epochs, steps_per_epoch, data)
    if chosen["algorithm"] == "grid":
        _refuse_endless_grid(searched)
    return plan


def spooled(plan: Plan, folder: Path) -> Plan:
    """The plan with in-memory data written to a file that workers can read."""
    from dataclasses import replace

    if plan.data is None or isinstance(plan.data, (str, Path)):
        return plan
    return replace(plan, data=packed(plan.data, folder))


def _searched(recipe: Recipe, fixed: Mapping[str, Any], wanted: Iterable[str]) -> dict[str, Hyper]:
    space = recipe.space()
    wanted = tuple(wanted)
    unknown(wanted, space, "hyperparameter")
    for name in wanted:
        if name in fixed:
            raise ValueError(
                f"`search` must not name what is fixed. Received: {name}={fixed[name]!r}"
            )
        if space[name].domain is None:
            raise ValueError(f"`search` must name hyperparameters with a domain. Received: {name}")
    names = [n for n, h in space.items() if h.domain is not None and n not in fixed]
    found = {n: space[n] for n in names if not wanted or n in wanted}
    defaults = {n: h.default for n, h in space.items()} | dict(fixed)
    found = {n: h for n, h in found.items() if _possible(h, found, defaults)}
    if not found:
        raise ValueError(
            f"`search` must leave something to search. Received: {recipe.name} with all fixed"
        )
    return _parents_first(found)


def _possible(hyper: Hyper, found: Mapping[str, Hyper], values: Mapping[str, Any]) -> bool:
    """Whether a conditional hyperparameter can ever be active in this search."""
    when = hyper.when
    return when is None or when.name in found or values.get(when.name) in when.values


def _parents_first(found: Mapping[str, Hyper]) -> dict[str, Hyper]:
    return dict(sorted(found.items(), key=lambda item: item[1].when is not None))


def _refuse_idle(
    space: Mapping[str, Hyper], searched: Mapping[str, Hyper], fixed: Mapping[str, Any]
) -> None:
    """A fixed hyperparameter must have an effect in some trial."""
    parents = {h.when.name for n, h in space.items() if n in fixed and h.when is not None}
    if not parents & set(searched):
        resolve(space, fixed)


def _refuse_endless_grid(searched: Mapping[str, Hyper]) -> None:
    for name, hyper in searched.items():
        domain = hyper.domain.item if isinstance(hyper.domain, Repeat) else hyper.domain
        if isinstance(domain, Range) and domain.step is None and hyper.kind is not int:
            raise ValueError(
                f'`algorithm="grid"` needs a step for every range; fix {name} or leave it out of '
                f"`search`. Received: {name} in {hyper.domain}"
            )


def _fingerprint(data: Any) -> str:
    from keras_dl.data import load
    from keras_dl.data.text import holds_texts

    if isinstance(data, (str, Path)):
        return str(data)
    if holds_texts(data):
        return hashlib.sha256(texts_as_json(data).encode()).hexdigest()
    return load(data).digest
