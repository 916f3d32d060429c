"""Grad-CAM, deconvnet, guided backpropagation, feature maps, patches and maximization."""

import keras
import numpy as np
import pytest

from keras_dl.explanations import (
    backproject,
    deconvnet,
    feature_maps,
    filters,
    gradcam,
    guided_backprop,
    maximize,
    top_patches,
)
from keras_dl.explanations._rectifiers import has_rectifiers
from keras_dl.explanations.feature_maps import blocks
from tests.explanations.nets import SHAPE, convolutional, images, linear, nested, set_weights


@pytest.mark.parametrize("wrap", [lambda net: net, nested])
def test_gradcam_is_cam_behind_global_average_pooling(wrap):
    net, x = convolutional(), images()
    model = wrap(net)
    maps = feature_maps(model, x, layer="last")
    weights = net.get_layer("head").get_weights()[0][:, 1]
    cam = np.maximum(maps @ weights, 0) / (maps.shape[1] * maps.shape[2])
    np.testing.assert_allclose(gradcam(model, x, 1), cam, rtol=1e-4, atol=1e-7)
    assert cam.max() > 0


def test_gradcam_takes_the_last_maps_by_default_and_any_by_name():
    net, x = convolutional(), images()
    np.testing.assert_array_equal(gradcam(net, x, 0), gradcam(net, x, 0, layer="last"))
    assert gradcam(net, x, 0, layer="first").shape == (3, 8, 6)


def test_feature_maps_of_a_nested_net_are_those_of_the_net():
    net, x = convolutional(), images()
    inner = keras.Model(net.inputs, net.get_layer("pool").output)
    np.testing.assert_allclose(
        feature_maps(nested(net), x, layer="pool"), inner.predict(x / 2, verbose=0), rtol=1e-5
    )
    assert blocks(nested(net), x) == ["first", "last"]


def test_filters_are_kernels():
    net = convolutional()
    np.testing.assert_array_equal(filters(nested(net)), net.get_layer("first").get_weights()[0])
    assert filters(net, layer="last").shape == (3, 3, 4, 5)
    with pytest.raises(ValueError, match="`layer` must name a convolution: first, last"):
        filters(net, layer="pool")
    with pytest.raises(ValueError, match="the model has none"):
        filters(linear())


def test_deconvnet_of_a_linear_convolution_is_its_transpose():
    inputs = keras.Input(SHAPE)
    convolution = keras.layers.Conv2D(3, 3, strides=2, padding="same", name="maps")
    model = set_weights(keras.Model(inputs, convolution(inputs)))
    signal = np.random.default_rng(2).normal(size=(2, 4, 3, 3)).astype("float32")
    transposed = keras.layers.Conv2DTranspose(2, 3, strides=2, padding="same", use_bias=False)
    transposed.build(signal.shape)
    transposed.set_weights([convolution.get_weights()[0]])
    found = backproject(model, images(2), signal, layer="maps")
    np.testing.assert_allclose(found, np.asarray(transposed(signal)), rtol=1e-4, atol=1e-5)


def test_unpooling_puts_maxima_back_to_their_places():
    inputs = keras.Input(SHAPE)
    model = keras.Model(inputs, keras.layers.MaxPooling2D(2, name="pool")(inputs))
    x = images()
    pooled = feature_maps(model, x, layer="pool")
    found = backproject(model, x, pooled, layer="pool")
    spread = pooled.repeat(2, axis=1).repeat(2, axis=2)
    np.testing.assert_array_equal(found, np.where(x == spread, x, 0))


@pytest.mark.parametrize("rectifier", ["fused", "layer", "operation"])
def test_rules_of_the_rectifier(rectifier):
    """The signal at the last layer, by hand down through ReLU, pooling and the convolution."""
    net, x = convolutional(rectifier=rectifier), images()
    signal = np.random.default_rng(3).normal(size=(3, 4, 3, 4)).astype("float32")
    maps = feature_maps(net, x, layer="first")
    maps = np.maximum(maps, 0)
    pooled = feature_maps(net, x, layer="pool")
    spread = [a.repeat(2, axis=1).repeat(2, axis=2) for a in (pooled, signal)]
    unpooled = np.where((maps == spread[0]) & (maps > 0), spread[1], 0)
    transposed = keras.layers.Conv2DTranspose(2, 3, padding="same", use_bias=False)
    transposed.build(maps.shape)
    transposed.set_weights([net.get_layer("first").get_weights()[0]])
    by_hand = np.asarray(transposed(np.maximum(unpooled, 0)))
    guided = backproject(net, x, signal, layer="pool", rule="guided")
    np.testing.assert_allclose(guided, by_hand, rtol=1e-4, atol=1e-5)
    deconvolved = backproject(net, x, signal, layer="pool")
    assert has_rectifiers(net)
    # A maximum of 0 passes the deconvnet's signal and stops the guided one.
    assert np.abs(deconvolved).sum() >= np.abs(guided).sum()


def test_rectifiers_come_back():
    net, x = convolutional(), images()
    before = net.predict(x, verbose=0)
    first = guided_backprop(net, x, 0)
    assert not np.allclose(first, deconvnet(net, x, 0))
    np.testing.assert_array_equal(np.asarray(net(x)), before)
    assert net.get_layer("first").activation is keras.activations.relu
    assert not has_rectifiers(linear())


def test_view_of_a_filter_is_that_of_its_strongest_position():
    net, x = convolutional(), images()
    maps = feature_maps(net, x, layer="first")[..., 2]
    view = deconvnet(net, x, layer="first", unit=2)
    for image, seen in zip(maps, view, strict=True):
        top, left = np.unravel_index(image.argmax(), image.shape)
        rows, columns = np.nonzero(np.abs(seen).max(axis=-1))
        assert set(rows) <= set(range(top - 1, top + 2))
        assert set(columns) <= set(range(left - 1, left + 2))


def test_patches_are_the_receptive_fields_of_the_strongest_activations():
    net, x = convolutional(), images(12)
    maps = feature_maps(net, x, layer="first")
    found = top_patches(net, x, layer="first", units=[3], count=4)
    peaks = maps[..., 3].max(axis=(1, 2))
    np.testing.assert_array_equal(found.images[0], np.argsort(-peaks)[:4])
    np.testing.assert_array_equal(found.activations[0], np.sort(peaks)[::-1][:4])
    assert found.patches.shape == found.views.shape == (1, 4, 3, 3, 2)
    kernel, bias = net.get_layer("first").get_weights()
    for patch, number, value in zip(
        found.patches[0], found.images[0], found.activations[0], strict=True
    ):
        top, left = np.unravel_index(maps[number, ..., 3].argmax(), maps.shape[1:3])
        if 0 < top < 7 and 0 < left < 5:  # the whole field is in the image
            computed = (patch * kernel[..., 3]).sum() + bias[3]
            assert computed == pytest.approx(value, rel=1e-4)


def test_linear_rule_reaches_the_whole_field_of_a_saturated_filter():
    net, x = convolutional(), images(1)
    net.get_layer("first").set_weights([net.get_layer("first").get_weights()[0], np.full(4, -9.0)])
    signal = np.zeros((1, 8, 6, 4), "float32")
    signal[0, 4, 3, 1] = 1
    assert not backproject(net, x, signal, layer="first", rule="guided").any()
    reached = backproject(net, x, signal, layer="first", rule="linear")
    assert np.abs(reached[0, 3:6, 2:5]).min() > 0


def test_filters_that_vary_most_are_chosen_and_few_images_give_few_patches():
    found = top_patches(convolutional(), images(2), layer="first")
    assert found.units == (0, 1, 2, 3)
    assert found.patches.shape[:2] == (4, 2)


def test_maximized_image_of_a_linear_model_has_the_signs_of_most_weights():
    model = linear()
    weights = model.layers[-1].get_weights()[0][:, 2].reshape(SHAPE)
    (image,) = maximize(model, [2], bounds=(-1, 1), steps=60, rate=0.1, jitter=0)
    clear = np.abs(weights) > 0.3
    assert (np.sign(image[clear]) == np.sign(weights[clear])).mean() > 0.9


def test_maximized_activation_is_above_that_of_images():
    net = convolutional()
    for layer in (None, "last"):
        found = maximize(net, [0, 1], layer=layer, bounds=(-3, 3), steps=30, jitter=1)
        again = maximize(net, [0, 1], layer=layer, bounds=(-3, 3), steps=30, jitter=1)
        np.testing.assert_array_equal(found, again)
        assert np.abs(found).max() <= 3
        for unit, image in enumerate(found):
            x = np.concatenate([image[None], images(20)])
            values = (
                np.asarray(net(x))[:, unit]
                if layer is None
                else feature_maps(net, x, layer=layer)[..., unit].mean(axis=(1, 2))
            )
            assert values[0] > values[1:].max()


def test_other_weights_give_other_views():
    net, x = convolutional(), images()
    functions = (gradcam, deconvnet, guided_backprop)
    before = [function(net, x, 0) for function in functions]
    set_weights(net, seed=9)
    for function, first in zip(functions, before, strict=True):
        assert abs(np.corrcoef(first.ravel(), function(net, x, 0).ravel())[0, 1]) < 0.9


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: gradcam(m, images(), layer="lats"), "`layer` must.*Did you mean 'last'"),
        (lambda m: gradcam(m, images(), layer="head"), "`layer` must name a layer with maps"),
        (lambda m: deconvnet(m, images(), layer="last", unit=5), "`unit` must be below 5"),
        (lambda m: top_patches(m, images(), layer="last", units=[5]), "`units` must be from 0 to"),
        (lambda m: maximize(m, [3]), "`units` must be numbers of classes, from 0 to 2"),
        (lambda m: maximize(m, [7], layer="last"), "`units` must be numbers of filters of last"),
        (lambda m: maximize(m, []), "`units` must hold at least one"),
        (lambda m: backproject(m, images(), images(), layer="last"), "`signal` must"),
    ],
)
def test_wrong_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(convolutional())


def test_model_without_maps_is_refused():
    with pytest.raises(ValueError, match="`model` must have layers with maps"):
        gradcam(linear(), images())
