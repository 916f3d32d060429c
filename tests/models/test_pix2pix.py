import keras
import numpy as np
import pytest

from keras_dl.backend.gradients import gradients
from keras_dl.models import patch_discriminator, unet_generator
from tests.checks import check_saving, count_parameters


def numpy(outputs):
    return keras.ops.convert_to_numpy(outputs)


def test_patch_discriminator_has_the_weights_of_the_authors_code():
    assert count_parameters(patch_discriminator()) == 2_768_705
    assert patch_discriminator().output_shape == (None, 30, 30, 1)


@pytest.mark.parametrize(("strided", "field"), [(1, 16), (2, 34), (3, 70)])
def test_a_logit_sees_a_patch(strided, field):
    """Where the gradient of one logit by the pixels is not 0."""
    side = 4 * field // 2 - field // 2 * 2 + field + 8
    side += -side % (1 << strided)
    net = patch_discriminator((side, side, 1), (side, side, 1), filters=2, strided=strided)
    for weight in net.trainable_weights:  # no ReLU may close, no sum cancel
        weight.assign(np.full(weight.shape, 0.1))
    image = np.ones((1, side, side, 1), "float32")
    middle = net.output_shape[1] // 2

    def logit(values):
        weights = [v.value for v in net.trainable_variables]
        others = [v.value for v in net.non_trainable_variables]
        outputs, _ = net.stateless_call(weights, others, [values[0], image], training=False)
        return outputs[0, middle, middle, 0]

    (slope,) = gradients(logit, [image])
    seen = np.argwhere(slope[0, :, :, 0])
    assert (seen.max(axis=0) - seen.min(axis=0) + 1).tolist() == [field, field]


def torch_unet(channels, made, filters, depth):
    """The authors' nesting, written anew: each block keeps its input beside what it makes of it."""
    torch = pytest.importorskip("torch")
    nn = torch.nn
    widths = [min(filters << i, 8 * filters) for i in range(depth)]

    class Level(nn.Module):
        def __init__(self, level, inner):
            super().__init__()
            before = channels if level == 0 else widths[level - 1]
            width, last = widths[level], level == depth - 1
            down = [nn.LeakyReLU(0.2)] if level else []
            down.append(nn.Conv2d(before, width, 4, 2, 1, bias=False))
            down += [nn.BatchNorm2d(width)] if 0 < level < depth - 1 else []
            inside = width if last else 2 * width
            outside = before if level else made
            up = [nn.ReLU(), nn.ConvTranspose2d(inside, outside, 4, 2, 1, bias=level == 0)]
            up.append(nn.BatchNorm2d(outside) if level else nn.Tanh())
            self.level, self.inner = level, inner
            self.down, self.up = nn.Sequential(*down), nn.Sequential(*up)

        def forward(self, x):
            seen = self.down(x)
            seen = self.inner(seen) if self.inner else seen
            made = self.up(seen)
            return torch.cat([x, made], 1) if self.level else made

    net = None
    for level in reversed(range(depth)):
        net = Level(level, net)
    return net, widths


def test_unet_equals_a_torch_twin():
    torch = pytest.importorskip("torch")
    net = unet_generator((16, 16, 2), 3, filters=2)
    twin, _ = torch_unet(2, 3, 2, 4)
    assert count_parameters(net) == sum(p.numel() for p in twin.parameters())
    random = np.random.default_rng(0)
    net.set_weights([
        random.normal(size=w.shape) * 0.3 if w.ndim > 1 else random.uniform(0.5, 1.5, w.shape)
        for w in net.get_weights()
    ])  # fmt: skip
    level, stage = twin, 1
    while level is not None:
        for part, name in ((level.down, f"down{stage}"), (level.up, f"up{stage}")):
            layer = net.get_layer("image" if name == "up1" else name)
            for module in part:
                if isinstance(module, (torch.nn.Conv2d, torch.nn.ConvTranspose2d)):
                    kernel, *bias = layer.get_weights()
                    module.weight.data = torch.tensor(kernel).permute(3, 2, 0, 1).contiguous()
                    if bias:
                        module.bias.data = torch.tensor(bias[0])
                if isinstance(module, torch.nn.BatchNorm2d):
                    values = net.get_layer(f"{name}_norm").get_weights()
                    names = ("weight", "bias", "running_mean", "running_var")
                    for attribute, value in zip(names, values, strict=True):
                        getattr(module, attribute).data = torch.tensor(value)
        level, stage = level.inner, stage + 1
    image = random.normal(size=(2, 16, 16, 2)).astype("float32")
    with torch.no_grad():
        expected = twin.eval()(torch.tensor(image).permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    np.testing.assert_allclose(numpy(net(image)), expected.numpy(), rtol=1e-4, atol=1e-5)


def test_dropout_stands_in_the_three_layers_beside_the_innermost():
    net = unet_generator((256, 256, 3), filters=2)
    names = [x.name for x in net.layers if isinstance(x, keras.layers.Dropout)]
    assert names == ["up7_dropout", "up6_dropout", "up5_dropout"]


def test_sides_need_not_be_equal_or_powers_of_two():
    net = unet_generator((24, 40, 1), 1, filters=2)
    assert net.get_layer("down3").output.shape[1:3] == (3, 5)
    assert net.output_shape == (None, 24, 40, 1)
    check_saving(net, np.zeros((1, 24, 40, 1), "float32"))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: unet_generator((28, 28, 1)), "sides divisible by 8"),
        (lambda: unet_generator((4, 4, 1)), "at least 8×8"),
        (lambda: unet_generator(filters=0), "`filters` must be at least 1"),
        (lambda: unet_generator(dropout=1.0), "`dropout` must lie in"),
        (lambda: patch_discriminator((64, 64, 3), (64, 32, 3)), "same height and width"),
        (lambda: patch_discriminator((16, 16, 3), (16, 16, 3)), "at least 32×32"),
        (lambda: patch_discriminator(strided=0), "`strided` must be at least 1"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
