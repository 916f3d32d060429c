import keras
import numpy as np
import pytest

from keras_dl.models.policy_value import policy_value_net
from tests.checks import check_saving, count_parameters


def small(**options):
    return policy_value_net((6, 7, 2), 7, filters=4, blocks=2, **options)


def test_count_follows_from_the_layers():
    tower = 9 * 2 * 4 + 8 + 4 * (9 * 4 * 4 + 8)
    policy = 4 * 2 + 4 + 42 * 2 * 7 + 7
    value = 4 + 2 + 42 * 256 + 256 + 256 + 1
    assert count_parameters(small()) == tower + policy + value


def test_outputs_are_logits_and_a_value():
    model = small()
    outputs = model.predict_on_batch(np.random.default_rng(0).normal(size=(3, 6, 7, 2)) * 9)
    assert outputs["policy"].shape == (3, 7)
    assert outputs["value"].shape == (3, 1)
    assert (np.abs(outputs["value"]) <= 1).all()
    check_saving(keras.Model(model.input, model.output["policy"]), np.ones((2, 6, 7, 2), "float32"))


def test_kernels_alone_are_penalized():
    model = small(l2=0.5)
    kernels = [w for w in model.trainable_weights if w.name == "kernel"]
    squares = sum(float(keras.ops.sum(w**2)) for w in kernels)
    assert sum(map(float, model.losses)) == pytest.approx(0.5 * squares, rel=1e-5)
    assert len(kernels) == len(model.losses) == 5 + 2 + 3
    assert small(l2=0.0).losses == []


def test_blocks_start_from_their_input():
    """With the second normalization of a block at 0, the block is the identity after ReLU."""
    model = small()
    for block in ("block1", "block2"):
        model.get_layer(f"{block}_2_norm").gamma.assign(np.zeros(4))
    tower = [model.get_layer(name).output for name in ("tower_relu", "block2_out")]
    first, last = keras.Model(model.input, tower).predict_on_batch(np.ones((1, 6, 7, 2)))
    np.testing.assert_allclose(first, last)


def test_wrong_sizes_are_refused():
    with pytest.raises(ValueError, match="`blocks` must"):
        policy_value_net((3, 3, 2), 9, blocks=0)
    with pytest.raises(ValueError, match="`input_shape` must have three axes"):
        policy_value_net((9,), 9)
    with pytest.raises(ValueError, match="`l2` must"):
        small(l2=-1.0)
