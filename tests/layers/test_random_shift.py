import keras
import numpy as np
import pytest

from keras_dl.layers import RandomShift
from tests.checks import check_saving


def _images(dtype="uint8", batch=64, shape=(6, 5, 2)):
    """Images without a zero, so that a border that came in shows."""
    return np.random.default_rng(0).integers(1, 255, (batch, *shape)).astype(dtype)


def _augment(layer, images):
    return keras.ops.convert_to_numpy(layer(images, training=True))


def _shift_of(image, original, pixels, flip):
    """All (down, right, mirrored) that turn `original` into `image`."""
    height, width = original.shape[:2]
    found = []
    for mirrored in (False, True)[: 1 + flip]:
        source = original[:, ::-1] if mirrored else original
        padded = np.pad(source, ((pixels, pixels), (pixels, pixels), (0, 0)))
        for down in range(2 * pixels + 1):
            for right in range(2 * pixels + 1):
                if np.array_equal(image, padded[down : down + height, right : right + width]):
                    found.append((down - pixels, right - pixels, mirrored))
    return found


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("flip", [False, True])
def test_each_image_is_its_own_crop_of_the_padded_image(dtype, flip):
    images = _images(dtype)
    shifted = _augment(RandomShift(2, flip, seed=1), images)
    assert shifted.dtype == images.dtype
    assert shifted.shape == images.shape
    pairs = zip(shifted, images, strict=True)
    found = [_shift_of(image, original, 2, flip) for image, original in pairs]
    assert all(len(shifts) == 1 for shifts in found)
    assert len({shifts[0] for shifts in found}) > 15  # of 25 without mirroring, 64 draws


def test_draws_are_uniform_and_half_is_mirrored():
    images = _images(batch=2000)
    shifted = _augment(RandomShift(1, flip=True, seed=1), images)
    found = [_shift_of(a, b, 1, True)[0] for a, b in zip(shifted, images, strict=True)]
    down, right, mirrored = np.array(found).T
    # Shares of 2000 draws: standard error 0.0105 for a third, 0.0112 for a half; four of them.
    for share in [np.mean(axis == step) for axis in (down, right) for step in (-1, 0, 1)]:
        assert share == pytest.approx(1 / 3, abs=0.043)
    assert np.mean(mirrored) == pytest.approx(1 / 2, abs=0.045)
    assert abs(np.corrcoef(down, right)[0, 1]) < 0.09


def test_inference_changes_nothing():
    images = _images()
    np.testing.assert_array_equal(RandomShift(2, flip=True)(images), images)


def test_zero_pixels_change_nothing():
    images = _images()
    np.testing.assert_array_equal(_augment(RandomShift(0), images), images)


def test_zero_pixels_still_mirror():
    images = _images()
    mirrored = _augment(RandomShift(0, flip=True, seed=1), images)
    kept = [np.array_equal(a, b) for a, b in zip(mirrored, images, strict=True)]
    flipped = [np.array_equal(a, b[:, ::-1]) for a, b in zip(mirrored, images, strict=True)]
    assert any(kept)
    assert any(flipped)
    assert all(np.logical_xor(kept, flipped))


def test_seed_repeats_the_sequence_of_draws():
    images, first, second = _images(), RandomShift(2, seed=3), RandomShift(2, seed=3)
    draws = [_augment(first, images), _augment(first, images)]
    assert (draws[0] != draws[1]).any()
    for draw in draws:
        np.testing.assert_array_equal(draw, _augment(second, images))


@pytest.mark.parametrize("jit_compile", [False, True])
def test_model_with_uint8_input_trains_and_saves(jit_compile):
    if jit_compile and keras.backend.backend() == "torch":
        pytest.skip("torch's compiler is not part of this project")
    model = keras.Sequential(
        [
            keras.Input((6, 5, 2), dtype="uint8"),
            RandomShift(2, flip=True, seed=1),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Flatten(),
            keras.layers.Dense(2),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss, jit_compile=jit_compile)
    model.fit(_images(batch=7), np.arange(7) % 2, batch_size=4, verbose=0)  # a partial batch too
    check_saving(model, _images(batch=3))


def test_config_rebuilds_the_layer():
    layer = RandomShift(3, flip=True, seed=7, name="shift")
    again = RandomShift.from_config(layer.get_config())
    assert (again.pixels, again.flip, again.seed, again.name) == (3, True, 7, "shift")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"pixels": -1}, ValueError, r"`pixels` must be 0 or more.*pixels=-1"),
        ({"pixels": 0.1}, TypeError, r"`pixels` must be an integer.*pixels=0.1"),
        ({"flip": "left"}, TypeError, r"`flip` must be True or False.*flip='left'"),
    ],
)
def test_bad_input_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        RandomShift(**arguments)


def test_a_single_image_is_refused():
    with pytest.raises(ValueError, match="expected ndim=4"):
        RandomShift(1)(_images()[0], training=True)
