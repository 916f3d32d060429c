import keras
import numpy as np
import pytest

from keras_dl.models import (
    conditional_discriminator,
    conditional_generator,
    gan_discriminator,
    gan_generator,
)
from tests.checks import check_saving, count_parameters


def numpy(outputs):
    return keras.ops.convert_to_numpy(outputs)


@pytest.mark.parametrize(
    ("net", "count"),
    [
        # 100·200+200 + 10·1000+1000 + 1200·1200+1200 + 1200·784+784, and
        # 784·1200+1200 + 10·250+250 + 290·960+960 + 240+1: the sizes of section 4.1.
        (lambda: conditional_generator((28, 28, 1), 10), 2_413_984),
        (lambda: conditional_discriminator((28, 28, 1), 10), 1_224_351),
        (lambda: gan_generator((4, 6, 3), latent_dim=5, units=7), 42 + 56 + 8 * 72),
        (lambda: gan_discriminator((4, 6, 3), units=2, pieces=3), 73 * 6 + 3 * 6 + 3),
    ],
)
def test_weights_are_those_counted_from_the_paper_s_sizes(net, count):
    assert count_parameters(net()) == count


def test_discriminator_is_maxout_in_numpy():
    net = gan_discriminator((2, 2, 1), units=3, pieces=2)
    random = np.random.default_rng(0)
    net.set_weights([random.normal(size=w.shape) for w in net.get_weights()])
    image = random.normal(size=(5, 2, 2, 1)).astype("float32")
    x = image.reshape(5, 4)
    *hidden, kernel, bias = net.get_weights()
    for weight, offset in zip(hidden[::2], hidden[1::2], strict=True):
        x = (x @ weight + offset).reshape(5, 3, 2).max(axis=-1)
    np.testing.assert_allclose(numpy(net(image)), x @ kernel + bias, rtol=1e-5, atol=1e-5)


def test_images_lie_in_the_signed_range_and_depend_on_both_inputs():
    net = conditional_generator((4, 4, 1), 3, latent_dim=2)
    noise = np.random.default_rng(0).normal(size=(3, 2)).astype("float32") * 50
    images = numpy(net([noise, np.eye(3, dtype="float32")]))
    assert images.shape == (3, 4, 4, 1)
    assert np.abs(images).max() <= 1
    one = numpy(net([noise[:1], np.eye(3, dtype="float32")[1:2]]))
    assert not np.allclose(one, images[:1])


def test_discriminator_hears_the_label_beside_the_pixels():
    """The class alone moves the common layer by a fifth at least of what another image does."""
    keras.utils.set_random_seed(0)
    net = conditional_discriminator((28, 28, 1), 10)
    both = keras.Model(net.inputs, net.get_layer("both").output)
    random = np.random.default_rng(0)
    images = np.sign(random.normal(size=(2, 28, 28, 1))).astype("float32")
    labels = np.eye(10, dtype="float32")[[3, 7]]
    base = numpy(both([images[:1], labels[:1]]))
    other_label = numpy(both([images[:1], labels[1:]]))
    other_image = numpy(both([images[1:], labels[:1]]))
    moved = [np.linalg.norm(x - base) for x in (other_label, other_image)]
    assert moved[0] > 0.2 * moved[1]


def test_pairs_of_inputs_are_saved():
    net = conditional_discriminator((4, 4, 1), 3)
    inputs = [np.zeros((2, 4, 4, 1), "float32"), np.eye(3, dtype="float32")[:2]]
    check_saving(net, inputs)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: gan_generator((4, 4)), ValueError, "`input_shape` must have three axes"),
        (lambda: gan_generator(units=0), ValueError, "`units` must be at least 1"),
        (lambda: gan_generator(latent_dim=1.5), TypeError, "`latent_dim` must be an integer"),
        (lambda: gan_discriminator(dropout=1.0), ValueError, "`dropout` must lie in"),
        (lambda: gan_discriminator(pieces=0), ValueError, "`pieces` must be at least 1"),
        (lambda: conditional_generator((4, 4, 1), 1), ValueError, "`num_classes` must be at least"),
    ],
)
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
