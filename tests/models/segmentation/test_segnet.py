from functools import partial

import keras
import numpy as np
import pytest

from keras_dl.models.segmentation import segnet, segnet_basic
from tests.checks import forward
from tests.models.segmentation.test_fcn import check_model_of_masks


def parameters_of_segnet(filters, classes, channels=3):
    """Count of the layers of the paper, by hand."""
    widths = [filters * min(2**block, 8) for block in range(5)]
    sizes, before = [], channels
    for width, count in zip(widths, (2, 2, 3, 3, 3), strict=True):
        for _ in range(count):
            sizes, before = [*sizes, (before, width)], width
    mirrored = [(width, before) for before, width in reversed(sizes)]
    *normed, (last, _) = mirrored
    convolutions = sum(9 * a * b + b for a, b in [*sizes, *normed]) + (9 * last + 1) * classes
    return convolutions + 2 * sum(b for _, b in [*sizes, *normed])


def test_counts_by_hand_are_the_published_ones():
    assert parameters_of_segnet(64, 11) == 29_449_355


@pytest.mark.parametrize(
    ("build", "count"),
    [
        (partial(segnet, filters=2, dropout=0.0), parameters_of_segnet(2, 3)),
        (partial(segnet_basic, filters=4, kernel_size=3), 112 + 7 * 148 + 8 * 8 + 15),
    ],
    ids=["segnet", "basic"],
)
def test_model(build, count):
    keras.utils.set_random_seed(0)
    check_model_of_masks(build, (40, 52, 3), 3, count, eased=("conv", "decode"))


@pytest.mark.parametrize("size", [(1, 1), (31, 33), (48, 64)])
@pytest.mark.parametrize("build", [segnet, segnet_basic])
def test_logits_have_the_size_of_the_image(build, size):
    model = build((None, None, 1), 2, filters=2)
    assert model.output_shape == (None, None, None, 2)
    assert forward(model, np.ones((1, *size, 1), "float32")).shape == (1, *size, 2)


def test_decoder_sees_maxima_at_their_places_alone():
    model = segnet_basic((16, 16, 3), 2, filters=4)
    parts = keras.Model(model.input, [model.get_layer(n).output for n in ("conv1_relu", "unpool1")])
    inputs = np.random.default_rng(0).random((1, 16, 16, 3), "float32")
    below, above = map(keras.ops.convert_to_numpy, parts(inputs))
    blocks = above.reshape(1, 8, 2, 8, 2, 4).transpose(0, 1, 3, 5, 2, 4).reshape(-1, 4)
    assert ((blocks != 0).sum(axis=1) <= 1).all()
    windows = below.reshape(1, 8, 2, 8, 2, 4).transpose(0, 1, 3, 5, 2, 4).reshape(-1, 4)
    rows = np.flatnonzero((blocks != 0).any(axis=1))
    # What survives stands where the window of the encoder has its maximum.
    np.testing.assert_array_equal(np.abs(blocks[rows]).argmax(axis=1), windows[rows].argmax(axis=1))


def test_dropout_of_bayesian_segnet_is_in_the_deepest_three_levels():
    names = {layer.name for layer in segnet((32, 32, 3), 2, filters=2, dropout=0.5).layers}
    assert {n for n in names if n.endswith("dropout")} == {
        f"{part}{block}_dropout" for part in ("pool", "decode") for block in (3, 4, 5)
    }


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="`input_shape` must be"):
        segnet((32, 32), 2)
    with pytest.raises(ValueError, match="`num_classes` must be at least 2"):
        segnet_basic((32, 32, 3), 1)
