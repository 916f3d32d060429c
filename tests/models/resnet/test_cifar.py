from functools import partial

import keras
import numpy as np
import pytest

from keras_dl.models import cifar_resnet, resnet20
from tests.checks import check_gradients, check_model, count_parameters, forward


def test_resnet20_has_the_published_size():
    # The count does not depend on the image; small ones keep the test fast.
    check_model(partial(resnet20, weight_decay=0.0), (8, 8, 3), (10,), params=269_722)


@pytest.mark.parametrize(
    ("blocks_per_stage", "params"), [(1, 75_290), (5, 464_154), (7, 658_586), (9, 853_018)]
)
def test_deeper_nets_have_the_published_size(blocks_per_stage, params):
    model = cifar_resnet((32, 32, 3), 10, blocks_per_stage=blocks_per_stage)
    assert count_parameters(model) == params


def test_projections_add_their_weights():
    build = partial(cifar_resnet, blocks_per_stage=1, shortcut="B", weight_decay=0.0)
    added = 16 * 32 + 2 * 32 + 32 * 64 + 2 * 64
    check_model(build, (8, 8, 3), (10,), params=75_290 + added)


def test_plain_net_without_normalisation():
    build = partial(
        cifar_resnet,
        blocks_per_stage=1,
        residual=False,
        batch_norm=False,
        dropout=0.1,
        weight_decay=0.0,
    )
    biases_for_pairs = 16 + 2 * (16 + 32 + 64)
    check_model(build, (9, 12, 1), (2,), params=75_290 - biases_for_pairs - 288 - 8 * 65)


def test_plain_net_adds_nothing():
    names = [layer.name for layer in cifar_resnet((8, 8, 1), 2, residual=False).layers]
    assert not [name for name in names if name.endswith("_add")]


def test_shortcut_a_passes_every_second_pixel():
    model = cifar_resnet((8, 8, 3), 2, blocks_per_stage=1)
    block = model.get_layer("stage2_block1")
    model.get_layer("stage2_block1_conv2_norm").set_weights(
        [np.zeros(32), np.zeros(32), np.zeros(32), np.ones(32)]  # the branch gives nothing
    )
    inner = keras.Model(model.input, [model.get_layer("stage1_block1").output, block.output])
    images = np.random.default_rng(0).random((2, 8, 8, 3), dtype="float32")
    before, after = (keras.ops.convert_to_numpy(out) for out in inner(images, training=False))
    np.testing.assert_array_equal(after[..., :16], before[:, ::2, ::2])
    assert not after[..., 16:].any()


def test_weight_decay_has_the_paper_s_gradient():
    model = cifar_resnet((8, 8, 1), 2, blocks_per_stage=1, weight_decay=0.5)
    kernels = [weight for weight in model.trainable_weights if weight.name == "kernel"]
    assert len(model.losses) == len(kernels) == 8  # kernels only, no scale, offset or bias
    squares = sum(np.sum(keras.ops.convert_to_numpy(kernel) ** 2) for kernel in kernels)
    penalty = keras.ops.convert_to_numpy(sum(model.losses))
    assert penalty == pytest.approx(0.25 * squares, rel=1e-5)
    assert not cifar_resnet((8, 8, 1), 2, blocks_per_stage=1, weight_decay=0.0).losses


def test_no_weight_is_cut_off_at_depth_110():
    model = cifar_resnet((8, 8, 1), 2, blocks_per_stage=18, weight_decay=0.0)
    assert count_parameters(model) == 1_727_962 - 2 * 144 - 8 * 65
    check_gradients(model, np.random.default_rng(0).random((2, 8, 8, 1)), np.array([0, 1]))


@pytest.mark.parametrize("shortcut", ["A", "B"])
def test_preactivation_learns_and_loads(shortcut):
    build = partial(
        cifar_resnet,
        blocks_per_stage=1,
        preactivation=True,
        shortcut=shortcut,
        activation="tanh",
        weight_decay=0.0,
    )
    kernels = 75_290 - 2 * (16 + 2 * (16 + 32 + 64))  # without the normalisations
    norms = 2 * (16 + 16 + 16 + 32 + 32 + 64 + 64)  # before each convolution, and once at the end
    projections = 16 * 32 + 2 * 32 + 32 * 64 + 2 * 64 if shortcut == "B" else 0
    check_model(build, (8, 8, 3), (10,), params=kernels + norms + projections)


def test_preactivated_block_without_weights_is_the_identity():
    model = cifar_resnet((8, 8, 3), 2, blocks_per_stage=2, preactivation=True)
    model.get_layer("stage1_block2_conv2").set_weights([np.zeros((3, 3, 16, 16))])
    ends = [model.get_layer(f"stage1_block{number}").output for number in (1, 2)]
    images = np.random.default_rng(0).random((2, 8, 8, 3), dtype="float32")
    before, after = (
        keras.ops.convert_to_numpy(out) for out in keras.Model(model.input, ends)(images)
    )
    np.testing.assert_array_equal(after, before)  # not even a ReLU: the point of the paper


def test_preactivation_normalises_before_each_convolution():
    names = [layer.name for layer in cifar_resnet((8, 8, 1), 2, preactivation=True).layers]
    start = names.index("stage1_block2_conv1_norm")
    block = ["conv1_norm", "relu1", "conv1", "conv2_norm", "relu2", "conv2"]
    assert names[start : start + 7] == [f"stage1_block2_{part}" for part in block] + [
        "stage1_block2"
    ]


def test_resnet20_equals_a_pytorch_twin():
    torch = pytest.importorskip("torch", reason="the twin is written in PyTorch")
    keras.utils.set_random_seed(0)
    model = resnet20((32, 32, 3), 10)
    rng = np.random.default_rng(0)
    for weight in model.weights:  # moving statistics too, which start at 0 and 1
        if len(weight.shape) == 1:
            weight.assign(rng.uniform(0.5, 1.5, weight.shape))
    images = rng.random((2, 32, 32, 3), dtype="float32")

    expected = _torch_resnet20(torch, model, images)
    # float32 over twenty layers; two libraries sum in different orders.
    np.testing.assert_allclose(forward(model, images), expected, rtol=1e-4, atol=1e-4)


def _torch_resnet20(torch, model, images):
    """Evaluate ResNet-20 after He et al. 2015 by torch functions, with the weights of `model`."""
    functional = torch.nn.functional

    def weights(name):
        arrays = [keras.ops.convert_to_numpy(w).copy() for w in model.get_layer(name).weights]
        return [torch.from_numpy(array) for array in arrays]

    def conv_norm(x, name, stride=1):
        (kernel,) = weights(name)
        gamma, beta, mean, variance = weights(f"{name}_norm")
        x = functional.conv2d(x, kernel.permute(3, 2, 0, 1), stride=stride, padding=1)
        return functional.batch_norm(x, mean, variance, gamma, beta, eps=1e-5)

    x = torch.from_numpy(images).permute(0, 3, 1, 2)
    x = torch.relu(conv_norm(x, "conv1"))
    for stage in (1, 2, 3):
        for block in (1, 2, 3):
            name, stride = f"stage{stage}_block{block}", 2 if (stage > 1 and block == 1) else 1
            y = torch.relu(conv_norm(x, f"{name}_conv1", stride))
            y = conv_norm(y, f"{name}_conv2")
            if stride == 2:
                x = x[:, :, ::2, ::2]
                x = torch.cat([x, torch.zeros_like(x)], dim=1)
            x = torch.relu(x + y)
    kernel, bias = weights("logits")
    return (x.mean(dim=(2, 3)) @ kernel + bias).numpy()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"input_shape": (32, 7, 3)}, ValueError, r"at least 8×8 pixels.*\(32, 7, 3\)"),
        ({"blocks_per_stage": 0}, ValueError, r"`blocks_per_stage` must be at least 1"),
        ({"blocks_per_stage": (3, 3, 3)}, TypeError, r"`blocks_per_stage` must be an integer"),
        (
            {"preactivation": True, "residual": False},
            ValueError,
            "`preactivation` must be False without `residual`",
        ),
        ({"activation": "rellu"}, ValueError, r"`activation` must be one of .*'relu'"),
        ({"shortcut": "C"}, ValueError, r"`shortcut` must be .A. or .B..*shortcut='C'"),
        ({"weight_decay": -1e-4}, ValueError, r"`weight_decay` must be finite and 0 or more"),
        ({"weight_decay": "1e-4"}, TypeError, r"`weight_decay` must be a number"),
    ],
)
def test_bad_input_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        cifar_resnet(**{"input_shape": (32, 32, 3), "num_classes": 10, **arguments})
