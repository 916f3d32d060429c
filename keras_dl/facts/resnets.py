"""Facts about residual networks and plain networks of equal depth."""

from collections.abc import Callable

from keras_dl.facts.fact import Fact, Stated
from keras_dl.facts.nets import measure, table_fact

__all__ = ["FACTS"]

# Millions of parameters in table 6 of He et al. 2015.
TABLE6 = {"resnet20": 0.27, "resnet32": 0.46, "resnet44": 0.66, "resnet56": 0.85, "resnet110": 1.7}
# All parameters in keras.applications, with moving averages and biases of convolutions.
KERAS = {"resnet50": 25_636_712, "resnet101": 44_707_176, "resnet152": 60_419_944}


def _depth(name: str) -> Callable[[], int]:
    """Returns a counter of convolutions and dense layers, without shortcut convolutions."""

    def count() -> int:
        kernels = measure(name).kernels
        return sum(not layer.endswith("shortcut") for layer in kernels)

    return count


def _million(name: str) -> Callable[[], float]:
    return lambda: measure(name).parameters / 1e6


def _beyond(plain: str, residual: str) -> Callable[[], int]:
    return lambda: measure(residual).parameters - measure(plain).parameters


def _with_bias(name: str) -> Callable[[], int]:
    return lambda: measure(name, conv_bias=True).all_parameters


def _cifar_facts(name: str) -> list[Fact]:
    return [
        table_fact(name, "trainable_parameters"),
        Fact(
            *(name, "table-6", "millions of trainable parameters"),
            _million(name),
            published=Stated(TABLE6[name], "He et al. 2015, table 6"),
        ),
        Fact(
            *(name, "depth", "layers with weights, without those of shortcuts"),
            _depth(name),
            published=Stated(
                int(name.removeprefix("resnet")), "He et al. 2015, section 4.2: 6n + 2"
            ),
        ),
    ]


def _plain_facts(name: str) -> list[Fact]:
    residual = name.replace("plain", "resnet")
    return [
        Fact(
            *(name, "shortcuts", f"trainable parameters that {residual} has beyond it"),
            _beyond(name, residual),
            published=Stated(0, "He et al. 2015, section 4.2: its shortcuts have none"),
        )
    ]


FACTS = (
    *(fact for name in TABLE6 for fact in _cifar_facts(name)),
    *(fact for depth in (20, 32, 44, 56, 110) for fact in _plain_facts(f"plain{depth}")),
    *(table_fact(f"resnet{depth}", "trainable_parameters") for depth in (18, 34, 50, 101, 152)),
    *(
        Fact(
            *(name, "keras", "all parameters of its form with biases, as Keras has it"),
            _with_bias(name),
            published=Stated(
                count, "keras.applications, table of models", from_memory=name == "resnet101"
            ),
        )
        for name, count in KERAS.items()
    ),
    Fact(
        *("resnet152", "depth", "layers with weights, without those of shortcuts"),
        _depth("resnet152"),
        Stated(152, "ResNet152; “L > 150”"),
    ),
)
