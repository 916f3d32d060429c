"""What the lecture and the papers say, beside what our code computes.

Each fact states the lecture's figure, a published one with its source, a function that computes
ours, and the reason of each difference. A difference without a reason leaves the fact open.
"""

from collections.abc import Iterator

from keras_dl import catalog
from keras_dl.facts import alexnets, lenets, losses, neurons, resnets, techniques
from keras_dl.facts.fact import Fact, Result, Stated, checked
from keras_dl.facts.nets import counts_beyond
from keras_dl.space import unknown

__all__ = ["FACTS", "Fact", "Result", "Stated", "check", "checking", "chosen", "groups"]

_TOLD = (
    *(neurons.FACTS + losses.FACTS + techniques.FACTS),
    *(lenets.FACTS + alexnets.FACTS + resnets.FACTS),
)
FACTS: tuple[Fact, ...] = (*_TOLD, *counts_beyond(_TOLD))


def check(name: str | None = None) -> list[Result]:
    """Computes our figures and compares them with those of the lecture and of the papers.

    Args:
        name: a builder or a technique, one of `groups()`, or a recipe, whose builders are meant;
            None checks all, which takes half a minute.

    Returns:
        A result a fact; `status` is "exact", "explained" or "open".

    Raises:
        ValueError: if there is nothing of that name.

    Example:
        >>> [(r.name, r.ours, r.status) for r in check("xor_net")]
        [('xor', '0110', 'exact'), ('parameters', 9, 'exact')]
    """
    return list(checking(chosen(name)))


def checking(facts: tuple[Fact, ...]) -> Iterator[Result]:
    """The results one by one, as they are computed."""
    return map(checked, facts)


def chosen(name: str | None = None) -> tuple[Fact, ...]:
    """The facts of a builder, a technique or a recipe, or all; nothing is computed.

    Raises:
        ValueError: if there is nothing of that name.
    """
    if name is None:
        return FACTS
    wanted = {name}
    if name not in groups() and name in catalog.names():
        wanted = set(catalog.read(catalog.find(name)).published) & set(groups())
        if not wanted:
            raise ValueError(f"No facts are known about the builders of the recipe {name!r}.")
    unknown(wanted, groups(), "builder, technique or recipe with facts")
    return tuple(fact for fact in FACTS if fact.group in wanted)


def groups() -> tuple[str, ...]:
    """Names of all builders and techniques with facts, in their order."""
    return tuple(dict.fromkeys(fact.group for fact in FACTS))
