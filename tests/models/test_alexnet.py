from functools import partial

import keras
import numpy as np
import pytest

from keras_dl.models import alexnet, alexnet_cifar
from tests.checks import check_gradients, check_model, count_parameters, forward


@pytest.mark.slow
def test_one_tower_has_the_published_size():
    assert count_parameters(alexnet(grouped=False)) == 62_378_344


@pytest.mark.slow
@pytest.mark.parametrize(
    ("remove", "fewer"),
    [
        (("fc7",), 16_781_312),
        (("fc6", "fc7"), 49_414_144),
        (("conv3", "conv4"), 885_120 + 663_936),
        (("conv3", "conv4", "fc6", "fc7"), 49_414_144 + 885_120 + 663_936),
    ],
)
def test_removed_layers_take_their_weights_along(remove, fewer):
    model = alexnet(remove=remove)
    # Without conv3 and conv4, conv5 sees the 256 maps of conv2 in place of 384, in two groups.
    shrunk = 9 * (384 - 256) // 2 * 256 if "conv4" in remove else 0
    assert count_parameters(model) == 60_965_224 - fewer - shrunk
    assert not {layer.name for layer in model.layers} & set(remove)


@pytest.mark.slow
def test_every_weight_learns_and_loads():
    fully = 257 * 4096 + 4097 * 4096 + 4097 * 3
    convolutions = 34_944 + 307_456 + 885_120 + 663_936 + 442_624
    build = partial(alexnet, weight_decay=0.0, dropout=0.0, initializer="he_normal")
    check_model(build, (67, 67, 3), (3,), params=convolutions + fully)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_cifar_form_learns_and_loads(batch_norm):
    build = partial(alexnet_cifar, weight_decay=0.0, batch_norm=batch_norm, remove=("fc7",))
    changed = 48 + 128 + 192 + 192 + 128 + 1024 if batch_norm else 0
    params = 4_090_058 - 1_049_600 - 2048 * 1024 + 128 * 1024 - 7 * 1025 + changed
    check_model(build, (8, 8, 3), (3,), params=params)


@pytest.mark.parametrize("remove", [("conv2",), ("conv3", "conv4"), ("fc6", "fc7")])
def test_shortened_cifar_form_still_learns(remove):
    keras.utils.set_random_seed(0)
    model = alexnet_cifar((8, 8, 3), 3, remove=remove, weight_decay=0.0)
    images = np.random.default_rng(0).random((4, 8, 8, 3))
    check_gradients(model, images, np.arange(4) % 3)


def test_normalisation_follows_two_layers_only_and_can_be_left_out():
    names = [layer.name for layer in alexnet_cifar(dropout=0.0).layers]
    convolutions = ["conv1", "norm1", "pool1", "conv2", "norm2", "pool2", "conv3", "conv4", "conv5"]
    assert names == ["input", *convolutions, "pool5", "flatten", "fc6", "fc7", "logits"]
    names = [layer.name for layer in alexnet_cifar(local_response=False).layers]
    assert not [name for name in names if name.startswith("norm")]


def test_initial_weights_are_the_paper_s():
    model = alexnet((67, 67, 3), 3, remove=("fc6", "fc7"))
    for name, bias in (("conv1", 0), ("conv2", 1), ("conv3", 0), ("conv4", 1), ("conv5", 1)):
        kernel, biases = (keras.ops.convert_to_numpy(w) for w in model.get_layer(name).weights)
        assert kernel.std() == pytest.approx(0.01, rel=0.03)  # 34,848 draws or more
        assert (biases == bias).all()


def test_width_multiplies_maps_and_units():
    kernels = {
        layer.name: layer.get_weights()[0].shape
        for layer in alexnet_cifar((16, 16, 3), 10, width=0.25).layers
        if layer.weights
    }
    assert [kernels[f"conv{i}"][-1] for i in range(1, 6)] == [12, 32, 48, 48, 32]
    assert [kernels[f"fc{i}"][-1] for i in (6, 7)] == [256, 256]
    with pytest.raises(ValueError, match="`width` must leave each layer a unit.*0.01"):
        alexnet_cifar(width=0.01)


def test_penalty_is_half_lambda_times_the_squared_weights():
    model = alexnet_cifar((8, 8, 1), 2, weight_decay=0.1)
    squares = [np.sum(np.square(layer.get_weights()[0])) for layer in model.layers if layer.weights]
    total = sum(float(keras.ops.convert_to_numpy(loss)) for loss in model.losses)
    assert total == pytest.approx(0.05 * sum(squares), rel=1e-4)


@pytest.mark.parametrize("grouped", [True, False])
def test_equals_a_pytorch_twin(grouped):
    torch = pytest.importorskip("torch", reason="the twin is written in PyTorch")
    keras.utils.set_random_seed(0)
    # Without fc7, and three classes, to be quick; 99 pixels leave 2×2 places to flatten.
    model = alexnet((99, 99, 3), 3, grouped=grouped, initializer="he_normal", remove=("fc7",))
    images = np.random.default_rng(0).normal(size=(2, 99, 99, 3)).astype("float32")
    expected = _torch_alexnet(torch, model, images, groups=2 if grouped else 1)
    np.testing.assert_allclose(forward(model, images), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.slow
def test_equals_a_pytorch_twin_in_full():
    torch = pytest.importorskip("torch", reason="the twin is written in PyTorch")
    keras.utils.set_random_seed(0)
    model = alexnet(initializer="he_normal")
    images = np.random.default_rng(0).normal(size=(1, 227, 227, 3)).astype("float32")
    expected = _torch_alexnet(torch, model, images, groups=2)
    np.testing.assert_allclose(forward(model, images), expected, rtol=1e-4, atol=1e-4)


def _torch_alexnet(torch, model, images, groups):
    """Evaluate AlexNet after Krizhevsky et al. 2012 by torch, with the weights of `model`."""
    functional = torch.nn.functional

    def weights(name):
        return [torch.from_numpy(array) for array in model.get_layer(name).get_weights()]

    def conv(x, name, **options):
        kernel, bias = weights(name)
        return torch.relu(functional.conv2d(x, kernel.permute(3, 2, 0, 1), bias, **options))

    def pool(x):
        return functional.max_pool2d(x, 3, 2)

    response = torch.nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)  # torch divides by 5
    x = torch.from_numpy(images).permute(0, 3, 1, 2)
    x = pool(response(conv(x, "conv1", stride=4)))
    x = pool(response(conv(x, "conv2", padding=2, groups=groups)))
    x = conv(x, "conv3", padding=1)
    x = conv(x, "conv4", padding=1, groups=groups)
    x = pool(conv(x, "conv5", padding=1, groups=groups))
    x = x.permute(0, 2, 3, 1).flatten(1)
    for name in ("fc6", "fc7"):
        if name in {layer.name for layer in model.layers}:
            kernel, bias = weights(name)
            x = torch.relu(x @ kernel + bias)
    kernel, bias = weights("logits")
    return (x @ kernel + bias).numpy()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input_shape": (66, 227, 3)}, "at least 67×67 pixels"),
        ({"remove": ("fc8",)}, r"`remove\[0\]` must be one of conv2.*Did you mean 'fc"),
        ({"remove": ("conv1",)}, r"`remove\[0\]` must be one of conv2"),
        ({"dropout": 1.0}, r"`dropout` must lie in \[0, 1\)"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        alexnet(**arguments)
