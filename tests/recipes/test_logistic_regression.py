from dataclasses import replace

import numpy as np
import pytest
from recipes.logistic_regression import build, data, recipe
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

DECAY = 1e-2


def optimum(table):
    """Scikit-learn's solution with the same penalty, and its probabilities in test."""
    scaler = StandardScaler().fit(table.train.x.astype("float64"))
    exact = LogisticRegression(
        C=1 / (len(table.train.x) * DECAY), solver="newton-cg", tol=1e-7, max_iter=10_000
    )
    exact.fit(scaler.transform(table.train.x), table.train.y)
    return exact.predict_proba(scaler.transform(table.test.x))


def test_descent_arrives_where_scikit_learn_does():
    table = data(dataset="iris")
    model = build(replace(table, planned_steps=400), weight_decay=DECAY)
    for _ in range(400):
        model.train_on_batch(table.train.x, table.train.y)
    found = softmax(model.predict(table.test.x, verbose=0), axis=1)
    expected = optimum(table)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert abs(log_loss(table.test.y, found) - log_loss(table.test.y, expected)) < 1e-4


def test_report_shows_weights_of_a_table_and_filters_of_images(store):
    result = recipe.run(budget="smoke", verbose=False)
    assert {"weights", "confusion_matrix"} <= set(result.figures)
    result = recipe.run(dataset="digits", budget="smoke", verbose=False)
    assert {"filters", "mistakes", "confusion_matrix"} <= set(result.figures)


@pytest.mark.slow
def test_a_run_arrives_too(store):
    result = recipe.run(verbose=False)
    found = softmax(result.model.predict(result.data.test.x, verbose=0), axis=1)
    np.testing.assert_allclose(found, optimum(result.data), atol=1e-4)
