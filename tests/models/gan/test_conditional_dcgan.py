import keras
import numpy as np
import pytest

from keras_dl.layers import SpectralNormalization
from keras_dl.models import (
    conditional_dcgan_generator,
    dcgan_discriminator,
    dcgan_generator,
    projection_discriminator,
)
from tests.checks import check_saving, count_parameters

LABELS = np.eye(3, dtype="float32")


def numpy(outputs):
    return keras.ops.convert_to_numpy(outputs)


def images(count):
    return np.random.default_rng(0).normal(size=(count, 8, 8, 1)).astype("float32")


def test_logit_is_dcgan_s_plus_the_projection_on_the_class():
    net = projection_discriminator((8, 8, 1), 3, filters=2)
    x = images(3)
    features = numpy(keras.Model(net.inputs[0], net.get_layer("flat").output)(x))
    rows, alone = (net.get_layer(name).get_weights()[0] for name in ("classes", "logit"))
    expected = features @ alone + np.sum(features * rows.T, axis=1, keepdims=True)
    np.testing.assert_allclose(numpy(net([x, LABELS])), expected, rtol=1e-4, atol=1e-6)


def test_players_are_dcgan_s_with_weights_for_the_classes():
    dim = 2 * 2 * 4  # 8×8 pixels halved twice, with twice as many maps
    extra = count_parameters(projection_discriminator((8, 8, 1), 3, filters=2))
    assert extra - count_parameters(dcgan_discriminator((8, 8, 1), filters=2)) == 3 * dim
    told = count_parameters(conditional_dcgan_generator((8, 8, 1), 3, latent_dim=5, filters=2))
    assert told == count_parameters(dcgan_generator((8, 8, 1), latent_dim=5 + 3, filters=2))


def test_images_depend_on_noise_and_label():
    net = conditional_dcgan_generator((8, 8, 3), 3, latent_dim=4, filters=2)
    noise = np.repeat(np.random.default_rng(0).normal(size=(1, 4)), 3, axis=0).astype("float32")
    made = numpy(net([noise, LABELS]))
    assert made.shape == (3, 8, 8, 3)
    assert np.abs(made).max() <= 1
    assert not np.allclose(made[0], made[1])
    assert not np.allclose(made, numpy(net([-noise, LABELS])))


def test_spectral_normalisation_holds_both_outputs():
    net = projection_discriminator((8, 8, 1), 3, filters=2, batch_norm=False, spectral_norm=True)
    assert len([x for x in net.layers if isinstance(x, SpectralNormalization)]) == 4
    assert not [x for x in net.layers if isinstance(x, keras.layers.BatchNormalization)]


def test_pairs_of_inputs_are_saved():
    check_saving(projection_discriminator((8, 8, 1), 3, filters=2), [images(3), LABELS])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((9, 9, 1), 3), "must have even sides"),
        (((8, 8, 1), 1), "`num_classes` must be at least 2"),
    ],
)
def test_bad_sizes_are_refused(arguments, message):
    for build in (conditional_dcgan_generator, projection_discriminator):
        with pytest.raises(ValueError, match=message):
            build(*arguments)
