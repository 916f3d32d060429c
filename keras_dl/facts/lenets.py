"""Facts about the networks of 1989 and LeNet-5."""

from keras_dl.facts.fact import Fact, Stated
from keras_dl.facts.nets import measure, parameters_of, shape_of, stated_figure, table_fact
from keras_dl.models.lecun1989 import H2_CONNECTIONS
from keras_dl.models.lenet import C3_CONNECTIONS

__all__ = ["FACTS"]

SLIP = "a slip in the lecture, as in the paper of 1989: 257·12 + 13·10 = 3,214"
SECTION = "LeCun et al. 1998, section II.B"

# Links and weights in the lecture's table of five nets, and reasons for differences.
DIGITS = {
    "net1": (2570, 2570, ""),
    "net2": (3240, 3240, SLIP),
    "net3": (1226, 1226, ""),
    "net4": (2266, 1132, ""),
    "net5": (5194, 1060, ""),
}


def _digit_facts() -> list[Fact]:
    table = "table of the digit experiment"
    facts = []
    for name, (links, weights, reason) in DIGITS.items():
        memory = name == "net2"  # the source is a book that has not been checked
        for figure, count in (("links", links), ("trainable_parameters", weights)):
            stated = Stated(count, table, reason)
            facts.append(table_fact(name, figure, stated, from_memory=memory))
    return facts


def _layer_facts(name: str, counts: dict[str, int], source: str) -> list[Fact]:
    return [
        Fact(
            *(name, f"{layer}-parameters", f"trainable parameters of {layer}"),
            parameters_of(name, layer),
            published=Stated(count, source),
        )
        for layer, count in counts.items()
    ]


def _shape_facts(name: str, shapes: dict[str, tuple[int, ...]], source: str) -> list[Fact]:
    return [
        Fact(
            *(name, f"{layer}-shape", f"units of {layer}"),
            shape_of(name, layer),
            published=Stated(shape, source),
        )
        for layer, shape in shapes.items()
    ]


FACTS = (
    *_digit_facts(),
    table_fact("lecun1989", "units"),
    table_fact("lecun1989", "links"),
    table_fact("lecun1989", "trainable_parameters"),
    *_layer_facts(
        "lecun1989",
        {"h1": 1068, "h2": 2592, "h3": 5790, "logits": 310},
        "LeCun et al. 1989, section 3.3",
    ),
    *_shape_facts("lecun1989", {"h1": (8, 8, 12), "h2": (4, 4, 12)}, "LeCun et al. 1989, figure 3"),
    Fact(
        *("lecun1989", "h2-fan-in", "maps of h1 that a map of h2 sees"),
        lambda: max(len(maps) for maps in H2_CONNECTIONS),
        published=Stated(8, "LeCun et al. 1989, section 3.3: 8 of 12, which ones is not said"),
    ),
    Fact(
        *("lenet5_1998", "input", "pixels of the input"),
        shape_of("lenet5_1998", "input"),
        Stated((32, 32, 1), "32×32; the largest character is 20×20"),
        Stated((32, 32, 1), SECTION),
    ),
    table_fact(
        "lenet5_1998", "trainable_parameters", Stated(60_000, "~60,000 trainable parameters")
    ),
    table_fact("lenet5_1998", "links"),
    table_fact("lenet5_1998", "units"),
    *_layer_facts(
        "lenet5_1998",
        {"c1": 156, "s2": 12, "c3": 1516, "s4": 32, "c5": 48_120, "f6": 10_164},
        SECTION,
    ),
    *_shape_facts(
        "lenet5_1998",
        {
            "c1": (28, 28, 6),
            "s2": (14, 14, 6),
            "c3": (10, 10, 16),
            "s4": (5, 5, 16),
            "c5": (1, 1, 120),
            "f6": (84,),
        },
        "LeCun et al. 1998, figure 2",
    ),
    Fact(
        *("lenet5_1998", "c3-maps", "pairs of a map of s2 and a map of c3 that are joined"),
        lambda: sum(len(maps) for maps in C3_CONNECTIONS),
        published=Stated(60, "LeCun et al. 1998, table I: 6·3 + 9·4 + 6"),
    ),
    Fact(
        *("lenet5", "parameters", "trainable parameters of the modern form"),
        lambda: measure("lenet5").parameters,
        Stated(
            60_000,
            "~60,000, for the paper's form",
            "c3 sees all maps (+900), pooling has no weights (−44), the output has some (+850)",
        ),
        derived=stated_figure("lenet5"),
    ),
    Fact(
        *("lenet5", "c3-parameters", "trainable parameters of c3"),
        parameters_of("lenet5", "c3"),
        published=Stated(
            1516,
            SECTION,
            "every map of s2 is joined to every map of c3; the paper's table I leaves out 36 of 96",
        ),
    ),
    *_layer_facts("lenet5", {"c1": 156, "c5": 48_120, "f6": 10_164}, SECTION),
)
