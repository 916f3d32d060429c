import keras
import numpy as np
import pytest

from keras_dl.algorithms import GAN
from keras_dl.metrics import frechet_distance
from tests.algorithms.gan_values import (
    BATCH,
    CASES,
    batch,
    fixed_noise,
    judge,
    made,
    nets,
    noise,
    trained,
)
from tests.backends import values_on


def weights(net):
    return [keras.ops.convert_to_numpy(w).copy() for w in net.trainable_weights]


def equal(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize(
    "case", ["non_saturating", "minimax", "least_squares", "wasserstein", "hinge", "r1"]
)
def test_steps_equal_two_losses_and_two_optimizers_in_torch(case):
    pytest.importorskip("torch")
    from tests.algorithms.torch_gan import steps

    options = {"adversarial_loss": "non_saturating"} | CASES[case]
    generator, discriminator = nets()
    expected = steps(
        weights(generator), weights(discriminator), batch()[0], noise(), count=3, **options
    )
    with fixed_noise():
        model, (x, y) = made(case), batch()
        for _ in range(3):
            model.train_on_batch(x, y)
    for net, theirs in zip((model.generator, model.discriminator), expected, strict=True):
        for ours, other in zip(weights(net), theirs, strict=True):
            np.testing.assert_allclose(ours, other, rtol=1e-4, atol=1e-5)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="tapes are TensorFlow's")
@pytest.mark.parametrize("case", ["non_saturating", "least_squares", "hinge", "conditional"])
def test_gradient_of_the_sum_equals_two_separate_tapes(case):
    import tensorflow as tf

    from keras_dl.algorithms import ADVERSARIAL_LOSSES

    with fixed_noise():
        model, (x, y) = made(case), batch()
        with tf.GradientTape() as tape:
            loss = model.compute_loss(x, y, model(x, training=True), training=True)
        found = tape.gradient(loss, [w.value for w in model.trainable_variables])
        game, label = ADVERSARIAL_LOSSES[model.adversarial_loss], model._one_hot(y)
        with tf.GradientTape(persistent=True) as tape:
            made_ones = model(x, training=True)
            fake, asked = made_ones["image"], made_ones["labels"]
            real = tf.cast(x, "float32") / 127.5 - 1
            on_real, on_fake = (
                model.discriminator([image, *extra] if extra else image)
                for image, extra in ((real, label), (fake, asked))
            )
            against, own = game.discriminator(on_real, on_fake), game.generator(on_fake)
        separate = tape.gradient(own, [w.value for w in model.generator.trainable_variables])
        separate += tape.gradient(
            against, [w.value for w in model.discriminator.trainable_variables]
        )
    for a, b in zip(found, separate, strict=True):
        # The same sums; the order of additions differs within the last digit.
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("rests", "plays", "option"),
    [
        ("generator", "discriminator", "discriminator_steps"),
        ("discriminator", "generator", "generator_steps"),
    ],
)
def test_one_player_s_update_leaves_the_other_s_weights_bit_equal(rests, plays, option):
    model, (x, y) = made(momentum=0.9, **{option: 3}), batch()
    model.optimizer.build(model.trainable_variables)
    for cycle in range(2):  # in the second the resting player's momentum is not 0
        for step in range(3):
            before = {name: weights(getattr(model, name)) for name in (rests, plays)}
            slots = [keras.ops.convert_to_numpy(v).copy() for v in player_of(model, rests)]
            model.train_on_batch(x, y)
            after = [keras.ops.convert_to_numpy(v) for v in player_of(model, rests)]
            assert not equal(before[plays], weights(getattr(model, plays)))
            assert equal(before[rests], weights(getattr(model, rests))) == (step < 2), cycle
            assert equal(slots, after) == (step < 2)


def player_of(model, name):
    return model.optimizer.optimizers[name == "generator"].variables


def test_average_follows_the_generator():
    model, (x, y) = made("rests"), batch()
    mean = [w.copy() for w in weights(model.generator)]
    for _ in range(4):
        now = weights(model.generator)
        model.train_on_batch(x, y)
        mean = [0.75 * m + 0.25 * w for m, w in zip(mean, now, strict=True)]
    for ours, expected in zip(model.ema_generator.get_weights(), mean, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-5)
    made_ones = model.sample(3, seed=5)
    draws = np.random.default_rng(5).normal(size=(3, 4)).astype("float32")
    expected = (keras.ops.convert_to_numpy(model.ema_generator(draws)) + 1) * 127.5
    np.testing.assert_array_equal(made_ones, np.rint(expected).astype("uint8"))


def test_validation_reports_the_distance_that_numpy_computes():
    x, y = batch()
    with fixed_noise():
        model = made()
        found = model.evaluate(x, y, batch_size=BATCH, verbose=0, return_dict=True)
        pixels = model.predict(x, batch_size=BATCH, verbose=0)
    features = [judge().predict(images, verbose=0)["features"] for images in (x, pixels)]
    assert found["lenet_fid"] == pytest.approx(frechet_distance(*features), rel=1e-3)
    assert "lenet_fid" not in model.fit(x, y, verbose=0).history


def test_validation_does_not_change_the_training():
    x, y = batch()
    found = []
    for options in ({}, {"validation_data": (x, y)}):
        model = made()
        model.fit(x, y, batch_size=3, epochs=2, shuffle=False, verbose=0, **options)
        found.append(weights(model))
    assert equal(*found)


def test_gradient_norms_and_images_of_each_epoch_are_noted():
    model, (x, y) = made("rests"), batch()
    seen = {}
    history = model.fit(
        x, y, batch_size=2, epochs=2, verbose=0,
        callbacks=[
            model.sample_monitor,
            keras.callbacks.LambdaCallback(on_epoch_end=lambda e, logs: seen.update(logs)),
        ],
    ).history  # fmt: skip
    for player in ("discriminator", "generator"):
        assert len(history[f"{player}_gradient_norm"]) == 2
        assert seen[f"{player}_gradient_norm"] > 0  # also for callbacks that come later
    assert list(model.sample_monitor.snapshots) == [1, 2]
    assert model.sample_monitor.snapshots[2].shape == (16, 3, 3, 1)
    assert model.sample_monitor.snapshots[2].dtype == np.uint8
    assert not np.array_equal(model.sample_monitor.snapshots[1], model.sample_monitor.snapshots[2])


def test_conditional_images_depend_on_the_label():
    model = made("conditional")
    draws = np.repeat(noise()[:1], 3, axis=0)
    assert len(model.snapshot()) == 3  # one of each class
    images = model.images(draws, [0, 1, 1])
    assert np.array_equal(images[1], images[2])
    assert not np.array_equal(images[0], images[1])
    x, y = batch()
    assert 0 <= model.evaluate(x, y, verbose=0, return_dict=True)["label_accuracy"] <= 1


def test_generator_learns_a_shade():
    """Real images are all of one grey; made ones come to be."""
    keras.utils.set_random_seed(0)
    model = made("r1", momentum=0.0)
    x = np.full((640, 3, 3, 1), 190, np.uint8)
    before = np.abs(model.sample(50).astype(float) - 190).mean()
    model.fit(x, np.zeros(640), batch_size=16, epochs=25, verbose=0)
    assert np.abs(model.sample(50).astype(float) - 190).mean() < before / 2


@pytest.mark.parametrize("case", ["rests", "conditional"])
def test_saved_model_goes_on_as_the_one_in_memory(case, tmp_path):
    with fixed_noise():  # Keras saves no state of a generator of random numbers
        model, (x, y) = made(case), batch()
        model.train_on_batch(x, y)
        model.save(tmp_path / "model.keras")
        again = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
        assert isinstance(again, GAN)
        for ours, theirs in zip(again.optimizer.variables, model.optimizer.variables, strict=True):
            np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (ours, theirs)))
        for net in (model, again):
            net.train_on_batch(x, y)
    assert equal(again.get_weights(), model.get_weights())
    np.testing.assert_array_equal(again.sample(4), model.sample(4))


def test_compiled_steps_equal_plain_ones():
    if keras.backend.backend() == "torch":
        pytest.skip("torch's compiler is not part of this project")
    np.testing.assert_allclose(
        trained("wasserstein", jit_compile=True), trained("wasserstein"), rtol=1e-4, atol=1e-4
    )


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_training_equals_another_backend_s(backend, tmp_path):
    there = values_on(backend, "algorithms.gan_values", tmp_path)
    for case in CASES:
        # Distances of thousands: float32, and eigenvalues of covariances of six examples.
        np.testing.assert_allclose(there[case], trained(case), rtol=2e-4, atol=1e-3)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"adversarial_loss": "chess"},
            ValueError,
            "`adversarial_loss` must be one of non_saturating.*adversarial_loss='chess'",
        ),
        ({"discriminator_steps": 0}, ValueError, "`discriminator_steps` must be at least 1"),
        ({"generator_steps": 1.5}, TypeError, "`generator_steps` must be an integer"),
        ({"gradient_penalty": -1.0}, ValueError, "`gradient_penalty` must be finite and 0 or more"),
        ({"r1": float("nan")}, ValueError, "`r1` must be finite"),
        ({"ema_momentum": 1.0}, ValueError, r"`ema_momentum` must lie in \[0, 1\)"),
    ],
)
def test_bad_input_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        made(**options)


def test_nets_must_agree_about_labels():
    generator, _ = nets(conditional=True)
    with pytest.raises(ValueError, match="must both take labels.*2 and 1 inputs"):
        GAN(generator, nets()[1])


def test_one_optimizer_for_both_is_refused():
    with pytest.raises(TypeError, match="`optimizer` must be a PlayerOptimizer.*Adam"):
        GAN(*nets()).compile(keras.optimizers.Adam())
