from functools import partial

import keras
import numpy as np
import pytest

from keras_dl.models import imagenet_resnet, resnet50, resnet101, resnet152
from tests.checks import check_model, count_parameters, forward


@pytest.mark.parametrize("stride_at", [1, 2])
def test_bottlenecks_learn_and_load(stride_at):
    build = partial(imagenet_resnet, blocks=(1, 1, 1, 1), stride_at=stride_at, weight_decay=0.0)
    # Each block: 1×1, 3×3 and 1×1 kernels, the shortcut's, and two numbers a filter for the norms.
    blocks = sum(
        before * f + 9 * f * f + 4 * f * f + 4 * before * f + 2 * 10 * f
        for before, f in ((64, 64), (256, 128), (512, 256), (1024, 512))
    )
    check_model(build, (32, 32, 3), (2,), params=147 * 64 + 128 + blocks + 2049 * 2)


@pytest.mark.parametrize("residual", [True, False])
def test_blocks_of_two_learn_and_load(residual):
    build = partial(
        imagenet_resnet,
        blocks=(1, 1, 1, 1),
        bottleneck=False,
        residual=residual,
        shortcut="A",
        dropout=0.1,
        weight_decay=0.0,
    )
    blocks = sum(
        9 * before * f + 9 * f * f + 4 * f
        for before, f in ((64, 64), (64, 128), (128, 256), (256, 512))
    )
    check_model(build, (32, 32, 3), (2,), params=147 * 64 + 128 + blocks + 513 * 2)


@pytest.mark.parametrize(("stride_at", "first", "second"), [(1, 8, 8), (2, 16, 8)])
def test_stride_stands_where_it_is_asked_for(stride_at, first, second):
    model = imagenet_resnet((64, 64, 3), 2, blocks=(1, 1, 1, 1), stride_at=stride_at)
    assert model.get_layer("stage2_block1_conv1").output.shape[1] == first
    assert model.get_layer("stage2_block1_conv2").output.shape[1] == second


@pytest.mark.slow
@pytest.mark.parametrize(
    ("build", "peer", "blocks"),
    [
        (resnet50, "ResNet50", (3, 4, 6, 3)),
        (resnet101, "ResNet101", (3, 4, 23, 3)),
        (resnet152, "ResNet152", (3, 8, 36, 3)),
    ],
)
def test_equals_keras_applications_with_its_weights(build, peer, blocks):
    keras.utils.set_random_seed(0)
    theirs = getattr(keras.applications, peer)(
        weights=None, input_shape=(64, 64, 3), classes=10, classifier_activation=None
    )
    rng = np.random.default_rng(0)
    for weight in theirs.weights:
        if len(weight.shape) == 1:  # moving statistics and biases too, which start at 0 and 1
            weight.assign(rng.uniform(0.5, 1.5, weight.shape))
    ours = build((64, 64, 3), 10, conv_bias=True)
    assert count_parameters(ours) == count_parameters(theirs)
    for layer, twin in _pairs(blocks):
        ours.get_layer(layer).set_weights(theirs.get_layer(twin).get_weights())
    images = rng.random((2, 64, 64, 3), dtype="float32")
    expected = forward(theirs, images)
    # float32 over 50 to 152 layers; their ε is 1.001e-5, ours 1e-5.
    np.testing.assert_allclose(forward(ours, images), expected, rtol=1e-4, atol=1e-4)


def _pairs(blocks):
    """Names of the layers with weights, ours and those of keras.applications."""
    yield from (("conv1", "conv1_conv"), ("conv1_norm", "conv1_bn"), ("logits", "predictions"))
    parts = (("conv1", "1"), ("conv2", "2"), ("conv3", "3"), ("shortcut", "0"))
    for stage, count in enumerate(blocks, start=1):
        for block in range(1, count + 1):
            for part, number in parts[: 4 if block == 1 else 3]:
                name, twin = f"stage{stage}_block{block}_{part}", f"conv{stage + 1}_block{block}"
                yield name, f"{twin}_{number}_conv"
                yield f"{name}_norm", f"{twin}_{number}_bn"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input_shape": (31, 224, 3)}, "at least 32×32 pixels"),
        ({"blocks": (3, 4, 6)}, r"`blocks` must hold four integers.*\(3, 4, 6\)"),
        ({"blocks": (3, 4, 6, 0)}, r"`blocks\[3\]` must be at least 1"),
        ({"stride_at": 3}, "`stride_at` must be 1 or 2"),
        ({"residual": False}, "`residual` must be True for a bottleneck"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        imagenet_resnet(**arguments)
