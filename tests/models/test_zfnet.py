from functools import partial

import keras
import numpy as np
import pytest

from keras_dl.models import zfnet
from tests.checks import check_model, forward


def test_narrow_net_learns_and_loads():
    build = partial(zfnet, width=1 / 32, dropout=0.0, initializer="he_normal", weight_decay=0.0)
    convolutions = 148 * 3 + 76 * 8 + 73 * 12 + 109 * 12 + 109 * 8
    check_model(build, (53, 53, 3), (3,), params=convolutions + 9 * 128 + 129 * 128 + 129 * 3)


def test_equals_a_pytorch_twin():
    torch = pytest.importorskip("torch", reason="the twin is written in PyTorch")
    functional = torch.nn.functional
    keras.utils.set_random_seed(0)
    model = zfnet((61, 59, 3), 3, width=1 / 16, initializer="he_normal")
    images = np.random.default_rng(0).normal(size=(2, 61, 59, 3)).astype("float32")

    def weights(name):
        return [torch.from_numpy(array) for array in model.get_layer(name).get_weights()]

    def conv(x, name, **options):
        kernel, bias = weights(name)
        return torch.relu(functional.conv2d(x, kernel.permute(3, 2, 0, 1), bias, **options))

    def pool(x):  # as Keras pads: more at the end, for sizes that are not odd
        height, width = ((-(-n // 2) - 1) * 2 + 3 - n for n in x.shape[2:])
        padding = (width // 2, width - width // 2, height // 2, height - height // 2)
        return functional.max_pool2d(functional.pad(x, padding, value=-np.inf), 3, 2)

    response = torch.nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)  # torch divides by 5
    x = torch.from_numpy(images).permute(0, 3, 1, 2)
    x = pool(response(conv(x, "conv1", stride=2, padding=1)))
    x = pool(response(conv(x, "conv2", stride=2)))
    for name in ("conv3", "conv4", "conv5"):
        x = conv(x, name, padding=1)
    x = functional.max_pool2d(x, 3, 2).permute(0, 2, 3, 1).flatten(1)
    for name in ("fc6", "fc7"):
        kernel, bias = weights(name)
        x = torch.relu(x @ kernel + bias)
    kernel, bias = weights("logits")
    expected = (x @ kernel + bias).numpy()
    np.testing.assert_allclose(forward(model, images), expected, rtol=1e-4, atol=1e-4)


def test_too_small_images_are_refused():
    with pytest.raises(ValueError, match="at least 53×53 pixels"):
        zfnet((52, 224, 3))
