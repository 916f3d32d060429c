import importlib
from types import SimpleNamespace

import numpy as np
import pytest

from recipes import conditional_gan, dcgan, gan, pix2pix, wgan_gp

ADVERSARIAL_LOSSES = {
    "gan": gan,
    "dcgan": dcgan,
    "wgan_gp": wgan_gp,
    "conditional_gan": conditional_gan,
}


@pytest.fixture(scope="module")
def digits():
    return gan.data(dataset="digits")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gan", {"adversarial_loss": "minimax", "discriminator_steps": 3}),
        ("dcgan", {"adversarial_loss": "hinge", "r1": 0.5}),
        ("conditional_gan", {"adversarial_loss": "hinge", "discriminator_steps": 2}),
        (
            "wgan_gp",
            {"adversarial_loss": "wasserstein", "discriminator_steps": 2, "gradient_penalty": 5.0},
        ),
    ],
)
def test_hyperparameters_reach_the_game(digits, name, expected):
    given = {"critic_steps": 2, "gradient_penalty": 5.0} if name == "wgan_gp" else expected
    model = ADVERSARIAL_LOSSES[name].build(digits, rate_ratio=3.0, learning_rate=1e-3, **given)
    for attribute, value in expected.items():
        assert getattr(model, attribute) == value
    rates = [float(player.learning_rate) for player in model.optimizer.optimizers]
    assert rates == pytest.approx([3e-3, 1e-3])
    assert model.sample(2).shape == (2, 8, 8, 1)


def test_average_makes_the_images(digits):
    assert dcgan.build(digits, ema_momentum=0.99).ema_generator is not None
    assert dcgan.build(digits).ema_generator is None


def test_critic_has_no_batch_normalisation(digits):
    names = [layer.name for layer in wgan_gp.build(digits).discriminator.layers]
    assert not [name for name in names if name.endswith("norm")]


@pytest.mark.parametrize(("nets", "layer"), [("convolutional", "up1"), ("perceptrons", "hidden")])
def test_players_are_told_the_class_in_both_kinds_of_nets(digits, nets, layer):
    model = conditional_gan.build(digits, nets=nets, latent_dim=7)
    assert model.num_classes == 10
    assert [tuple(x.shape[1:]) for x in model.generator.inputs] == [(7,), (10,)]
    assert [tuple(x.shape[1:]) for x in model.discriminator.inputs] == [(8, 8, 1), (10,)]
    assert model.generator.get_layer(layer) is not None


def test_tables_are_refused():
    for recipe in ADVERSARIAL_LOSSES.values():
        with pytest.raises(ValueError, match="`dataset` must hold images.*iris"):
            recipe.data(dataset="iris")


@pytest.mark.slow
def test_outlines_come_back_as_digits_that_a_classifier_reads():
    data = pix2pix.data()
    model = pix2pix.build(data, filters=8)
    pix2pix.train(SimpleNamespace(fit=lambda *_: None), model, data)
    found = pix2pix.report(model, data)
    assert found["lenet_accuracy_of_real"] > 0.9
    assert found["lenet_accuracy_of_made"] < 0.5  # nothing is learnt yet
    assert {"translations", "sharpness", "overlap_L", "overlap_a", "overlap_b"} <= set(found)
    assert data.input_shape == data.train.y.shape[1:] == (32, 32, 1)


def test_distance_alone_is_a_setting_of_the_same_recipe():
    data = pix2pix.data()
    assert pix2pix.build(data, adversarial_weight=0.0).adversarial_weight == 0
    assert len(pix2pix.build(data).snapshot()) == pix2pix.SHOWN


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_critic_comes_near_the_digits(store):
    recipe = importlib.import_module("recipes.wgan_gp").recipe
    result = recipe.run(dataset="digits", epochs=20, verbose=False)
    fids = result.history["val_lenet_fid"]
    assert fids[-1] < 0.7 * fids[0]
    assert np.isfinite(result.metrics["lenet_kid"])


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    "given",
    [{}, {"nets": "perceptrons", "learning_rate": 5e-4, "momentum": 0.0}],
    ids=["convolutional", "perceptrons"],
)
def test_what_is_asked_for_is_made(store, given):
    result = conditional_gan.recipe.run(
        dataset="digits", epochs=40, batch_size=64, verbose=False, **given
    )
    assert result.metrics["test/label_accuracy"] > 0.6  # by chance 0.1
