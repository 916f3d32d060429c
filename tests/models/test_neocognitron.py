from functools import partial

import keras
import numpy as np
import pytest

from keras_dl.models import neocognitron
from tests.checks import check_model


@pytest.mark.parametrize("size", [16, 19])
def test_weights_learn_and_load(size):
    planes = 4
    params = 25 * planes + 9 * planes**2 + 25 * planes**2 + 3 * planes + (planes + 1) * 3
    check_model(partial(neocognitron, planes=planes), (size, size, 1), (3,), params=params)


def test_excitation_and_inhibition_never_turn_negative():
    keras.utils.set_random_seed(0)
    model = neocognitron(planes=3)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(100.0), loss, run_eagerly=True)
    model.train_on_batch(np.random.default_rng(0).random((4, 16, 16, 1)), np.arange(4))
    for name in ("s1", "s2", "s3"):
        for weight in model.get_layer(name).get_weights():
            assert (weight >= 0).all()


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="at least 16×16 pixels"):
        neocognitron((15, 16, 1))
    with pytest.raises(ValueError, match="`planes` must be at least 1"):
        neocognitron(planes=0)
