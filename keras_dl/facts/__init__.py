"""Comparison of figures from the lecture and from papers with figures computed by this package.

Each fact holds the lecture's figure, a published figure with its source, or a derived one that
nobody has printed, a function that computes ours, and the reason for each difference. A fact with
an unexplained difference is open.
"""

from collections.abc import Iterator

from keras_dl import catalog
from keras_dl.facts import (
    alexnets,
    convnets,
    costs,
    ilsvrc,
    lenets,
    losses,
    neurons,
    resnets,
    simpson,
    techniques,
)
from keras_dl.facts.fact import Fact, Result, Stated, check_fact
from keras_dl.facts.nets import remaining_counts
from keras_dl.space import check_names

__all__ = ["FACTS", "Fact", "Result", "Stated", "check", "groups", "iter_results", "select_facts"]

_STATED = (
    *(neurons.FACTS + losses.FACTS + techniques.FACTS + simpson.FACTS),
    *(lenets.FACTS + alexnets.FACTS + resnets.FACTS + convnets.FACTS + ilsvrc.FACTS),
    *costs.FACTS,
)
FACTS: tuple[Fact, ...] = (*_STATED, *remaining_counts(_STATED))


def check(name: str | None = None) -> list[Result]:
    """Compares computed figures with those of the lecture and of papers.

    Args:
        name: a builder or technique of `groups()`, or a recipe, which stands for its builders;
            None checks all facts, in two minutes.

    Returns:
        One result per fact; its `status` is "exact", "explained" or "open".

    Raises:
        ValueError: if `name` is unknown.

    Example:
        >>> [(r.name, r.ours, r.status) for r in check("xor_net")]
        [('xor', '0110', 'exact'), ('parameters', 9, 'exact')]
    """
    return list(iter_results(select_facts(name)))


def iter_results(facts: tuple[Fact, ...]) -> Iterator[Result]:
    """Yields the result of each fact as soon as it is computed."""
    return map(check_fact, facts)


def select_facts(name: str | None = None) -> tuple[Fact, ...]:
    """Returns the facts of a builder, technique or recipe, or all facts, without computing them.

    Raises:
        ValueError: if `name` is unknown.
    """
    if name is None:
        return FACTS
    wanted = {name}
    if name not in groups() and name in catalog.names():
        wanted = set(catalog.read(catalog.find(name)).published) & set(groups())
        if not wanted:
            raise ValueError(f"No facts are known about the builders of the recipe {name!r}.")
    check_names(wanted, groups(), "builder, technique or recipe with facts")
    return tuple(fact for fact in FACTS if fact.group in wanted)


def groups() -> tuple[str, ...]:
    """Returns the names of all builders and techniques with facts, in order."""
    return tuple(dict.fromkeys(fact.group for fact in FACTS))
