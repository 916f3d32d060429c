import keras
import numpy as np
import pytest

from keras_dl.algorithms import ADVERSARIAL_LOSSES
from keras_dl.backend.gradients import gradients

REAL, FAKE = np.array([[0.0], [2.0]], "float32"), np.array([[0.0], [-1.0]], "float32")


def log_sigmoid(x):
    return -np.log1p(np.exp(-x))


VALUES = {
    "non_saturating": (
        -log_sigmoid(REAL).mean() - log_sigmoid(-FAKE).mean(),
        -log_sigmoid(FAKE).mean(),
    ),
    "minimax": (
        -log_sigmoid(REAL).mean() - log_sigmoid(-FAKE).mean(),
        log_sigmoid(-FAKE).mean(),
    ),
    "least_squares": ((1 + 1) / 2 / 2 + (0 + 1) / 2 / 2, (1 + 4) / 2 / 2),
    "wasserstein": (-0.5 - 1.0, 0.5),
    "hinge": ((1 + 0) / 2 + (1 + 0) / 2, 0.5),
}


@pytest.mark.parametrize("name", ADVERSARIAL_LOSSES)
def test_losses_by_hand(name):
    game = ADVERSARIAL_LOSSES[name]
    found = game.discriminator(REAL, FAKE), game.generator(FAKE)
    np.testing.assert_allclose(
        [float(keras.ops.convert_to_numpy(value)) for value in found], VALUES[name], rtol=1e-6
    )


@pytest.mark.parametrize("name", ADVERSARIAL_LOSSES)
def test_each_player_s_loss_falls_when_it_does_better(name):
    game = ADVERSARIAL_LOSSES[name]
    real, fake = np.array([[0.3], [-0.2]], "float32"), np.array([[0.0], [-0.4]], "float32")
    on_real, on_fake = gradients(lambda v: game.discriminator(*v), [real, fake])
    assert (on_real < 0).all()
    assert (on_fake > 0).all() or name == "least_squares"  # 0 is its aim for made ones
    assert (gradients(lambda v: game.generator(v[0]), [fake])[0] < 0).all()


def test_a_generator_that_loses_has_a_slope_in_the_non_saturating_game_only():
    lost = [np.full((4, 1), -15.0, "float32")]
    slopes = {
        name: np.abs(
            gradients(lambda v, g=ADVERSARIAL_LOSSES[name]: g.generator(v[0]), lost)[0]
        ).sum()
        for name in ("minimax", "non_saturating")
    }
    assert slopes["minimax"] < 1e-6
    assert slopes["non_saturating"] == pytest.approx(1, rel=1e-5)


def test_logits_of_0_have_a_slope_in_wasserstein_s_game():
    zeros = [np.zeros((2, 1), "float32")]
    np.testing.assert_allclose(
        gradients(lambda v: ADVERSARIAL_LOSSES["wasserstein"].generator(v[0]), zeros)[0], -0.5
    )
