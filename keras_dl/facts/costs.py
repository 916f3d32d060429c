"""Facts about the multiply-adds of one image, counted from the graph and as printed."""

from collections.abc import Callable

from keras_dl.facts.fact import Fact, Stated
from keras_dl.facts.nets import TABLES, measure

__all__ = ["FACTS"]


def _billions(name: str, **arguments: bool) -> Callable[[], float | None]:
    def count() -> float | None:
        operations = measure(name, **arguments).multiply_adds
        return None if operations is None else operations / 1e9

    return count


def _printed(name: str) -> Fact:
    billions, source = TABLES[name]["multiply_adds_printed"].values()
    stated = Stated(billions, source, from_memory="from memory" in source)
    words = "billions of multiply-adds of one image"
    return Fact(name, "multiply-adds", words, _billions(name), published=stated)


FACTS = (
    *(_printed(name) for name, table in TABLES.items() if "multiply_adds_printed" in table),
    Fact(
        *("googlenet", "multiply-adds", "billions without the auxiliary classifiers"),
        _billions("googlenet", auxiliary=False),
        published=Stated(
            1.5,
            "Szegedy et al. 2014, section 1",
            "a round budget; the shapes of table 1 give 1.58",
        ),
    ),
)
