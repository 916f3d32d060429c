import keras
import numpy as np
import pytest
from scipy import ndimage

from keras_dl.layers import RandomDistortion
from keras_dl.layers.random_distortion import _gaussian, _interpolated
from tests.checks import check_saving

NONE = {"translation": 0.0, "scaling": 0.0, "squeezing": 0.0, "shearing": 0.0}


def _images(dtype="float32", batch=16, shape=(12, 10, 2)):
    return np.random.default_rng(0).integers(1, 255, (batch, *shape)).astype(dtype)


def _blobs(batch=200, size=28):
    """A smooth spot in the middle, whose moments tell how it was moved and stretched."""
    line = np.arange(size) - (size - 1) / 2
    spot = np.exp(-(line[:, None] ** 2 + line**2) / 18)
    return np.broadcast_to(spot[None, :, :, None], (batch, size, size, 1)).astype("float32")


def _augment(layer, images):
    return keras.ops.convert_to_numpy(layer(images, training=True))


def _moments(images):
    """Means and second moments of (row, column), in pixels, for each image."""
    weight = images[..., 0] / images[..., 0].sum(axis=(1, 2), keepdims=True)
    line = np.arange(images.shape[1]) - (images.shape[1] - 1) / 2
    down, right = line[:, None], line[None, :]
    mean = [(weight * axis).sum(axis=(1, 2)) for axis in (down, right)]
    away = [axis - m[:, None, None] for axis, m in zip((down, right), mean, strict=True)]
    pairs = ((0, 0), (1, 1), (0, 1))
    return np.array(mean), np.array([(weight * away[i] * away[j]).sum((1, 2)) for i, j in pairs])


def test_reading_equals_scipy():
    images = _images(batch=3)
    rng = np.random.default_rng(1)
    rows, columns = (rng.uniform(-4, size + 3, (3, 12, 10)) for size in (12, 10))
    found = keras.ops.convert_to_numpy(
        _interpolated(images, *(a.astype("float32") for a in (rows, columns)))
    )
    for i in range(3):
        for channel in range(2):
            places = np.stack([rows[i], columns[i]])
            expected = ndimage.map_coordinates(
                np.pad(images[i, ..., channel], 4), places + 4, order=1, mode="constant"
            )
            # Pixels of size 255 at float32 places.
            np.testing.assert_allclose(found[i, ..., channel], expected, atol=1e-2)


def test_smoothing_equals_scipy():
    field = np.random.default_rng(0).uniform(-1, 1, (14, 9))
    ours = _gaussian(14, 2.0) @ field @ _gaussian(9, 2.0)
    expected = ndimage.gaussian_filter(field, 2.0, mode="constant", truncate=6.0)
    np.testing.assert_allclose(ours, expected, atol=1e-6)


def test_translation_moves_uniformly_up_to_its_bound():
    layer = RandomDistortion(**{**NONE, "translation": 3.0}, seed=1)
    mean, second = _moments(_augment(layer, _blobs()))
    assert np.abs(mean).max() <= 3.02
    assert np.abs(mean).max() > 2.8  # of 400 draws
    assert np.abs(mean.mean(axis=1)).max() < 0.5  # standard error 0.12
    assert abs(np.corrcoef(mean)[0, 1]) < 0.25
    # Up to 1/4 is added by reading between two pixels.
    np.testing.assert_allclose(second[:2], 9.1, atol=0.3)


@pytest.mark.parametrize(("amount", "same"), [("scaling", True), ("squeezing", False)])
def test_scaling_keeps_and_squeezing_turns_the_proportions(amount, same):
    layer = RandomDistortion(**{**NONE, amount: 0.3}, seed=1)
    mean, second = _moments(_augment(layer, _blobs()))
    np.testing.assert_allclose(mean, 0, atol=1e-3)
    down, right = np.log(second[:2] / 9.0)
    assert np.ptp(down) > 1.0  # of 2·2·0.3
    np.testing.assert_allclose(down, right if same else -right, atol=0.06)


def test_shearing_slants_and_keeps_the_height():
    layer = RandomDistortion(**{**NONE, "shearing": 0.4}, seed=1)
    mean, second = _moments(_augment(layer, _blobs()))
    np.testing.assert_allclose(mean, 0, atol=1e-3)
    np.testing.assert_allclose(second[0], 9.0, atol=0.2)
    slant = second[2] / second[0]  # columns per row
    assert 0.3 < np.abs(slant).max() <= 0.41


def test_elastic_displacements_have_the_size_of_their_field():
    layer = RandomDistortion(**NONE, elastic=34.0, smoothness=4.0, seed=1)
    field = keras.ops.convert_to_numpy(layer._elastic(300, 28, 28))
    assert field.shape == (2, 300, 28, 28)
    # Uniform noise of deviation 1/√3 through a Gaussian: divided by 2σ√π, far from the border.
    expected = 34.0 / np.sqrt(3) / (2 * 4.0 * np.sqrt(np.pi))
    assert field[:, :, 14, 14].std() == pytest.approx(expected, rel=0.12)
    assert np.abs(np.diff(field, axis=-1)).mean() < 0.3 * np.abs(field).mean()  # smooth


def test_elastic_bends():
    images = _blobs(batch=4)
    bent = _augment(RandomDistortion(**NONE, elastic=34.0, seed=1), images)
    assert np.abs(bent - images).mean(axis=(1, 2, 3)).min() > 0.005


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_inference_and_amounts_of_zero_change_nothing(dtype):
    images = _images(dtype)
    np.testing.assert_array_equal(RandomDistortion(elastic=9.0)(images), images)
    np.testing.assert_array_equal(_augment(RandomDistortion(**NONE), images), images)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_shape_dtype_and_range_stay(dtype):
    images = _images(dtype)
    changed = _augment(RandomDistortion(elastic=20.0, seed=1), images)
    assert changed.dtype == images.dtype
    assert changed.shape == images.shape
    assert changed.min() >= 0
    assert changed.max() <= 255
    assert all((a != b).any() for a, b in zip(changed, images, strict=True))


def test_seed_repeats_the_sequence_of_draws():
    images = _images()
    first, second = (RandomDistortion(elastic=5.0, seed=3) for _ in range(2))
    draws = [_augment(first, images), _augment(first, images)]
    assert (draws[0] != draws[1]).any()
    for draw in draws:
        np.testing.assert_array_equal(draw, _augment(second, images))


@pytest.mark.parametrize("jit_compile", [False, True])
def test_model_trains_and_saves(jit_compile):
    if jit_compile and keras.backend.backend() == "torch":
        pytest.skip("torch's compiler is not part of this project")
    model = keras.Sequential(
        [
            keras.Input((12, 10, 2), dtype="uint8"),
            RandomDistortion(elastic=5.0, seed=1),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Flatten(),
            keras.layers.Dense(2),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss, jit_compile=jit_compile)
    images = _images("uint8", batch=7)
    model.fit(images, np.arange(7) % 2, batch_size=4, verbose=0)  # a partial batch too
    check_saving(model, images)


def test_config_rebuilds_the_layer():
    layer = RandomDistortion(1.0, 0.1, 0.2, 0.3, 4.0, 5.0, seed=7, name="bend")
    again = RandomDistortion.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert tuple(again.amounts.values()) == (1.0, 0.1, 0.2, 0.3, 4.0)
    assert (again.smoothness, again.seed, again.name) == (5.0, 7, "bend")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"translation": -1}, ValueError, "`translation` must be finite and 0 or more.*-1"),
        ({"scaling": 1.0}, ValueError, r"`scaling` must lie in \[0, 1\).*scaling=1.0"),
        ({"squeezing": "much"}, TypeError, "`squeezing` must be a number.*'much'"),
        ({"elastic": float("nan")}, ValueError, "`elastic` must be finite"),
        ({"smoothness": 0}, ValueError, "`smoothness` must be positive.*smoothness=0"),
    ],
)
def test_bad_input_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        RandomDistortion(**arguments)
