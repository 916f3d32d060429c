from functools import partial

import keras
import numpy as np
import pytest

from keras_dl.models import nfnet
from keras_dl.models._nfnet_blocks import GAINS
from tests.checks import check_gradients, check_saving, count_parameters, forward

small = partial(
    nfnet, depths=(1, 2), filters=(32, 64), group_width=8, dropout=0.0, weight_decay=0.0
)


def opened(net, rng):
    """The net with branches that count, and gains and biases of all sizes."""
    for weight in net.weights:
        if len(weight.shape) < 2:
            weight.assign(rng.uniform(0.5, 1.5, weight.shape))
    return net


@pytest.mark.parametrize("batch_norm", [False, True])
def test_small_net_loads_and_each_weight_learns(batch_norm):
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    build = partial(small, small_images=True, width=0.25, batch_norm=batch_norm, path_dropout=0.0)
    net = opened(build((8, 8, 3), 3), rng)
    images = rng.normal(size=(4, 8, 8, 3)).astype("float32")
    check_saving(net, images)
    check_gradients(net, images, np.arange(4) % 3)


def test_blocks_are_identities_at_first():
    keras.utils.set_random_seed(0)
    net = small((16, 16, 3), 3, small_images=True)
    inner = keras.Model(net.input, [net.get_layer(f"block{i}").output for i in (1, 2)])
    images = np.random.default_rng(0).normal(size=(2, 16, 16, 3))
    before, after = (keras.ops.convert_to_numpy(x) for x in inner(images, training=False))
    np.testing.assert_array_equal(after, before)


def test_layers_and_branches_have_variance_1_at_first():
    keras.utils.set_random_seed(0)
    net = nfnet((32, 32, 3), 10, depths=(1, 1), filters=(128, 256), small_images=True)
    names = ["stem_conv1", "stem_conv4", "block0_excite", "block0", "block1_excite"]
    inner = keras.Model(net.input, [net.get_layer(name).output for name in names])
    images = np.random.default_rng(0).normal(size=(4, 32, 32, 3))
    for name, x in zip(names, inner(images), strict=True):
        centre = keras.ops.convert_to_numpy(x)[:, 3:-3, 3:-3]  # padding has no variance
        assert np.mean(np.square(centre)) == pytest.approx(1.0, abs=0.25), name


def test_equals_a_pytorch_twin():
    torch = pytest.importorskip("torch", reason="the twin is written in PyTorch")
    functional = torch.nn.functional
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    net = opened(small((64, 64, 3), 3), rng)
    images = rng.normal(size=(2, 64, 64, 3)).astype("float32")

    def weights(name):
        return [torch.from_numpy(np.asarray(array)) for array in net.get_layer(name).get_weights()]

    def conv(x, name, stride=1):
        kernel, bias, gain = weights(name)
        kernel = kernel.permute(3, 2, 0, 1)
        count = kernel[0].numel()
        mean = kernel.mean((1, 2, 3), keepdim=True)
        variance = kernel.var((1, 2, 3), keepdim=True, unbiased=False)
        standard = (kernel - mean) / torch.sqrt(torch.clamp(variance * count, min=1e-4))
        if kernel.shape[-1] == 3:  # as Keras pads an even size
            x = functional.pad(x, (0, 1, 0, 1) if stride == 2 else (1, 1, 1, 1))
        groups = x.shape[1] // kernel.shape[1]
        return functional.conv2d(x, standard * gain.view(-1, 1, 1, 1), bias, stride, groups=groups)

    def activate(x):
        return functional.gelu(x) * 1.7015043497

    def excite(x, name):
        means = x.mean((2, 3))
        for step, function in (("reduce", torch.relu), ("expand", torch.sigmoid)):
            kernel, bias = weights(f"{name}_squeeze_{step}")
            means = function(means @ kernel + bias)
        return 2 * means[:, :, None, None] * x

    x = torch.from_numpy(images).permute(0, 3, 1, 2)
    for number in range(1, 5):
        x = conv(x, f"stem_conv{number}", 2 if number in (1, 4) else 1)
        x = activate(x) if number < 4 else x
    deviation = 1.0
    for number in range(3):
        name, stride = f"block{number}", 2 if number == 1 else 1
        y = activate(x) / deviation
        if number < 2:  # the first of a stage
            x = conv(functional.avg_pool2d(y, 2) if stride == 2 else y, f"{name}_shortcut")
            deviation = 1.0
        deviation = (deviation**2 + 0.2**2) ** 0.5
        y = conv(y, f"{name}_conv0")
        y = conv(activate(y), f"{name}_conv1", stride)
        y = conv(activate(y), f"{name}_conv2")
        y = excite(conv(activate(y), f"{name}_conv3"), name)
        x = x + 0.2 * weights(f"{name}_gain")[0] * y
    x = activate(conv(x, "head_conv")).mean((2, 3))
    kernel, bias = weights("logits")
    expected = (x @ kernel + bias).numpy()
    np.testing.assert_allclose(forward(net, images), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("activation", GAINS)
def test_activations_are_divided_by_their_deviation(activation):
    normal = np.random.default_rng(0).normal(size=1_000_000).astype("float32")
    outputs = keras.ops.convert_to_numpy(keras.activations.get(activation)(normal))
    assert GAINS[activation] * outputs.std() == pytest.approx(1.0, abs=3e-3)


def test_batch_normalization_has_as_many_parameters():
    nets = [small((8, 8, 3), 3, small_images=True, batch_norm=choice) for choice in (False, True)]
    assert count_parameters(nets[0]) == count_parameters(nets[1])
    kinds = {type(layer).__name__ for layer in nets[0].layers}
    assert "BatchNormalization" not in kinds


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input_shape": (31, 224, 3)}, "at least 32×32 pixels"),
        ({"depths": (1, 2)}, r"`depths` and `filters` must have one number for each stage"),
        ({"depths": (1, 2, 6, 0)}, r"`depths\[3\]` must be at least 1"),
        ({"activation": "tanh"}, "`activation` must be one of gelu, relu, silu"),
        ({"alpha": 0.0}, "`alpha` must be .*positive"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        nfnet(**arguments)
