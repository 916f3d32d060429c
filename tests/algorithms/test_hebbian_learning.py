import keras
import numpy as np
import pytest

from keras_dl.algorithms import HebbianLearning
from keras_dl.models import hebbian


def learner(rule, mean=0.0, features=4):
    scaling = keras.layers.Normalization(mean=mean, variance=1.0)
    model = HebbianLearning(scaling, hebbian((features,)), rule)
    model.compile(keras.optimizers.SGD(0.1))
    return model


def examples(seed=0, count=6, features=4):
    return np.random.default_rng(seed).normal(size=(count, features)).astype("float32")


@pytest.mark.parametrize("rule", ["hebb", "oja"])
def test_a_step_is_the_rule(rule):
    keras.utils.set_random_seed(0)
    model, x = learner(rule), examples()
    w = model.unit.get_weights()[0][:, 0]
    expected = w.astype("float64")
    for _ in range(3):
        y = x @ expected
        change = np.mean(y[:, None] * x, axis=0)
        if rule == "oja":
            change -= np.mean(y**2) * expected
        expected = expected + 0.1 * change
        model.train_on_batch(x, np.zeros(len(x)))
    np.testing.assert_allclose(model.unit.get_weights()[0][:, 0], expected, rtol=1e-5, atol=1e-6)


def test_loss_is_what_the_direction_leaves_unexplained():
    model, x = learner("oja", mean=0.5), examples()
    w = model.unit.get_weights()[0][:, 0]
    centred = x - 0.5
    along = np.outer(centred @ w, w) / np.sum(w**2)
    expected = np.mean(np.sum((centred - along) ** 2, axis=1))
    found = model.evaluate(x, np.zeros(len(x)), verbose=0, return_dict=True)
    assert found["loss"] == pytest.approx(expected, rel=1e-5)
    assert found["weight_norm"] == pytest.approx(np.linalg.norm(w), rel=1e-5)


def test_weights_of_any_length_give_a_finite_loss():
    model, x = learner("hebb"), examples()
    before = model.evaluate(x, np.zeros(len(x)), verbose=0)
    model.unit.set_weights([1e25 * model.unit.get_weights()[0]])
    after = model.train_on_batch(x, np.zeros(len(x)))
    assert np.isfinite(after).all()
    assert np.ravel(after)[0] == pytest.approx(np.ravel(before)[0], rel=1e-4)


def test_loads_as_it_was_saved(tmp_path):
    model, x = learner("oja", mean=0.5), examples()
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), model.predict(x, verbose=0))


def test_another_rule_is_refused():
    with pytest.raises(ValueError, match='`rule` must be "hebb" or "oja"'):
        learner("sanger")
