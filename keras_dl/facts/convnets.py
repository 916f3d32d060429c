"""Facts about VGG, GoogLeNet, Inception-v3, MobileNet, EfficientNet and NFNet."""

from keras_dl.facts.fact import Fact, Stated
from keras_dl.facts.nets import measure

__all__ = ["FACTS"]

KERAS = "keras.applications, model of that name"
# All parameters there, moving averages included, without the 7 numbers of EfficientNet's scaling.
TOTALS = {
    "vgg16": 138_357_544,
    "vgg19": 143_667_240,
    "mobilenet": 4_253_864,
    "inception_v3": 23_851_784,
    "efficientnet_b0": 5_330_571 - 7,
    "efficientnet_b1": 7_856_239 - 7,
    "efficientnet_b2": 9_177_569 - 7,
    "efficientnet_b3": 12_320_535 - 7,
    "efficientnet_b4": 19_466_823 - 7,
    "efficientnet_b5": 30_562_527 - 7,
    "efficientnet_b6": 43_265_143 - 7,
    "efficientnet_b7": 66_658_687 - 7,
}
# Millions of parameters in table 1 of Tan and Le 2019 (B0) and table 2.
PRINTED = {"b0": 5.3, "b1": 7.8, "b2": 9.2}


def _all(name: str) -> Fact:
    return Fact(
        *(name, "keras", "all parameters, moving averages included"),
        lambda: measure(name).all_parameters,
        published=Stated(TOTALS[name], KERAS),
    )


FACTS = (
    *map(_all, TOTALS),
    *(
        Fact(
            *(f"efficientnet_{form}", "table-2", "millions of trainable parameters"),
            lambda form=form: measure(f"efficientnet_{form}").parameters / 1e6,
            published=Stated(
                millions,
                "Tan and Le 2019, table 2",
                "the released net has 9.1 million" if form == "b2" else "",
                from_memory=True,
            ),
        )
        for form, millions in PRINTED.items()
    ),
    Fact(
        *("googlenet", "without-heads", "trainable parameters without auxiliary classifiers"),
        lambda: measure("googlenet", auxiliary=False).parameters,
        derived=Stated(6_998_552, "from the sizes of table 1 of Szegedy et al. 2014"),
    ),
    *(
        Fact(
            *(f"vgg{layers}", "convolutions", "trainable parameters of the convolutions"),
            lambda layers=layers: sum(
                count
                for layer, count in measure(f"vgg{layers}").per_layer.items()
                if layer.startswith("block")
            ),
            derived=Stated(count, "from table 1 of Simonyan and Zisserman 2014"),
        )
        for layers, count in ((11, 9_220_480), (13, 9_404_992), (16, 14_714_688), (19, 20_024_384))
    ),
)
