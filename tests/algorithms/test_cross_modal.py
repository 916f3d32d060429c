import keras
import numpy as np
import pytest

from keras_dl.algorithms.cross_modal import CrossModal, multi_positive_loss
from keras_dl.backend.gradients import gradients
from tests.backends import values_on

to_numpy = keras.ops.convert_to_numpy
LABELS = np.array([0, 1, 0, 2, 1, 0])


def tower(size):
    return keras.Sequential([keras.Input((size,)), keras.layers.Dense(4)])


def model(positives="class"):
    keras.utils.set_random_seed(0)
    made = CrossModal(tower(5), tower(3), positives=positives)
    made.compile(keras.optimizers.SGD(0.05))
    return made


def pairs():
    rng = np.random.default_rng(0)
    return {"image": rng.normal(size=(6, 5)), "speech": rng.normal(size=(6, 3))}


def log_softmax(z):
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def test_one_positive_is_the_cross_entropy():
    logits = np.random.default_rng(0).normal(size=(4, 4)).astype("float32")
    found = to_numpy(multi_positive_loss(logits, np.eye(4, dtype="float32")))
    np.testing.assert_allclose(found, -np.diag(log_softmax(logits)), rtol=1e-5)


def test_loss_of_equal_logits_and_its_least_value():
    """log m for equal logits; where k positives share all the probability, log k."""
    positives = np.array([[1, 1, 0, 0, 0]], "float32")
    equal = float(multi_positive_loss(np.zeros((1, 5), "float32"), positives)[0])
    assert equal == pytest.approx(np.log(5), rel=1e-5)
    least = float(multi_positive_loss(50 * positives, positives)[0])
    assert least == pytest.approx(np.log(2), rel=1e-5)


def test_gradient_is_softmax_minus_the_share_of_the_positives():
    logits = np.random.default_rng(0).normal(size=(2, 4)).astype("float32")
    positives = np.array([[1, 0, 1, 0], [0, 1, 0, 0]], "float32")
    (slope,) = gradients(lambda v: keras.ops.sum(multi_positive_loss(v[0], positives)), [logits])
    expected = np.exp(log_softmax(logits)) - positives / positives.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(slope, expected, atol=1e-5)


@pytest.mark.parametrize("positives", ["class", "pair"])
def test_loss_is_the_mean_of_both_directions(positives):
    learner, x = model(positives), pairs()
    found = learner.evaluate(x, LABELS, verbose=0)
    points = {name: to_numpy(value) for name, value in learner(x).items()}
    np.testing.assert_allclose(np.linalg.norm(points["image"], axis=1), 1, rtol=1e-5)
    logits = points["image"] @ points["speech"].T / 0.07
    labels = LABELS if positives == "class" else np.arange(6)
    same = labels[:, None] == labels[None]
    shares = same / same.sum(axis=1, keepdims=True)
    losses = [-(shares * log_softmax(z)).sum(axis=1).mean() for z in (logits, logits.T)]
    assert found == pytest.approx(np.mean(losses), rel=1e-4)


def test_the_scale_is_learnt():
    learner = model()
    before = float(learner.log_scale.numpy())
    learner.fit(pairs(), LABELS, epochs=2, verbose=0)
    assert before == pytest.approx(np.log(1 / 0.07), rel=1e-5)
    assert float(learner.log_scale.numpy()) != before


def test_saved_and_loaded_it_gives_the_same(tmp_path):
    learner = model("pair")
    learner.fit(pairs(), LABELS, verbose=0)
    learner.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.positives == "pair"
    np.testing.assert_array_equal(
        to_numpy(loaded(pairs())["speech"]), to_numpy(learner(pairs())["speech"])
    )
    assert float(loaded.log_scale.numpy()) == float(learner.log_scale.numpy())


def test_positives_are_checked():
    with pytest.raises(ValueError, match='`positives` must be "class" or "pair"'):
        model("speaker")


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_compute_the_same_losses(tmp_path, backend):
    there = values_on(backend, "algorithms.cross_modal_values", tmp_path)
    here = values_on("tensorflow", "algorithms.cross_modal_values", tmp_path, own=True)
    for name, values in here.items():
        np.testing.assert_allclose(there[name], values, rtol=1e-4, err_msg=name)
