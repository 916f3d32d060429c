from functools import partial

import keras
import numpy as np
import pytest

from keras_dl.models.segmentation import unet, wnet
from tests.checks import check_saving, count_parameters, forward
from tests.models.segmentation.test_fcn import check_model_of_masks


def parameters_of_unet(filters, depth, channels, classes):
    """Count of figure 1, by hand."""
    widths = [filters * 2**level for level in range(depth)]
    count = 0
    for before, width in zip([channels, *widths[:-1]], widths, strict=True):
        count += 9 * before * width + width + 9 * width * width + width
    for below, width in zip(widths[:0:-1], widths[-2::-1], strict=True):
        count += 4 * below * width + width + 9 * 2 * width * width + width + 9 * width**2 + width
    return count + filters * classes + classes


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ((64, 5, 1, 2), 31_030_658),
        ((64, 5, 3, 1), 31_031_745),
        ((16, 5, 1, 1), 1_940_817),
        ((32, 5, 3, 1), 7_760_097),
    ],
)
def test_counts_by_hand_are_the_public_ones(arguments, count):
    assert parameters_of_unet(*arguments) == count


def test_model():
    build = partial(unet, filters=2, depth=3, padding="same")
    keras.utils.set_random_seed(1)
    check_model_of_masks(build, (40, 52, 3), 3, parameters_of_unet(2, 3, 3, 3))


def test_size_of_the_paper():
    model = unet((572, 572, 1), 2, filters=1)
    assert model.output_shape == (None, 388, 388, 2)
    assert count_parameters(model) == parameters_of_unet(1, 5, 1, 2)


@pytest.mark.parametrize("size", [(1, 1), (31, 33), (48, 64)])
@pytest.mark.parametrize("build", [partial(unet, padding="same", depth=4), wnet])
def test_logits_have_the_size_of_the_image(build, size):
    model = build((None, None, 1), 2, filters=2)
    logits = keras.tree.flatten(model(np.ones((1, *size, 1), "float32")))
    assert {tuple(x.shape) for x in logits} == {(1, *size, 2)}


def test_valid_convolutions_crop_the_centre():
    """Logits of a constant network of depth 2 depend on the pixels above them alone."""
    model = unet((28, 28, 1), 2, filters=2, depth=2)
    images = np.random.default_rng(0).random((1, 28, 28, 1), "float32")
    changed = images.copy()
    changed[:, :2] += 1  # farther than the 18/2 + … pixels from the lower half
    before, after = forward(model, images), forward(model, changed)
    assert (before[:, 8:] == after[:, 8:]).all()
    assert (before[:, :1] != after[:, :1]).any()


def test_wnet_has_two_logits_of_one_score_and_the_second_net_sees_the_first():
    model = wnet((16, 16, 3), 2, filters=2)
    images = np.random.default_rng(0).random((2, 16, 16, 3), "float32")
    fine, coarse = [keras.ops.convert_to_numpy(x) for x in model(images)]
    assert (fine[..., 0] == 0).all()
    assert (coarse[..., 0] == 0).all()
    assert (fine[..., 1] != coarse[..., 1]).any()
    check_saving(keras.Model(model.input, model.output[0]), images)
    first = model.get_layer("first_score")
    first.set_weights([w + 1 for w in first.get_weights()])
    assert (keras.ops.convert_to_numpy(model(images)[0]) != fine).any()


def test_wnet_of_three_classes_has_three_logits():
    assert wnet((16, 16, 3), 3, filters=2).output_shape == [(None, 16, 16, 3)] * 2


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match='`padding` must be "valid" or "same"'):
        unet((32, 32, 3), 2, padding="full")
    with pytest.raises(ValueError, match="`depth` must be at least 1"):
        wnet((32, 32, 3), 2, depth=0)
