import keras
import numpy as np
import pytest

from keras_dl.algorithms.segmentation import compile_segmenter, masks_of, with_views
from keras_dl.data import load
from keras_dl.data.segmentation import load_segmentation
from keras_dl.layers import RandomView
from keras_dl.models.segmentation import fcn


@pytest.fixture(scope="module")
def data():
    return load_segmentation("shapes", image_size=24)


def test_views_and_scaling_stand_in_the_model(data):
    net = fcn((None, None, 3), 4, filters=1, units=2)
    model = with_views(data, net, shift=2, flip=True)
    assert model.name == "fcn"
    view = next(layer for layer in model.layers if isinstance(layer, RandomView))
    assert (view.shift, view.flip) == (2, True)
    scaled = keras.ops.convert_to_numpy(model.get_layer("scaling")(data.train.x))
    np.testing.assert_allclose(scaled.mean(axis=(0, 1, 2)), 0, atol=1e-3)
    np.testing.assert_allclose(scaled.std(axis=(0, 1, 2)), 1, atol=1e-3)


def test_balance_weights_the_classes_by_median_frequency(data):
    for balance, rare in ((0.0, None), (1.0, 3)):
        model = with_views(data, fcn((None, None, 3), 4, filters=1, units=2))
        compile_segmenter(model, keras.optimizers.SGD(), data, balance=balance)
        weights = model.loss.class_weights
        assert weights is None if rare is None else np.argmax(weights) == rare


def test_other_targets_than_masks_are_refused():
    with pytest.raises(ValueError, match="must have masks as targets.*digits, with Classes"):
        masks_of(load("digits"))
