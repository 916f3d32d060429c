"""Saliency, integrated gradients and occlusion against closed forms."""

import keras
import numpy as np
import pytest

from keras_dl.explanations import integrated_gradients, occlusion, saliency
from keras_dl.explanations._logits import class_logits
from tests.explanations.nets import SHAPE, convolutional, images, linear, nested, set_weights


def weights_of(model, target):
    return model.layers[-1].get_weights()[0][:, target].reshape(SHAPE)


def test_saliency_of_a_linear_model_is_its_weights():
    model = linear()
    maps = saliency(model, images(), 1)
    np.testing.assert_allclose(
        maps, np.broadcast_to(np.abs(weights_of(model, 1)).max(axis=-1), maps.shape), rtol=1e-5
    )


def test_scaling_multiplies_the_gradient():
    net = convolutional()
    x = images()
    np.testing.assert_allclose(
        saliency(nested(net), x, 0), 0.5 * saliency(net, 0.5 * x, 0), rtol=1e-4, atol=1e-7
    )


def test_integrated_gradients_of_a_linear_model_are_exact_with_one_step():
    model, x = linear(), images()
    found = integrated_gradients(model, x, 2, baseline=0.25, steps=1)
    np.testing.assert_allclose(found, weights_of(model, 2) * (x - 0.25), rtol=1e-4, atol=1e-6)


def test_integrated_gradients_are_complete_within_one_percent():
    inputs = keras.Input(SHAPE)
    hidden = keras.layers.Conv2D(4, 3, activation="tanh")(inputs)
    output = keras.layers.Dense(3)(keras.layers.Flatten()(hidden))
    model, x = set_weights(keras.Model(inputs, output)), images(5)
    attributed = integrated_gradients(model, x, 1, steps=50).sum(axis=(1, 2, 3))
    change = (class_logits(model, x) - class_logits(model, np.zeros_like(x)))[:, 1]
    np.testing.assert_allclose(attributed, change, rtol=0.01)


def test_occlusion_of_a_linear_model_is_minus_the_patch():
    model, x = linear(), images()
    change = occlusion(model, x, 0, size=2, stride=2, fill=0.0)
    products = (weights_of(model, 0) * x).sum(axis=-1)
    patches = products.reshape(len(x), 4, 2, 3, 2).sum(axis=(2, 4))
    np.testing.assert_allclose(change[:, ::2, ::2], -patches, rtol=1e-4, atol=1e-5)


def test_occluding_patches_reach_the_last_pixel():
    model, x = linear(), images(1)
    change = occlusion(model, x, 0, size=(3, 4), stride=2, fill=0.0)
    assert np.isfinite(change).all()
    assert change[0, -1, -1] != 0


def test_softmax_and_sigmoid_are_left_out_and_come_back():
    net, x = convolutional(), images()
    certain = convolutional(activation="softmax")
    certain.set_weights(net.get_weights())
    before = certain.predict(x, verbose=0)
    np.testing.assert_allclose(saliency(certain, x, 0), saliency(net, x, 0), rtol=1e-5)
    layer = keras.Sequential([net, keras.layers.Softmax()])
    np.testing.assert_allclose(saliency(layer, x, 0), saliency(net, x, 0), rtol=1e-5)
    np.testing.assert_array_equal(certain.predict(x, verbose=0), before)
    np.testing.assert_allclose(np.asarray(layer(x)).sum(axis=1), 1, rtol=1e-5)


def test_single_output_counts_as_two_classes():
    model, x = convolutional(classes=1, activation="sigmoid"), images()
    logits = class_logits(model, x)
    chance = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(chance[:, 1:], model.predict(x, verbose=0), rtol=1e-5)
    np.testing.assert_allclose(saliency(model, x, 0), saliency(model, x, 1), rtol=1e-5)


def test_predicted_class_is_explained_without_a_target():
    model, x = convolutional(), images()
    predicted = class_logits(model, x).argmax(axis=1)
    np.testing.assert_array_equal(saliency(model, x), saliency(model, x, predicted))


def test_other_weights_give_another_map():
    model, x = convolutional(), images()
    before = [saliency(model, x, 0), integrated_gradients(model, x, 0, steps=3)]
    set_weights(model, seed=9)
    after = [saliency(model, x, 0), integrated_gradients(model, x, 0, steps=3)]
    for first, second in zip(before, after, strict=True):
        assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"images": images()[0]}, "`images` must"),
        ({"images": images(shape=(8, 6, 3))}, "`images` must"),
        ({"images": images() * np.nan}, "`images` must be finite"),
        ({"images": images(), "targets": 3}, "`targets` must be a class number from 0 to 2"),
        ({"images": images(), "targets": [0, 1]}, "`targets` must"),
        ({"images": images(), "targets": "cat"}, "`targets` must"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        saliency(linear(), **arguments)


def test_wrong_options_are_refused():
    with pytest.raises(ValueError, match="`steps` must"):
        integrated_gradients(linear(), images(), steps=0)
    with pytest.raises(ValueError, match="`baseline` must"):
        integrated_gradients(linear(), images(), baseline=np.zeros(5))
    with pytest.raises(ValueError, match="`size` must be at most 8×6"):
        occlusion(linear(), images(), size=7)
    with pytest.raises(ValueError, match="`stride` must be at most 2×2"):
        occlusion(linear(), images(), size=2, stride=3)


def test_model_without_classes_is_refused():
    inputs = keras.Input(SHAPE)
    model = keras.Model(inputs, keras.layers.Conv2D(2, 3)(inputs))
    with pytest.raises(ValueError, match="`model` must have one output"):
        saliency(model, images())
