from functools import partial

import keras
import numpy as np
import pytest

from keras_dl.models import googlenet
from keras_dl.models.googlenet import MODULES
from tests.checks import check_gradients, check_saving, count_parameters

narrow = partial(googlenet, width=1 / 16, dropout=0.0, auxiliary_dropout=0.0, weight_decay=0.0)


def test_narrow_net_loads_and_each_weight_learns():
    keras.utils.set_random_seed(0)
    net = narrow((20, 20, 3), 3, small_images=True, auxiliary=False, activation="elu")
    images = np.random.default_rng(0).random((4, 20, 20, 3), dtype="float32")
    check_saving(net, images)
    check_gradients(net, images, np.arange(4) % 3)


def test_auxiliary_heads_read_the_third_and_the_sixth_module():
    net = narrow((17, 17, 3), 3, small_images=True)
    assert [x.shape[1:] for x in net.outputs] == [(3,)] * 3
    plain = narrow((17, 17, 3), 3, small_images=True, auxiliary=False)
    heads = sum(
        (maps + 1) * 8 + (8 + 1) * 64 + (64 + 1) * 3
        for maps in (net.get_layer(f"inception{m}").output.shape[-1] for m in ("4a", "4d"))
    )
    assert count_parameters(net) - count_parameters(plain) == heads


@pytest.mark.parametrize("small_images", [False, True])
def test_equals_a_pytorch_twin(small_images):
    torch = pytest.importorskip("torch", reason="the twin is written in PyTorch")
    keras.utils.set_random_seed(0)
    side = 32 if small_images else 96
    model = narrow((side, side, 3), 3, small_images=small_images, initializer="he_normal")
    for layer in model.layers:
        if layer.name.startswith("norm"):
            layer.alpha = 0.2  # so that a wrong sum is seen
    images = np.random.default_rng(0).normal(size=(2, side, side, 3)).astype("float32")
    expected = _Twin(torch, model).logits(images, small_images)
    for found, logits in zip(model(images, training=False), expected, strict=True):
        found = keras.ops.convert_to_numpy(found)
        np.testing.assert_allclose(found, logits, rtol=1e-4, atol=1e-4)


class _Twin:
    """GoogLeNet after Szegedy et al. 2014, by torch with the weights of `model`."""

    def __init__(self, torch, model):
        self.torch, self.model, self.functional = torch, model, torch.nn.functional

    def weights(self, name):
        arrays = self.model.get_layer(name).get_weights()
        return [self.torch.from_numpy(array) for array in arrays]

    def conv(self, x, name, size=1, stride=1):
        kernel, bias = self.weights(name)
        kernel = kernel.permute(3, 2, 0, 1)
        if stride > 1:  # as Keras pads an even size
            x = self.functional.pad(x, (2, 3, 2, 3))
            return self.torch.relu(self.functional.conv2d(x, kernel, bias, stride))
        return self.torch.relu(self.functional.conv2d(x, kernel, bias, padding=size // 2))

    def pool(self, x):
        padded = self.functional.pad(x, (0, 1, 0, 1), value=-np.inf)
        return self.functional.max_pool2d(padded, 3, 2)

    def respond(self, x):
        return self.torch.nn.LocalResponseNorm(5, alpha=1.0, beta=0.75, k=1.0)(x)

    def dense(self, x, name):
        kernel, bias = self.weights(name)
        return x @ kernel + bias

    def head(self, x, name):
        x = self.conv(self.functional.avg_pool2d(x, 5, 3), f"{name}_conv")
        x = x.permute(0, 2, 3, 1).flatten(1)
        return self.dense(self.torch.relu(self.dense(x, f"{name}_dense")), f"{name}_logits")

    def module(self, x, name):
        pooled = self.functional.max_pool2d(x, 3, 1, 1)
        branches = [
            self.conv(x, f"{name}_1x1"),
            self.conv(self.conv(x, f"{name}_3x3_reduce"), f"{name}_3x3", 3),
            self.conv(self.conv(x, f"{name}_5x5_reduce"), f"{name}_5x5", 5),
            self.conv(pooled, f"{name}_pool_project"),
        ]
        return self.torch.cat(branches, 1)

    def logits(self, images, small_images):
        x = self.torch.from_numpy(images).permute(0, 3, 1, 2)
        x = self.conv(x, "conv1", 3) if small_images else self.pool(self.conv(x, "conv1", 7, 2))
        x = self.respond(self.conv(self.conv(self.respond(x), "conv2_reduce"), "conv2", 3))
        x, heads = self.pool(x), []
        for module in MODULES:
            if module in ("4a", "5a"):
                x = self.pool(x)
            x = self.module(x, f"inception{module}")
            if module in ("4a", "4d"):
                heads.append(self.head(x, f"auxiliary{len(heads) + 1}"))
        return [self.dense(x.mean((2, 3)), "logits"), *heads]


def test_too_small_images_are_refused():
    with pytest.raises(ValueError, match="at least 65×65 pixels"):
        googlenet((64, 224, 3))
    with pytest.raises(ValueError, match="at least 17×17 pixels"):
        googlenet((16, 32, 3), small_images=True)
