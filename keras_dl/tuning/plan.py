"""Arguments of `tune`, checked before anything runs: which hyperparameters are searched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from keras_dl import options
from keras_dl.data.folds import Fold
from keras_dl.execution.plan import Callbacks, Plan, refuse_seeds_with_folds, split_arguments
from keras_dl.recipe import Recipe
from keras_dl.space import (
    Hyper,
    Range,
    Repeat,
    as_domain,
    check_names,
    format_domain,
    narrow,
    resolve,
)

__all__ = ["SearchPlan", "make_plan"]

HALVING = ("hyperband", "asha")
# The densities of the best tenth, by which tpe suggests, cannot hold both ends of a front: 12 seeds
# on a function of mixed dimensions gave less hypervolume than random search.
REGARDING_COSTS = ("bayesian", "random", "grid")


@dataclass(frozen=True)
class SearchPlan(Plan):
    """The settings of a search.

    Attributes:
        searched: hyperparameters to search by name, parents before their children.
        ranges: names of those whose domain the user states.
    """

    searched: dict[str, Hyper] = field(default_factory=dict)
    ranges: tuple[str, ...] = ()

    def stated(self) -> dict[str, Any]:
        """Returns the values and ranges that the user states, as the command line reads them."""
        ranges = {name: format_domain(self.searched[name].domain) for name in self.ranges}
        return {**self.fixed, **ranges}

    def for_data(self, facts: Mapping[str, Any]) -> Self:
        """Returns the plan for the data's targets; what has no effect is not searched."""
        plan = super().for_data(facts)
        if plan is self:
            return self
        idle = set(plan.recipe.classes_only)
        for name in sorted(idle & set(self.ranges)):
            raise ValueError(
                f"`{name}` must be left out where the targets are numbers. "
                f"Received: {name}={format_domain(self.searched[name].domain)}"
            )
        searched = {name: hyper for name, hyper in self.searched.items() if name not in idle}
        return replace(plan, searched=searched)

    @property
    def repetitions(self) -> list[tuple[int, Fold | None]]:
        """Seed and fold of each training of a trial."""
        first, folds = self.options["seed"], self.options["folds"]
        if folds is not None:
            return [(first, Fold(number, folds, "validation")) for number in range(folds)]
        return [(first + i, None) for i in range(self.options["seeds"])]

    @property
    def continues(self) -> bool:
        """Whether trials continue others, so that checkpoints stay and none is stopped early."""
        return self.options["algorithm"] in HALVING

    def definition(self) -> dict[str, Any]:
        """Returns everything that suggestions and results depend on."""
        searched = {n: f"{h.kind.__name__} {h.domain} {h.when}" for n, h in self.searched.items()}
        folds = self.options["folds"]
        definition = super().definition() | {"searched": searched}
        return definition if folds is None else definition | {"folds": folds}


def make_plan(
    recipe: Recipe,
    data: object,
    arguments: Mapping[str, object],
    callbacks: Callbacks | None = None,
) -> SearchPlan:
    """Checks the arguments of `tune`.

    Args:
        recipe: recipe to tune.
        data: the user's own data, or None.
        arguments: options, and by hyperparameter a value to hold or a domain to search.
        callbacks: returns the callbacks of a training, or None.

    Raises:
        ValueError, TypeError: for unknown or wrong hyperparameters and options, an empty search,
            or a hyperparameter that is both fixed and searched.
    """
    refuse_seeds_with_folds(arguments)
    space = recipe.space()
    ranges = _narrowed(space, arguments)
    values = {name: value for name, value in arguments.items() if name not in ranges}
    fixed, resolved = split_arguments(space, values, options.TUNE)
    recipe = recipe.with_objective(resolved["objective"])
    resolved["objective"] = resolved["objective"] or recipe.objective.name
    searched = _select_searched(recipe, fixed, ranges, resolved["search"])
    _refuse_idle(space, searched, fixed)
    if resolved["cost"] and resolved["algorithm"] not in REGARDING_COSTS:
        raise ValueError(
            f"`cost` must be left out unless the algorithm is {', '.join(REGARDING_COSTS)}; others "
            f"go by the objective alone. Received: cost={resolved['cost']}, "
            f"algorithm={resolved['algorithm']}"
        )
    if resolved["algorithm"] == "grid":
        _refuse_infinite_grid(searched)
    return SearchPlan(recipe, fixed, resolved, data, callbacks, searched, tuple(ranges))


def _narrowed(space: Mapping[str, Hyper], arguments: Mapping[str, object]) -> dict[str, Hyper]:
    """Returns the hyperparameters that get a domain from the user."""
    domains = {n: as_domain(space[n], v) for n, v in arguments.items() if n in space}
    return {n: narrow(space[n], domain) for n, domain in domains.items() if domain is not None}


def _select_searched(
    recipe: Recipe, fixed: Mapping[str, object], ranges: Mapping[str, Hyper], names: Iterable[str]
) -> dict[str, Hyper]:
    """Returns what `search` names or has a range; if there is neither, all that have a domain.

    Those that the recipe has `on_request` are searched only if they are named.
    """
    space, names = recipe.space() | dict(ranges), tuple(names)
    check_names(names, space, "hyperparameter")
    for name in names:
        if name in fixed:
            raise ValueError(
                f"`search` must not name what is fixed. Received: {name}={fixed[name]!r}"
            )
        if space[name].domain is None:
            raise ValueError(f"`search` must name hyperparameters with a domain. Received: {name}")
    open_ = {n: h for n, h in space.items() if h.domain is not None and n not in fixed}
    named = {*names, *ranges}
    by_default = {n for n in open_ if n not in recipe.on_request}
    searched = {n: h for n, h in open_.items() if n in (named or by_default)}
    defaults = {n: h.default for n, h in space.items()} | dict(fixed)
    searched = {n: h for n, h in searched.items() if _can_be_active(h, searched, defaults)}
    for name in set(ranges) - set(searched):  # active in no trial
        resolve(space, {**fixed, name: space[name].default})
    if not searched:
        raise ValueError(
            f"`search` must leave something to search. Received: {recipe.name} with all fixed"
        )
    return dict(sorted(searched.items(), key=lambda item: item[1].when is not None))


def _can_be_active(
    hyper: Hyper, searched: Mapping[str, Hyper], values: Mapping[str, object]
) -> bool:
    """Whether a conditional hyperparameter is active in some trial of this search."""
    when = hyper.when
    return when is None or when.name in searched or values.get(when.name) in when.values


def _refuse_idle(
    space: Mapping[str, Hyper], searched: Mapping[str, Hyper], fixed: Mapping[str, object]
) -> None:
    """Refuses a fixed hyperparameter that has an effect in no trial."""
    parents = {h.when.name for n, h in space.items() if n in fixed and h.when is not None}
    if not parents & set(searched):
        resolve(space, fixed)


def _refuse_infinite_grid(searched: Mapping[str, Hyper]) -> None:
    for name, hyper in searched.items():
        domain = hyper.domain.item if isinstance(hyper.domain, Repeat) else hyper.domain
        if isinstance(domain, Range) and domain.step is None and hyper.kind is not int:
            raise ValueError(
                f'`algorithm="grid"` needs a step for every range; fix {name} or leave it out of '
                f"`search`. Received: {name} in {hyper.domain}"
            )
