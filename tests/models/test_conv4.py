import keras
import numpy as np
import pytest

from keras_dl.models.conv4 import conv4
from tests.checks import check_saving, count_parameters, forward

torch = pytest.importorskip("torch")


def twin(model):
    """The network of the authors' framework with the same weights."""
    blocks = []
    for number, channels in enumerate((1, 64, 64, 64), start=1):
        conv = torch.nn.Conv2d(channels, 64, 3, padding=1)
        kernel, bias = model.get_layer(f"block{number}_conv").get_weights()
        conv.weight.data = torch.tensor(kernel.transpose(3, 2, 0, 1))
        conv.bias.data = torch.tensor(bias)
        blocks += [conv, torch.nn.BatchNorm2d(64), torch.nn.ReLU(), torch.nn.MaxPool2d(2)]
    return torch.nn.Sequential(*blocks, torch.nn.Flatten())


@pytest.mark.parametrize("training", [False, True])
def test_embeddings_equal_torch(training):
    keras.utils.set_random_seed(0)
    model = conv4((28, 28, 1))
    net = twin(model).train(training)
    x = np.random.default_rng(0).random((6, 28, 28, 1), dtype="float32")
    expected = net(torch.tensor(x.transpose(0, 3, 1, 2))).detach().numpy()
    actual = keras.ops.convert_to_numpy(model(x, training=training))
    np.testing.assert_allclose(actual, expected, rtol=1e-3, atol=1e-4)


def test_moving_averages_take_a_tenth_of_each_batch():
    keras.utils.set_random_seed(0)
    model = conv4((16, 16, 1), filters=4)
    norm = model.get_layer("block1_norm")
    model(np.ones((2, 16, 16, 1), "float32"), training=True)
    inner = keras.Model(model.input, model.get_layer("block1_conv").output)
    mean = forward(inner, np.ones((2, 16, 16, 1), "float32")).mean(axis=(0, 1, 2))
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(norm.moving_mean), 0.1 * mean, rtol=1e-4, atol=1e-6
    )


def test_larger_images_have_longer_embeddings():
    model = conv4((48, 33, 3), filters=8)
    assert model.output_shape == (None, 8 * 3 * 2)
    assert count_parameters(model) == (27 * 8 + 8) + 3 * (72 * 8 + 8) + 4 * 16
    check_saving(model, np.ones((2, 48, 33, 3), "float32"))


def test_small_images_are_refused():
    with pytest.raises(ValueError, match="at least 16×16 pixels"):
        conv4((15, 28, 1))
    with pytest.raises(TypeError, match="`filters` must be an integer"):
        conv4((28, 28, 1), filters=6.5)
