import dataclasses

import keras
import numpy as np
import pytest

from keras_dl.algorithms import GAN
from keras_dl.data import load
from keras_dl.models import mlp
from keras_dl.tasks.classification import compile_classifier
from keras_dl.tasks.generation import compile_gan
from tests.algorithms.gan_values import nets


def _evaluated(label_smoothing):
    keras.utils.set_random_seed(0)
    model = compile_classifier(mlp((4,), 3, units=(8,)), "sgd", label_smoothing=label_smoothing)
    x = np.random.default_rng(0).normal(size=(10, 4)).astype("float32")
    found = model.evaluate(x, np.arange(10) % 3, verbose=0, return_dict=True)
    return found, model.predict(x, verbose=0)


@pytest.mark.parametrize("label_smoothing", [0.0, 0.2])
def test_loss_and_accuracy_are_those_of_the_logits(label_smoothing):
    found, logits = _evaluated(label_smoothing)
    labels = np.arange(10) % 3
    targets = (1 - label_smoothing) * np.eye(3)[labels] + label_smoothing / 3
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    assert found["loss"] == pytest.approx(-(targets * log_probabilities).sum(1).mean(), rel=1e-5)
    assert found["accuracy"] == pytest.approx(np.mean(logits.argmax(axis=1) == labels))


def test_bad_smoothing_is_refused():
    with pytest.raises(ValueError, match="`label_smoothing` must lie in"):
        compile_classifier(mlp((4,), 3), "sgd", label_smoothing=1.0)


def test_each_player_s_rate_falls_to_zero_in_its_own_steps():
    data = dataclasses.replace(load("iris"), planned_steps=30)
    game = compile_gan(
        GAN(*nets(), discriminator_steps=3),
        data,
        learning_rate=0.1,
        rate_ratio=2.0,
        momentum=0.25,
        second_momentum=0.75,
    )
    discriminator, generator = game.optimizer.optimizers
    for player, rate, steps in ((discriminator, 0.2, 30), (generator, 0.1, 10)):
        schedule = player._learning_rate
        values = [float(schedule(step)) for step in (0, steps // 2, steps)]
        assert values == pytest.approx([rate, rate / 2, 0.0], abs=1e-6)
        assert (player.beta_1, player.beta_2) == (0.25, 0.75)


def test_rate_that_is_not_positive_is_refused():
    with pytest.raises(ValueError, match="`learning_rate` must be positive"):
        compile_gan(GAN(*nets()), load("iris"), learning_rate=0.0)
