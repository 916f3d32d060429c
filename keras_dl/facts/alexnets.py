"""Facts about AlexNet and VGG16."""

import math

from keras_dl.facts.fact import Fact, Stated
from keras_dl.facts.formulas import vgg16_parameters_as_printed
from keras_dl.facts.nets import measure, parameters_of, shape_of, table_fact

__all__ = ["FACTS"]

ROUND = "a round number"
PAPER = "Krizhevsky et al. 2012"
KERNELS = ("Conv2D", "Dense")


def _kernel(layer: str) -> tuple[int, ...]:
    return measure("alexnet").kernels[layer]


def _removed(*layers: str) -> int:
    """Returns the number of parameters removed with `layers`, the adjacent layers being joined."""
    without = measure("alexnet", remove=layers).parameters
    return measure("alexnet").parameters - without


def _layers(*kinds: str, remove: tuple[str, ...] = ()) -> int:
    more = {"remove": remove} if remove else {}
    return sum(kind in kinds for kind in measure("alexnet", **more).kinds.values())


def _multiplied_links() -> int:
    """Returns the number of links without biases: products of an input and a weight."""
    net = measure("alexnet")
    assert net.links is not None
    assert net.neurons is not None
    return net.links - net.neurons


def _paper_neurons() -> int:
    """Returns the sum of the layer sizes in the caption of the paper's figure 2."""
    return sum((253_440, 186_624, 64_896, 64_896, 43_264, 4096, 4096, 1000))


ALEXNET = (
    table_fact(
        "alexnet", "trainable_parameters", Stated(60_000_000, "60,000,000 parameters", ROUND)
    ),
    Fact(
        *("alexnet", "one-tower", "trainable parameters without the two halves of two GPUs"),
        lambda: measure("alexnet", grouped=False).parameters,
        Stated(
            60_000_000, "60,000,000 parameters", "conv2, conv4 and conv5 see all maps, not half"
        ),
        derived=Stated(62_378_344, "from the sizes in section 3.5"),
    ),
    table_fact("alexnet", "neurons", Stated(650_000, "650,000 neurons", ROUND)),
    Fact(
        *("alexnet", "neurons-by-caption", "units, against the sum in the paper's figure 2"),
        lambda: measure("alexnet").neurons,
        published=Stated(
            _paper_neurons,
            f"{PAPER}, figure 2",
            "it has 253,440 for conv1, 55·48·96; 55·55·96 is 290,400, which is 36,960 more",
        ),
    ),
    Fact(
        *("alexnet", "multiplied-links", "links without biases"),
        _multiplied_links,
        Stated(
            630_000_000,
            "630,000,000 connections",
            "does not follow from the shapes of the layers, in any way of counting that we know",
        ),
        derived=Stated(724_406_816, "from the sizes in section 3.5"),
    ),
    table_fact("alexnet", "links"),
    Fact(
        *("alexnet", "input", "size of the input"),
        shape_of("alexnet", "input"),
        Stated((227, 227, 3), "227×227×3"),
        Stated(
            (224, 224, 3),
            f"{PAPER}, figure 2",
            "its maps of 55×55 need 227 pixels: (227 − 11)/4 + 1",
        ),
    ),
    Fact(
        *("alexnet", "conv1-shape", "size of conv1"),
        shape_of("alexnet", "conv1"),
        Stated((55, 55, 96), "55×55×96"),
    ),
    Fact(
        *("alexnet", "conv1-neurons", "units of conv1"),
        lambda: math.prod(measure("alexnet").shapes["conv1"]),
        Stated(290_400),
        Stated(253_440, f"{PAPER}, figure 2", "a slip: 55·48·96 for 55·55·96"),
    ),
    Fact(
        *("alexnet", "filter-weights", "weights of one filter of conv1"),
        lambda: math.prod(_kernel("conv1")[:-1]),
        Stated(363, "11·11·3"),
    ),
    Fact(
        *("alexnet", "filter-parameters", "trainable parameters of one filter of conv1"),
        lambda: measure("alexnet").per_layer["conv1"] // _kernel("conv1")[-1],
        Stated(364, "363 weights and 1 bias"),
    ),
    Fact(
        *("alexnet", "conv1-parameters", "trainable parameters of conv1"),
        parameters_of("alexnet", "conv1"),
        Stated(34_944, "96·364"),
    ),
    Fact(
        *("alexnet", "convolutions", "convolutional layers"),
        lambda: _layers("Conv2D"),
        Stated(5),
    ),
    Fact(
        *("alexnet", "full-layers", "fully connected layers"),
        lambda: _layers("Dense"),
        Stated(3),
    ),
    Fact(
        *("alexnet", "poolings", "pooling layers"),
        lambda: _layers("MaxPooling2D"),
        Stated(
            5,
            "five layers, each “convolution + non-linearity + pooling”",
            "only conv1, conv2 and conv5 have one",
        ),
        Stated(3, f"{PAPER}, section 3.5"),
    ),
    Fact(
        *("alexnet", "last-layer", "units of the last full layer"),
        shape_of("alexnet", "logits"),
        Stated(
            (4096,), "“final FC: 4096-dim”", "that is the last hidden one; the classes come after"
        ),
        Stated((1000,), f"{PAPER}, section 3.5"),
    ),
    Fact(
        *("alexnet", "fc7-removed", "parameters gone with layer 7"),
        lambda: _removed("fc7"),
        Stated(16_000_000, "16 million", ROUND),
        derived=Stated(16_781_312, "4096·4096 + 4096"),
    ),
    Fact(
        *("alexnet", "fc6-fc7-removed", "parameters gone with layers 6 and 7"),
        lambda: _removed("fc6", "fc7"),
        Stated(50_000_000, "~50 million", ROUND),
        derived=Stated(49_414_144, "the last layer being joined to 9,216 inputs"),
    ),
    Fact(
        *("alexnet", "layers-left", "layers left without 3, 4, 6 and 7"),
        lambda: _layers(*KERNELS, remove=("conv3", "conv4", "fc6", "fc7")),
        Stated(4, "now only 4 layers"),
    ),
    Fact(
        *("alexnet", "over-lenet", "times the parameters of lenet5_1998"),
        lambda: round(measure("alexnet").parameters / measure("lenet5_1998").parameters),
        Stated(1000, "60·10⁶ against 60·10³", ROUND),
    ),
    table_fact("alexnet_cifar", "trainable_parameters"),
)

VGG16 = (
    Fact(
        *("vgg16", "parameters", "trainable parameters"),
        lambda: measure("vgg16").parameters,
        Stated(138_000_000, "138 million parameters", ROUND),
        Stated(138_357_544, "keras.applications, table of models"),
    ),
    Fact(
        *("vgg16", "table", "trainable parameters, against the lecture's table of layers"),
        lambda: measure("vgg16").parameters,
        Stated(
            vgg16_parameters_as_printed,
            "its table, counted",
            "the third block has 3 convolutions, not 2: 590,080 parameters more",
        ),
    ),
    Fact(
        *("vgg16", "flatten", "inputs of the first full layer"),
        lambda: math.prod(measure("vgg16").shapes["flatten"]),
        Stated(25_088, "a row of its own, “13 FC”: it is no layer with weights"),
    ),
    Fact(
        *("vgg16", "fc1-parameters", "trainable parameters of the first full layer"),
        parameters_of("vgg16", "fc1"),
        published=Stated(102_764_544, "keras.applications"),
    ),
)

FACTS = (*ALEXNET, *VGG16)
