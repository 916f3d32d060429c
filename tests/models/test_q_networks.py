import keras
import numpy as np
import pytest

from keras_dl import models
from tests.checks import check_saving, count_parameters, forward


@pytest.mark.parametrize(("actions", "count"), [(6, 1_687_206), (18, 1_693_362)])
def test_counts_by_number_of_actions(actions, count):
    assert count_parameters(models.dqn_nature((84, 84, 4), actions)) == count


@pytest.mark.parametrize(
    ("channels", "count"), [(7, 132_998), (10, 133_430), (6, 132_854)]
)  # freeway, seaquest, space invaders
def test_counts_by_game(channels, count):
    assert count_parameters(models.dqn_minatar((10, 10, channels), 6)) == count


def test_advantages_have_mean_0():
    keras.utils.set_random_seed(0)
    model = models.dqn_mlp((5,), 3, units=(8, 4), dueling=True)
    x = np.random.default_rng(0).normal(size=(6, 5)).astype("float32")
    state = keras.Model(model.input, model.get_layer("state_value").output)
    np.testing.assert_allclose(
        forward(model, x).mean(axis=1), forward(state, x)[:, 0], rtol=1e-4, atol=1e-6
    )
    check_saving(model, x)


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="at least 36×36 pixels"):
        models.dqn_nature((35, 84, 4), 2)
    with pytest.raises(ValueError, match="`num_actions` must be at least 1"):
        models.dqn_mlp((4,), 0)
    with pytest.raises(TypeError, match=r"`units\[1\]` must be an integer"):
        models.dqn_mlp((4,), 2, units=(8, 2.5))


@pytest.mark.parametrize(
    ("shape", "name"),
    [((4,), "dqn_mlp"), ((10, 10, 4), "dqn_minatar"), ((84, 84, 4), "dqn_nature")],
)
def test_network_fits_the_observation(shape, name):
    assert models.q_network(shape, 3, dueling=True).name == name
