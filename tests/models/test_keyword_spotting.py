import pytest

from keras_dl.models import cnn_trad_fpool3, ds_cnn
from tests.checks import check_model


def test_small_nets():
    check_model(
        lambda shape, classes: cnn_trad_fpool3(shape, classes, filters=3),
        (19, 29, 1),
        (4,),
        params=(8 * 20 * 3 + 3) + (4 * 10 * 9 + 3) + (3 * 32 + 32) + (32 * 128 + 128) + 129 * 4,
    )
    check_model(
        lambda shape, classes: ds_cnn(shape, classes, filters=3, blocks=1),
        (8, 12, 1),
        (4,),
        params=4 * 10 * 3 + 9 * 3 + 9 + 3 * 2 * 3 + 4 * 4,
    )


def test_arguments_are_checked():
    with pytest.raises(ValueError, match="at least 19 bands and 29 frames"):
        cnn_trad_fpool3((40, 20, 1), 3)
    with pytest.raises(ValueError, match="`input_shape` must be"):
        ds_cnn((40, 20), 3)
    with pytest.raises(ValueError, match="`blocks` must be"):
        ds_cnn((40, 20, 1), 3, blocks=0)
