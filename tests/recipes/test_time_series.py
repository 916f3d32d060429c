import numpy as np
import pytest
from recipes.time_series import recipe

from keras_dl.tasks import predicting


@pytest.fixture
def result(store):
    options = {"context": 48, "horizon": 24, "log": False, "epochs": 8, "verbose": False}
    return recipe.run(dataset="seasonal", **options)


def test_a_season_is_forecast_beside_simple_forecasts(result, store):
    metrics = result.metrics
    assert metrics["test/mae"] < 0.7 * metrics["last_value_mae"]
    assert metrics["test/mae"] < 1.2 * metrics["last_season_mae"]
    assert metrics["test/mase"] == pytest.approx(
        metrics["test/mae"] / result.data.extras["scale"], rel=1e-5
    )
    best = min(metrics[f"{name}_mae"] for name in ("last_value", "last_season", "linear"))
    assert metrics["skill"] == pytest.approx(1 - metrics["test/mae"] / best, abs=1e-4)
    assert {"error_by_step", "forecasts"} <= set(result.figures)
    path = store / "hours.csv"
    path.write_text("\n".join(str(20 + 5 * np.sin(2 * np.pi * i / 24)) for i in range(48)))
    (good, bad) = predicting.predictions(result.run_id, [str(path), "nowhere.csv"])
    values = np.array([float(value) for value in good.text.split(", ")])
    assert len(values) == 24
    assert np.abs(values - 20 - 5 * np.sin(2 * np.pi * np.arange(24) / 24)).mean() < 2
    assert "`dataset` must be" in bad.error
