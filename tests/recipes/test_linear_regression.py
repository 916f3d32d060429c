import numpy as np
import pytest
from recipes.linear_regression import build, closed_form, data, recipe, report
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.preprocessing import StandardScaler


def trained(weight_decay, steps=300):
    table = data(dataset="diabetes")
    model = build(table, weight_decay=weight_decay)
    for _ in range(steps):
        model.train_on_batch(table.train.x, table.train.y)
    return table, model


def standard(table):
    x = StandardScaler().fit_transform(table.train.x.astype("float64"))
    y = table.train.y.astype("float64")
    return x, (y - y.mean()) / y.std()


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_descent_arrives_where_scikit_learn_does(weight_decay):
    table, model = trained(weight_decay)
    x, y = standard(table)
    exact = Ridge(alpha=len(x) * weight_decay / 2) if weight_decay else LinearRegression()
    exact.fit(x, y)
    kernel, bias = model.get_layer("linear_regression").get_weights()
    np.testing.assert_allclose(kernel[:, 0], exact.coef_, atol=1e-4)
    np.testing.assert_allclose(bias, exact.intercept_, atol=1e-4)
    np.testing.assert_allclose(closed_form(table, weight_decay)[:-1], exact.coef_, atol=1e-9)
    numbers = report(model, table)
    assert numbers["weight_gap"] < 1e-4
    assert numbers["prediction_gap"] < 1e-4


def test_r_squared_is_that_of_scikit_learn():
    table, model = trained(0.0, steps=20)
    from sklearn.metrics import r2_score

    expected = r2_score(table.test.y, model.predict(table.test.x, verbose=0))
    assert report(model, table)["r_squared"] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("dataset", ["iris", "digits"])
def test_classes_are_refused(dataset):
    with pytest.raises(ValueError, match="`dataset` must be a table with one number to predict"):
        data(dataset=dataset)


@pytest.mark.slow
def test_a_run_arrives_too(store):
    result = recipe.run(verbose=False)
    assert result.metrics["weight_gap"] < 1e-4
    assert result.metrics["prediction_gap"] < 1e-4
    assert "predicted_against_actual" in result.figures
