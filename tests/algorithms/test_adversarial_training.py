import keras
import numpy as np
import pytest

from keras_dl.algorithms import AdversarialTraining
from keras_dl.attacks import fgsm
from tests.attacks.values import SHAPE, examples, trained
from tests.checks import check_saving


def made(dropout=0.0, **options):
    keras.utils.set_random_seed(0)
    net = keras.Sequential(
        [
            keras.Input(SHAPE),
            keras.layers.Flatten(),
            keras.layers.Dense(8, "tanh"),
            keras.layers.Dropout(dropout),
            keras.layers.Dense(3),
        ]
    )
    scaling = keras.layers.Rescaling(1 / 255)
    scaling.build((None, *SHAPE))
    model = AdversarialTraining(scaling, net, **options)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.5), loss, metrics=["accuracy"], jit_compile=False)
    return model


def loss_of(net, x, y):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return float(loss(y, net(x, training=False)))


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_loss_is_the_mixture(alpha):
    model, (x, y) = made(alpha=alpha, epsilon=0.1), examples()
    clean, hard = loss_of(model.net, x, y), loss_of(model.net, fgsm(model.net, x, y, 0.1), y)
    assert hard > clean + 0.01
    found = model.evaluate(255 * x, y, verbose=0, return_dict=True)
    assert found["loss"] == pytest.approx(alpha * clean + (1 - alpha) * hard, rel=1e-5)


def test_weights_learn_from_fixed_examples():
    """The step is that of the same examples made beforehand: no gradient through their making."""
    model, (x, y) = made(alpha=0.5, epsilon=0.1), examples()
    twin = keras.models.clone_model(model.net)
    twin.set_weights(model.net.get_weights())
    hard = fgsm(model.net, x, y, 0.1)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    twin.compile(keras.optimizers.SGD(0.5), loss)
    twin.train_on_batch(np.concatenate([x, hard]), np.concatenate([y, y]))
    model.train_on_batch(255 * x, y)
    for a, b in zip(model.net.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_plain_training_is_untouched_where_the_attack_is_watched_only():
    model, (x, y) = made(alpha=1.0), examples()
    twin = keras.models.clone_model(model.net)
    twin.set_weights(model.net.get_weights())
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    twin.compile(keras.optimizers.SGD(0.5), loss)
    twin.train_on_batch(x, y)
    model.train_on_batch(255 * x, y)
    for a, b in zip(model.net.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_adversarial_accuracy_is_that_of_the_fast_gradient_sign():
    model, (x, y) = made(epsilon=0.3, attack="pgd"), examples()
    found = model.evaluate(255 * x, y, verbose=0, return_dict=True)
    logits = model.net.predict(fgsm(model.net, x, y, 0.3), verbose=0)
    assert found["adversarial_accuracy"] == pytest.approx(np.mean(logits.argmax(axis=1) == y))
    logits = model.net.predict(x, verbose=0)
    assert found["accuracy"] == pytest.approx(np.mean(logits.argmax(axis=1) == y))


@pytest.mark.slow
@pytest.mark.parametrize("attack", ["fgsm", "pgd"])
def test_robustness_is_learnt(attack):
    random = np.random.default_rng(0)
    y = np.arange(90) % 3
    # A pixel of its own for each class, and others that say little.
    x = np.clip(0.5 + 0.06 * random.normal(size=(90, *SHAPE)), 0, 1)
    x[np.arange(90), y, 0, 0] = 1.0
    found = {}
    for alpha in (1.0, 0.0):
        model = made(alpha=alpha, epsilon=0.2, attack=attack, steps=3, seed=0)
        model.fit(255 * x, y, batch_size=90, epochs=60, verbose=0)
        found[alpha] = model.evaluate(255 * x, y, verbose=0, return_dict=True)
    assert found[0.0]["adversarial_accuracy"] > found[1.0]["adversarial_accuracy"] + 0.05


def test_random_starts_repeat_with_their_seed():
    x, y = examples()

    def weights(seed):
        model = made(attack="pgd", steps=1, epsilon=0.2, seed=seed)
        model.train_on_batch(255 * x, y)
        return model.net.get_weights()[0]

    np.testing.assert_array_equal(weights(1), weights(1))
    assert (weights(1) != weights(2)).any()


@pytest.mark.parametrize("attack", ["fgsm", "pgd"])
def test_compiled_training_runs_with_dropout_and_a_partial_batch(attack):
    if keras.backend.backend() == "torch":
        pytest.skip("torch's compiler is not part of this project")
    model, (x, y) = made(dropout=0.5, attack=attack, steps=2), examples()
    model.jit_compile = True
    history = model.fit(255 * x, y, batch_size=2, epochs=2, verbose=0).history
    assert np.isfinite(history["loss"]).all()


def test_compiled_step_equals_the_plain_one():
    if keras.backend.backend() == "torch":
        pytest.skip("torch's compiler is not part of this project")
    np.testing.assert_allclose(trained(jit_compile=True), trained(), rtol=1e-5, atol=1e-6)


def test_saved_model_is_the_classifier():
    model, (x, y) = made(attack="pgd", alpha=0.2, steps=3, step_size=0.1, seed=4), examples()
    model.train_on_batch(255 * x, y)
    check_saving(model, 255 * x)
    logits = keras.ops.convert_to_numpy(model(255 * x))
    np.testing.assert_allclose(logits, model.net.predict(x, verbose=0), atol=1e-5)
    again = AdversarialTraining.from_config(model.get_config())
    names = ("attack", "epsilon", "alpha", "steps", "step_size", "bounds", "seed")
    assert [getattr(again, n) for n in names] == [getattr(model, n) for n in names]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"attack": "none"}, ValueError, '`attack` must be "fgsm" or "pgd"'),
        ({"alpha": 1.5}, ValueError, r"`alpha` must lie in \[0, 1\].*alpha=1.5"),
        ({"epsilon": -1.0}, ValueError, "`epsilon` must be finite"),
        ({"steps": 0}, ValueError, "`steps` must be at least 1"),
    ],
)
def test_bad_input_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        made(**options)
