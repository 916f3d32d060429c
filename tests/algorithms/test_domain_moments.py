import numpy as np
import pytest
from scipy.special import softmax
from sklearn.linear_model import LinearRegression

from keras_dl.algorithms._domain_moments import DomainMoments


def seen(count=400, size=3, classes=4, gap=0.0):
    """Features around one centre a class, the target's shifted by `gap`; logits; labels or -1."""
    random = np.random.default_rng(0)
    y = random.integers(0, classes, count)
    target = np.arange(count) % 2 == 1
    x = random.normal(size=(classes, size))[y] * 3 + random.normal(size=(count, size))
    x[target] += gap
    logits = np.eye(classes)[y] * 2 + random.normal(size=(count, classes))
    return x.astype("float32"), logits.astype("float32"), np.where(target, -1, y).astype("int32")


def measures(x, logits, y, batch=100):
    metric = DomainMoments(x.shape[1], logits.shape[1])
    for i in range(0, len(x), batch):
        metric.update_state(x[i : i + batch], logits[i : i + batch], y[i : i + batch])
    return {name: float(value) for name, value in metric.result().items()}


def test_entropy_is_that_of_the_target_s_probabilities():
    x, logits, y = seen()
    p = softmax(logits[y < 0], axis=1)
    expected = -np.sum(p * np.log(p), axis=1).mean()
    assert measures(x, logits, y)["entropy"] == pytest.approx(expected, rel=1e-4)


def test_reverse_error_is_that_of_a_regression_on_what_the_target_is_said_to_be():
    x, logits, y = seen()
    target, classes = y < 0, np.eye(4)
    back = LinearRegression().fit(x[target], classes[logits[target].argmax(axis=1)])
    errors = back.predict(x[~target]) - classes[y[~target]]
    expected = np.square(errors).sum(axis=1).mean()
    assert measures(x, logits, y)["reverse_error"] == pytest.approx(expected, rel=5e-3)


@pytest.mark.parametrize("gap", [0.5, 2.0])
def test_domain_probe_is_the_score_of_a_regression(gap):
    x, logits, y = seen(gap=gap)
    expected = LinearRegression().fit(x, y < 0).score(x, y < 0)
    assert measures(x, logits, y)["domain_probe"] == pytest.approx(expected, abs=5e-3)


def test_measures_start_anew_after_reset():
    x, logits, y = seen()
    metric = DomainMoments(3, 4)
    metric.update_state(x[::-1] + 5, logits, y)
    metric.reset_state()
    metric.update_state(x, logits, y)
    again = {name: float(value) for name, value in metric.result().items()}
    assert again == pytest.approx(measures(x, logits, y, batch=400))


def test_without_a_target_there_is_nothing_to_say():
    x, logits, y = seen()
    found = measures(x, logits, np.maximum(y, 0))
    assert found["entropy"] == 0
    metric = DomainMoments(3, 4)
    assert metric.num_unlabelled() == 0
    metric.update_state(x, logits, y)
    assert metric.num_unlabelled() == 200
    assert all(np.isfinite(list(found.values())))
