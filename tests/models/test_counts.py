import keras
import pytest

from keras_dl.layers import LocallyConnected2D, SparseMapConv2D, UnsharedBiasConv2D
from keras_dl.models import alexnet, lenet5, lenet5_1998, mlp, resnet20, text_classifier
from keras_dl.models._counts import costs, links, units


def _model(*layers, shape=(6, 6, 2)):
    return keras.Sequential([keras.Input(shape), *layers])


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (keras.layers.Conv2D(3, 3), 4 * 4 * 3 * (18 + 1)),
        (keras.layers.Conv2D(3, 3, use_bias=False), 4 * 4 * 3 * 18),
        (keras.layers.Conv2D(4, 3, groups=2), 4 * 4 * 4 * (9 + 1)),
        (keras.layers.Conv2D(3, 3, padding="same"), 6 * 6 * 3 * (18 + 1)),  # the border counts
        (UnsharedBiasConv2D(3, 3, 2, "same"), 3 * 3 * 3 * (18 + 1)),
        (LocallyConnected2D(3, 3, 2, "same"), 3 * 3 * 3 * (18 + 1)),
        (SparseMapConv2D([(0, 1), (1,)], 3), 4 * 4 * (18 + 9 + 2)),
        (keras.layers.Dense(5), 6 * 6 * 5 * (2 + 1)),
        (keras.layers.MaxPooling2D(2), 0),
        (keras.layers.BatchNormalization(), 0),
    ],
)
def test_links_of_a_layer(layer, expected):
    assert links(_model(layer)) == expected


def test_lenet5_layer_by_layer():
    model = lenet5_1998()
    expected = {"c1": 122_304, "s2": 5_880, "c3": 151_600, "s4": 2_000, "c5": 48_120, "f6": 10_164}
    inner = {name: keras.Model(model.input, model.get_layer(name).output) for name in expected}
    counts = {name: links(part) for name, part in inner.items()}
    names = list(expected)
    for name, before in zip(names[1:], names, strict=False):
        assert counts[name] - counts[before] == expected[name]
    assert counts["c1"] == expected["c1"]
    assert links(model) - counts["f6"] == 840


def test_units_with_and_without_the_inputs():
    net = mlp((4, 4, 1), 3, units=(5,))
    assert units(net) == 16 + 5 + 3
    assert units(net, inputs=False) == 8


def test_nets_inside_a_model_count():
    net = mlp((4,), 3, units=(5,))
    inputs = keras.Input((4,))
    model = keras.Model(inputs, net(keras.layers.Rescaling(2.0)(inputs)))
    assert links(model) == links(net) == 5 * 5 + 3 * 6


def test_connections_of_alexnet_without_biases():
    model = alexnet((67, 67, 3), 10)
    small = links(model)
    # Each unit has one bias: without them, the links are the multiplications.
    assert small - units(model, inputs=False) == sum(
        int(layer.output.shape[1] * layer.output.shape[2]) * keras.ops.size(layer.kernel)
        if len(layer.output.shape) == 4
        else int(keras.ops.size(layer.kernel))
        for layer in model.layers
        if hasattr(layer, "kernel")
    )


def test_unknown_layers_are_refused():
    with pytest.raises(TypeError, match="links can be counted.*class LSTM"):
        links(_model(keras.layers.LSTM(2), shape=(3, 2)))


def test_examples_of_any_length_have_no_number_of_units():
    with pytest.raises(TypeError, match="must take examples of one size"):
        units(text_classifier(30, 2))


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (keras.layers.Conv2D(3, 3), 4 * 4 * 3 * 18),
        (keras.layers.Conv2D(4, 3, groups=2, padding="same"), 6 * 6 * 4 * 9),
        (keras.layers.DepthwiseConv2D(3, 2, padding="same"), 3 * 3 * 2 * 9),
        (keras.layers.Conv2DTranspose(5, 2, 2), 6 * 6 * 2 * 2 * 2 * 5),
        (LocallyConnected2D(3, 3, 2, "same"), 3 * 3 * 3 * 18),
        (keras.layers.Dense(5), 6 * 6 * 5 * 2),
        (keras.layers.BatchNormalization(), 0),
    ],
)
def test_multiply_adds_of_a_layer(layer, expected):
    counted = costs(_model(layer))
    assert counted.multiply_adds == expected
    assert counted.uncounted == ()


def test_costs_by_hand():
    layers = (28 * 28 * 25 * 6, 10 * 10 * 150 * 16, 400 * 120, 120 * 84, 84 * 10)
    counted = costs(lenet5((28, 28, 1), 10))
    assert counted.multiply_adds == sum(layers) == 416_520
    maps = 28 * 28 * 6 + 14 * 14 * 6 + 10 * 10 * 16 + 5 * 5 * 16
    assert counted.activations == maps + 120 + 120 + 84 + 10  # c5, flat, f6, logits
    assert counted.parameter_bytes == 4 * 61_706
    # He et al.: stages of 32×32, 16×16 and 8×8 pixels, 41 million.
    stages = 432 * 1024 + 6 * 2304 * 1024 + (4608 + 5 * 9216) * 256 + (18432 + 5 * 36864) * 64
    assert costs(resnet20((32, 32, 3), 10)).multiply_adds == stages + 640


def test_layers_that_are_not_counted_are_named():
    assert costs(_model(keras.layers.LayerNormalization())).uncounted == ("LayerNormalization",)
    with pytest.raises(TypeError, match="`model` must take examples of one size"):
        costs(_model(keras.layers.Conv2D(2, 3), shape=(None, None, 3)))
