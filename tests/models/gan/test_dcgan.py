import keras
import numpy as np
import pytest

from keras_dl.layers import SpectralNormalization
from keras_dl.models import dcgan_discriminator, dcgan_generator
from tests.checks import count_parameters

torch = pytest.importorskip("torch")


def numpy(outputs):
    return keras.ops.convert_to_numpy(outputs)


def torch_discriminator(channels, filters, stages, side):
    """As PyTorch's example stacks it."""
    nn, layers, before = torch.nn, [], channels
    for stage in range(stages):
        layers.append(nn.Conv2d(before, filters << stage, 4, 2, 1, bias=False))
        if stage:
            layers.append(nn.BatchNorm2d(filters << stage, eps=1e-3))
        layers.append(nn.LeakyReLU(0.2))
        before = filters << stage
    return nn.Sequential(*layers, nn.Conv2d(before, 1, side, bias=False), nn.Flatten())


def torch_generator(channels, filters, stages, side, latent):
    nn, wide = torch.nn, filters << (stages - 1)
    layers = [nn.ConvTranspose2d(latent, wide, side, bias=False), nn.BatchNorm2d(wide, eps=1e-3)]
    for stage in range(1, stages):
        before = wide >> (stage - 1)
        layers += [nn.ReLU(), nn.ConvTranspose2d(before, before // 2, 4, 2, 1, bias=False)]
        layers.append(nn.BatchNorm2d(before // 2, eps=1e-3))
    return nn.Sequential(
        *layers, nn.ReLU(), nn.ConvTranspose2d(filters, channels, 4, 2, 1, bias=False), nn.Tanh()
    )


def filled(net):
    """The net with random weights; those of normalisations are positive."""
    random = np.random.default_rng(0)
    net.set_weights([
        random.normal(size=w.shape) * 0.1 if w.ndim > 1 else random.uniform(0.5, 1.5, w.shape)
        for w in net.get_weights()
    ])  # fmt: skip
    return net


def handed_over(net, twin):
    """Keras' weights in torch's order and layout."""
    ours = [layer for layer in net.layers if layer.weights]
    theirs = [m for m in twin if list(m.parameters())]
    for layer, module in zip(ours, theirs, strict=True):
        values = [torch.tensor(w) for w in layer.get_weights()]
        if isinstance(module, torch.nn.BatchNorm2d):
            for name, value in zip(
                ("weight", "bias", "running_mean", "running_var"), values, strict=True
            ):
                getattr(module, name).data = value
        elif isinstance(layer, keras.layers.Dense):  # a convolution over the whole picture
            shape = module.weight.shape
            value = values[0]
            if layer.name == "project":
                value = value.reshape(shape[0], *shape[2:], shape[1]).permute(0, 3, 1, 2)
            else:
                value = value.reshape(*shape[2:], shape[1], 1).permute(3, 2, 0, 1)
            module.weight.data = value.contiguous()
        else:
            # Both kernels are (rows, columns, …) here; Keras' transposed one has outputs first.
            module.weight.data = values[0].permute(3, 2, 0, 1).contiguous()
    return twin.eval()


def test_discriminator_equals_a_torch_twin():
    net = filled(dcgan_discriminator((16, 16, 3), filters=4))
    twin = handed_over(net, torch_discriminator(3, 4, 2, 4))
    assert count_parameters(net) == sum(p.numel() for p in twin.parameters())
    images = np.random.default_rng(1).normal(size=(2, 16, 16, 3)).astype("float32")
    with torch.no_grad():
        expected = twin(torch.tensor(images).permute(0, 3, 1, 2)).numpy()
    np.testing.assert_allclose(numpy(net(images)), expected, rtol=1e-4, atol=1e-5)


def test_generator_equals_a_torch_twin():
    net = filled(dcgan_generator((16, 16, 3), latent_dim=5, filters=4))
    twin = handed_over(net, torch_generator(3, 4, 2, 4, 5))
    assert count_parameters(net) == sum(p.numel() for p in twin.parameters())
    noise = np.random.default_rng(1).normal(size=(2, 5)).astype("float32")
    with torch.no_grad():
        expected = twin(torch.tensor(noise)[:, :, None, None]).permute(0, 2, 3, 1).numpy()
    np.testing.assert_allclose(numpy(net(noise)), expected, rtol=1e-4, atol=1e-5)


def test_published_sizes_are_those_of_pytorch_s_example():
    for ours, theirs in (
        (dcgan_generator(), torch_generator(3, 64, 4, 4, 100)),
        (dcgan_discriminator(), torch_discriminator(3, 64, 4, 4)),
    ):
        assert count_parameters(ours) == sum(p.numel() for p in theirs.parameters())


@pytest.mark.parametrize(
    ("shape", "start"),
    [((28, 28, 1), (7, 7)), ((8, 8, 1), (2, 2)), ((32, 48, 3), (4, 6)), ((20, 20, 1), (5, 5))],
)
def test_any_even_size_is_made_and_judged(shape, start):
    generator = dcgan_generator(shape, latent_dim=3, filters=2)
    assert generator.get_layer("start").output.shape[1:3] == start
    assert generator.output_shape == (None, *shape)
    assert dcgan_discriminator(shape, filters=2).output_shape == (None, 1)


def test_normalisations_are_switched():
    plain = dcgan_discriminator((8, 8, 1), filters=2, batch_norm=False)
    assert not [x for x in plain.layers if isinstance(x, keras.layers.BatchNormalization)]
    assert plain.get_layer("down2").use_bias
    spectral = dcgan_discriminator((8, 8, 1), filters=2, spectral_norm=True)
    assert len([x for x in spectral.layers if isinstance(x, SpectralNormalization)]) == 3


@pytest.mark.parametrize(
    ("shape", "message"),
    [((9, 9, 1), "must have even sides"), ((4, 4, 1), "at least 8×8 pixels")],
)
def test_bad_sizes_are_refused(shape, message):
    for build in (dcgan_generator, dcgan_discriminator):
        with pytest.raises(ValueError, match=message):
            build(shape)
