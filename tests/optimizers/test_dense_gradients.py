"""Clipping by the norm of whole gradients where tokens occur several times."""

import keras
import numpy as np
import pytest

from keras_dl.optimizers import make_optimizer
from keras_dl.optimizers.dense_gradients import DenseSGD
from keras_dl.optimizers.warmup import adamw_with_warmup

TOKENS = np.array([[1, 1, 1, 2]])
CLIP = 0.1


def embedding(optimizer):
    """One embedding; the loss is the mean of all its outputs."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,), dtype="int32"), keras.layers.Embedding(4, 3)])
    model.compile(optimizer, loss=lambda truth, outputs: keras.ops.mean(outputs))
    return model


def moved(optimizer):
    """Change of the weights by one step."""
    model = embedding(optimizer)
    before = model.get_weights()[0]
    model.train_on_batch(TOKENS, np.zeros((1, 4, 3), "float32"))
    return model.get_weights()[0] - before


def test_step_has_the_clipped_norm_of_the_sum():
    gradient = np.zeros((4, 3))
    np.add.at(gradient, TOKENS[0], 1 / 12)
    expected = -gradient * CLIP / np.linalg.norm(gradient)
    np.testing.assert_allclose(moved(DenseSGD(1.0, global_clipnorm=CLIP)), expected, atol=1e-6)


def test_keras_alone_takes_the_norm_of_the_rows():
    if keras.backend.backend() != "tensorflow":
        pytest.skip("gradients are dense on other backends")
    step = moved(keras.optimizers.SGD(1.0, global_clipnorm=CLIP))
    assert np.linalg.norm(step) > 1.2 * CLIP


@pytest.mark.parametrize("name", ["adam", "adamw", "rmsprop", "sgd", "momentum"])
def test_named_optimizers_with_a_norm_sum_first(name):
    optimizer = make_optimizer(name, 1.0, clip_norm=CLIP)
    assert type(optimizer).__name__.startswith("Dense")
    assert np.isfinite(moved(optimizer)).all()
    assert not type(make_optimizer(name, 1.0)).__name__.startswith("Dense")


def test_optimizers_are_restored():
    for optimizer in (adamw_with_warmup(0.1), make_optimizer("sgd", 0.1, clip_norm=1.0)):
        config = keras.optimizers.serialize(optimizer)
        again = keras.optimizers.deserialize(config)
        assert (type(again), again.global_clipnorm) == (type(optimizer), 1.0)
