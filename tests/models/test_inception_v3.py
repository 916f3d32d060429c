import keras
import numpy as np
import pytest

from keras_dl.models import inception_v3
from tests.checks import check_gradients, check_saving
from tests.models.applications import check_equals


@pytest.mark.slow
def test_equals_keras_applications_with_its_weights():
    check_equals(inception_v3, keras.applications.InceptionV3, 75)


@pytest.mark.slow
def test_narrow_net_loads_and_each_weight_learns():
    keras.utils.set_random_seed(0)
    net = inception_v3((75, 75, 3), 3, width=1 / 8)
    assert net.get_layer("mixed10").output.shape[1:] == (1, 1, 256)
    images = np.random.default_rng(0).random((4, 75, 75, 3), dtype="float32")
    check_saving(net, images)
    check_gradients(net, images, np.arange(4) % 3)


def test_too_small_images_are_refused():
    with pytest.raises(ValueError, match="at least 75×75 pixels"):
        inception_v3((74, 299, 3))
