import keras
import numpy as np
import pytest

from keras_dl.algorithms import InvariantRisk
from tests.algorithms.invariant_values import model, rows, trained
from tests.backends import values_on


def crossentropy(z, y):
    return np.mean(np.logaddexp(0, z) - y * z)


@pytest.mark.parametrize(("penalty", "anneal"), [(0.0, 0), (5.0, 0), (5.0, 1), (0.5, 0)])
def test_loss_is_the_formula_with_the_derivative_by_differences(penalty, anneal):
    made, (x, y) = model(penalty=penalty, anneal=anneal, l2=0.01), rows()
    z = np.asarray(made(x), "float64")
    squares = sum((w.astype("float64") ** 2).sum() for w in made.net.get_weights())
    risks, slopes = [], []
    for e in range(2):
        risks.append(crossentropy(z[:, e], y[:, e]))
        ends = [crossentropy(w * z[:, e], y[:, e]) for w in (1 + 1e-4, 1 - 1e-4)]
        slopes.append(((ends[0] - ends[1]) / 2e-4) ** 2)
    weight = 1.0 if anneal else penalty
    expected = np.mean(risks) + 0.01 * squares + weight * np.mean(slopes)
    loss = made.train_on_batch(x, y, return_dict=True)["loss"]
    assert loss == pytest.approx(expected / max(weight, 1.0), rel=1e-4)


def test_penalty_is_zero_where_scaling_the_logits_gains_nothing():
    made, (x, y) = model(penalty=1e6), rows()
    made.net.set_weights([np.zeros_like(w) for w in made.net.get_weights()])
    loss = made.train_on_batch(x, y, return_dict=True)["loss"]
    assert loss == pytest.approx(np.log(2) / 1e6, rel=1e-4)


def test_test_loss_is_the_crossentropy_and_accuracy_that_of_the_sign():
    made, (x, y) = model(penalty=100.0, l2=0.1), rows()
    z = np.asarray(made(x[:, 0]))[:, 0]
    loss, accuracy = made.evaluate(x[:, 0], y[:, 0], verbose=0)
    assert loss == pytest.approx(crossentropy(z, y[:, 0]), rel=1e-5)
    assert accuracy == pytest.approx(np.mean((z > 0) == y[:, 0]))


def test_saved_model_is_the_same(tmp_path):
    made, (x, _) = model(penalty=3.0, anneal=4, l2=0.1), rows()
    made.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(np.asarray(again(x)), np.asarray(made(x)))
    assert (again.penalty, again.anneal, again.l2) == (3.0, 4, 0.1)


@pytest.mark.parametrize("wrong", [{"penalty": -1}, {"l2": float("nan")}, {"anneal": -1}])
def test_wrong_numbers_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        InvariantRisk(keras.layers.Rescaling(1.0), model().net, **wrong)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_values_equal_another_backend_s(backend, tmp_path):
    here, there = trained(), values_on(backend, "algorithms.invariant_values", tmp_path)
    assert set(there) == set(here)
    for name, values in here.items():
        np.testing.assert_allclose(there[name], values, rtol=1e-4, atol=1e-6, err_msg=name)
