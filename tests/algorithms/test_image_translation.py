import keras
import numpy as np
import pytest

from keras_dl.metrics import frechet_distance
from keras_dl.optimizers import make_gan_optimizer
from tests.algorithms.translation_values import CASES, SOURCE, TARGET, game, trained
from tests.backends import values_on


def made(**options):
    keras.utils.set_random_seed(0)
    return game(make_gan_optimizer(0.01), **options)


def weights(net):
    return [keras.ops.convert_to_numpy(w).copy() for w in net.trainable_weights]


def equal(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_losses_by_numpy():
    model = made(l1_weight=7.0)
    scaled = [a.astype("float32") / 127.5 - 1 for a in (SOURCE, TARGET)]
    image = keras.ops.convert_to_numpy(model.generator(scaled[0], training=False))
    real, fake = (
        keras.ops.convert_to_numpy(model.discriminator([i, scaled[0]], training=False))
        for i in (scaled[1], image)
    )
    against = (np.log1p(np.exp(-real)).mean() + np.log1p(np.exp(fake)).mean()) / 2
    own, l1 = np.log1p(np.exp(-fake)).mean(), np.abs(scaled[1] - image).mean()
    found = model.evaluate(SOURCE, TARGET, batch_size=6, verbose=0, return_dict=True)
    assert found["loss"] == pytest.approx(against + own + 7 * l1, rel=1e-4)
    assert found["l1"] == pytest.approx(l1, rel=1e-4)
    patches = [
        np.stack([
            p[:, r : r + 4, c : c + 4].reshape(6, -1) for r in (0, 4, 8, 12) for c in (0, 4, 8, 12)
        ]).reshape(-1, 48)
        for p in (scaled[1], image)
    ]  # fmt: skip
    assert found["patch_distance"] == pytest.approx(frechet_distance(*patches), rel=1e-2)


def fitted(model, **options):
    callbacks = [model.sample_monitor]
    return model.fit(SOURCE, TARGET, verbose=0, callbacks=callbacks, **options).history


def test_distance_alone_leaves_the_discriminator_bit_equal():
    model = made(adversarial_weight=0.0)
    before = weights(model.discriminator), weights(model.generator)
    history = fitted(model, batch_size=3, epochs=2)
    assert equal(before[0], weights(model.discriminator))
    assert not equal(before[1], weights(model.generator))
    assert "generator_win_rate" not in history
    assert history["discriminator_gradient_norm"] == [0.0, 0.0]


def test_both_learn_in_the_game():
    model = made()
    before = weights(model.discriminator), weights(model.generator)
    history = fitted(model, batch_size=3)
    assert not equal(before[0], weights(model.discriminator))
    assert not equal(before[1], weights(model.generator))
    assert history["discriminator_gradient_norm"][0] > 0
    assert "patch_distance" not in history


@pytest.mark.slow
def test_generator_comes_closer_to_the_targets():
    model = made()
    flat = np.broadcast_to(np.array([200, 90, 30], "uint8"), TARGET.shape)
    before = np.abs(model.images(SOURCE).astype(float) - flat).mean()
    model.fit(SOURCE, flat, batch_size=2, epochs=25, verbose=0)
    assert np.abs(model.images(SOURCE).astype(float) - flat).mean() < before / 2


@pytest.mark.slow
def test_shown_sources_are_translated_after_each_epoch():
    model = made(adversarial_weight=0.0)
    model.monitor(SOURCE[:2])
    fitted(model, epochs=2)
    assert model.sample_monitor.snapshots[1].shape == (2, 16, 16, 3)
    np.testing.assert_array_equal(model.sample_monitor.snapshots[2], model.images(SOURCE[:2]))


@pytest.mark.slow
def test_saved_model_translates_as_the_one_in_memory(tmp_path):
    model = made(l1_weight=5.0, adversarial_loss="least_squares")
    model.train_on_batch(SOURCE, TARGET)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert (again.l1_weight, again.adversarial_loss, again.adversarial_weight) == (
        5.0,
        "least_squares",
        1.0,
    )
    np.testing.assert_array_equal(again.images(SOURCE), model.images(SOURCE))
    for ours, theirs in zip(again.optimizer.variables, model.optimizer.variables, strict=True):
        np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (ours, theirs)))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"l1_weight": -1.0}, ValueError, "`l1_weight` must be finite and 0 or more"),
        ({"adversarial_weight": "1"}, TypeError, "`adversarial_weight` must be a number"),
        ({"l1_weight": 0.0, "adversarial_weight": 0.0}, ValueError, "must not both be 0"),
        ({"adversarial_loss": "chess"}, ValueError, "`adversarial_loss` must be one of"),
    ],
)
def test_bad_input_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        made(**options)


@pytest.mark.slow
def test_compiled_steps_equal_plain_ones():
    if keras.backend.backend() == "torch":
        pytest.skip("torch's compiler is not part of this project")
    plain, compiled = (trained("game", jit_compile=jit_compile) for jit_compile in (False, True))
    np.testing.assert_allclose(compiled, plain, rtol=1e-3, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_training_equals_another_backend_s(backend, tmp_path):
    there = values_on(backend, "algorithms.translation_values", tmp_path)
    for case in CASES:
        # float32, through three steps of nets with batch normalisation.
        np.testing.assert_allclose(there[case], trained(case), rtol=1e-3, atol=1e-4)
