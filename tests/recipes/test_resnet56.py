import keras
from recipes.resnet56 import build, data

from tests.checks import count_parameters


def test_net_has_56_layers_with_weights():
    digits = data(dataset="digits")
    net = build(digits).get_layer("resnet56")
    weighted = (keras.layers.Conv2D, keras.layers.Dense)
    assert len([layer for layer in net.layers if isinstance(layer, weighted)]) == 56
    # Two colours less at the first convolution than the published count.
    assert count_parameters(net) == 853_018 - 2 * 9 * 16
