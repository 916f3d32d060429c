import keras
import numpy as np
import pytest

from keras_dl.models.domain_adversarial import domain_adversarial
from tests.checks import count_parameters


def test_counts_and_shapes_are_those_of_the_figure():
    net = domain_adversarial((28, 28, 3), 10)
    # Convolutions, label head, domain head.
    convolutions = (3 * 25 * 32 + 32) + (32 * 25 * 48 + 48)
    label = (768 * 100 + 100) + (100 * 100 + 100) + (100 * 10 + 10)
    assert count_parameters(net) == convolutions + label + (768 * 100 + 100) + (100 * 2 + 2)
    shapes = {"pool2": (4, 4, 48), "features": (768,), "label": (10,), "domain": (2,)}
    for name, shape in shapes.items():
        assert tuple(net.get_layer(name).output.shape[1:]) == shape, name


def test_batch_norm_stands_in_every_hidden_layer_of_both_heads():
    net = domain_adversarial((28, 28, 3), 10, batch_norm=True)
    normal = [layer for layer in net.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert sorted(layer.output.shape[-1] for layer in normal) == [32, 48, 100, 100, 100]
    plain = count_parameters(domain_adversarial((28, 28, 3), 10))
    assert count_parameters(net) - plain == 32 + 48 + 3 * 100  # two weights a unit for its bias


@pytest.mark.filterwarnings("ignore:Gradients do not exist for variables")  # of the label head
def test_domain_head_moves_the_features_by_the_strength():
    images = np.random.default_rng(0).random((4, 16, 16, 1), dtype="float32")
    moved = {}
    for strength in (-1.0, 0.0, 0.5):
        keras.utils.set_random_seed(0)
        net = domain_adversarial((16, 16, 1), 3, units=8, strength=strength)
        before = net.get_layer("conv1").get_weights()[0]
        net.compile(
            keras.optimizers.SGD(1.0),
            {"domain": keras.losses.SparseCategoricalCrossentropy(from_logits=True), "label": None},
        )
        net.train_on_batch(images, {"domain": np.array([0, 1, 0, 1]), "label": np.zeros(4)})
        moved[strength] = net.get_layer("conv1").get_weights()[0] - before
    assert np.abs(moved[-1.0]).max() > 1e-5
    assert not moved[0.0].any()
    np.testing.assert_allclose(moved[0.5], -0.5 * moved[-1.0], atol=1e-7)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (((8, 8, 1), 10), {}, "at least 16×16 pixels"),
        (((28, 28, 1), 1), {}, "`num_classes` must be at least 2"),
        (((28, 28, 1), 10), {"domains": 1}, "`domains` must be at least 2"),
        (((28, 28, 1), 10), {"units": 0}, "`units` must be at least 1"),
    ],
)
def test_bad_input_is_refused(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        domain_adversarial(*arguments, **options)
