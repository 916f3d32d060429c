import keras
import numpy as np
import pytest

from keras_dl.layers.random_view import RandomView, RestoreView
from tests.checks import check_saving, forward

SIZE = (5, 6)


def numbered(count):
    """Images whose pixels all differ, none 0."""
    return 1 + np.arange(count * 30, dtype="float32").reshape(count, *SIZE, 1)


def moved(image, mirrored, down, right):
    """An image mirrored, then shifted, by hand; 0 where nothing came in."""
    image = image[:, ::-1] if mirrored else image
    out = np.zeros_like(image)
    for row, column in np.ndindex(*SIZE):
        source = row - down, column - right
        if 0 <= source[0] < SIZE[0] and 0 <= source[1] < SIZE[1]:
            out[row, column] = image[source]
    return out


@pytest.mark.parametrize(("shift", "flip"), [(0, True), (2, False), (2, True), (9, True)])
def test_views_are_what_the_moves_say(shift, flip):
    images = numbered(40)
    views, moves = map(
        keras.ops.convert_to_numpy, RandomView(shift, flip, seed=0)(images, training=True)
    )
    moves = np.pad(moves, ((0, 0), (0, 3 - moves.shape[1])))
    for image, view, move in zip(images, views, moves, strict=True):
        np.testing.assert_array_equal(view, moved(image, *move))
    assert set(moves[:, 0]) == ({0, 1} if flip else {0})
    assert np.abs(moves[:, 1:]).max(initial=0) <= shift


@pytest.mark.parametrize(("shift", "flip"), [(0, True), (2, False), (2, True), (9, True)])
def test_image_and_mask_stay_aligned(shift, flip):
    """A network that copies its input gives each pixel its own label, or 0 out of view."""
    images = numbered(40)
    views, moves = RandomView(shift, flip, seed=1)(images, training=True)
    restored = keras.ops.convert_to_numpy(RestoreView()([views, moves], training=True))
    in_view = restored != 0
    np.testing.assert_array_equal(restored[in_view], images[in_view])
    for image, view, back in zip(images, keras.ops.convert_to_numpy(views), restored, strict=True):
        assert set(view[view != 0]) == set(back[back != 0]) <= set(image.ravel())
    if not shift:
        assert in_view.all()


def test_loss_is_that_of_image_and_mask_moved_together():
    """Mirrored image, mirrored mask: the same loss and the same gradient of the weights."""
    images, masks = numbered(8) / 240, np.random.default_rng(0).integers(3, size=(8, *SIZE))
    keras.utils.set_random_seed(0)
    net = keras.layers.Conv2D(3, 3, padding="same")
    inputs = keras.Input((None, None, 1))
    views, moves = RandomView(0, True, seed=3)(inputs)
    model = keras.Model(inputs, RestoreView()([net(views), moves]))
    plain = keras.Model(inputs, net(inputs))
    _, drawn = RandomView(0, True, seed=3)(images, training=True)
    drawn = keras.ops.convert_to_numpy(drawn)
    assert set(drawn[:, 0]) == {0, 1}
    together = [
        np.stack([a[:, ::-1] if m else a for a, m in zip(arrays, drawn[:, 0], strict=True)])
        for arrays in (images, masks)
    ]
    start = net.get_weights()
    results = []
    for trained, data in ((model, (images, masks)), (plain, together)):
        net.set_weights(start)
        trained.compile(
            keras.optimizers.SGD(1.0), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        )
        loss = trained.train_on_batch(*data)
        results.append([np.ravel(loss), *net.get_weights()])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_pixels_out_of_view_become_0():
    maps, moves = np.ones((1, *SIZE, 2), "float32"), np.array([[0, 4, 0]], "int32")
    restored = keras.ops.convert_to_numpy(RestoreView()([maps, moves], training=True))
    assert (restored[:, 1:] == 0).all()
    assert (restored[:, :1] == 1).all()


def test_outside_training_nothing_moves():
    images = numbered(4)
    views, moves = RandomView(3)(images, training=False)
    np.testing.assert_array_equal(views, images)
    np.testing.assert_array_equal(moves, 0)
    np.testing.assert_array_equal(RestoreView()([views, moves], training=False), images)


def test_the_seed_repeats_the_draws_and_each_call_draws_anew():
    images = numbered(16)
    first, second = RandomView(2, seed=5), RandomView(2, seed=5)
    draws = [
        keras.ops.convert_to_numpy(layer(images, training=True)[1])
        for layer in (first, second, first)
    ]
    np.testing.assert_array_equal(draws[0], draws[1])
    assert (draws[0] != draws[2]).any()


def test_integer_images_of_any_size_in_a_saved_model():
    inputs = keras.Input((None, None, 3), dtype="uint8")
    views, moves = RandomView(2, seed=0)(inputs)
    assert views.dtype == "uint8"
    model = keras.Model(inputs, RestoreView()([keras.layers.Rescaling(1 / 255)(views), moves]))
    check_saving(model, np.ones((2, 4, 5, 3), "uint8"))
    assert forward(model, np.ones((1, 7, 3, 3), "uint8")).shape == (1, 7, 3, 3)
    assert model(np.ones((1, 7, 3, 3), "uint8"), training=True).shape == (1, 7, 3, 3)


@pytest.mark.parametrize(("shift", "error"), [(-1, ValueError), (0.5, TypeError)])
def test_bad_shifts_are_refused(shift, error):
    with pytest.raises(error, match="`shift` must be"):
        RandomView(shift)
