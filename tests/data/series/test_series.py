"""Time series: files, windows without a look ahead, and forecasts without a network."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.series import SeriesWindow, forecast_baselines, forecast_windows, read_series

RAMP = np.arange(100.0)


def test_windows_meet_the_values_of_their_own_split():
    data = forecast_windows(RAMP, context=5, horizon=3)
    for name, (first, end) in {"train": (0, 70), "validation": (70, 80), "test": (80, 100)}.items():
        split = getattr(data, name)
        np.testing.assert_array_equal(split.y, split.x[:, -1] + np.arange(1, 4))
        np.testing.assert_array_equal(split.x[:, :, 0], split.x[:, :1, 0] + np.arange(5))
        assert split.y.min() == max(first, 5)
        assert split.y.max() == end - 1
        assert len(split.x) == end - max(first, 5) - 2
    assert data.extras["scale"] == 1.0


def test_baselines_by_hand():
    values = np.array([1.0, 2, 3, 10, 20, 30, 100, 200, 300, 7])
    starts = {"train": np.array([3, 4]), "test": np.array([6, 8])}
    found = forecast_baselines(values, starts, 2, 4, 3)
    np.testing.assert_array_equal(found["last_value"], [[30] * 4, [200] * 4])
    np.testing.assert_array_equal(found["last_season"], [[10, 20, 30, 10], [30, 100, 200, 30]])
    assert "last_season" not in forecast_baselines(values, starts, 2, 4, None)


def test_the_linear_baseline_is_ridge_regression_on_train():
    values = np.random.default_rng(0).normal(5, 2, 60)
    starts = {"train": np.arange(4, 38), "test": np.arange(45, 58)}
    found = forecast_baselines(values, starts, 4, 3, None)["linear"]
    windows = {n: values[rows[:, None] + np.arange(-4, 0)] for n, rows in starts.items()}
    known = values[: starts["train"][-1]]
    mean, deviation = known.mean(), known.std()
    y = values[starts["train"][:, None] + np.arange(3)]
    peer = Ridge(alpha=1e-3 * len(y)).fit((windows["train"] - mean) / deviation, y)
    np.testing.assert_allclose(found, peer.predict((windows["test"] - mean) / deviation), atol=1e-8)


def test_a_csv_file_with_times_and_a_header_is_read(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text("month,sold\n" + "".join(f"2020-{i:02},{i}.5\n" for i in range(1, 31)))
    series = read_series(path)
    np.testing.assert_array_equal(series.values, np.arange(1, 31) + 0.5)
    assert (series.name, series.times, series.period) == ("sales", ("2020-01", "2020-30"), None)
    data = forecast_windows(str(path), context=4, horizon=2)
    assert data.reading.facts["series"] == "30 values, 2020-01 to 2020-30; season: not stated"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["1", "2", "", "x", *"3" * 30], "Received: 'x' in line 4"),
        (["1,2"] * 30 + ["1"], "2 cells in every row"),
        (["1"] * 5, r"at least 20 finite numbers.*shape \(5,\)"),
    ],
)
def test_what_is_no_series_is_refused(tmp_path, lines, words):
    path = tmp_path / "series.csv"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(DatasetError, match=words):
        read_series(path)


def test_unknown_names_and_series_that_are_too_short_are_refused():
    with pytest.raises(DatasetUnavailable, match="`dataset` must be one of airline_passengers"):
        read_series("nowhere.csv")
    with pytest.raises(DatasetError, match="more values for `context` 90"):
        forecast_windows(RAMP, context=90, horizon=3)
    with pytest.raises(DatasetError, match="1 of them not finite"):
        read_series(np.append(RAMP, np.nan))
    with pytest.raises(ValueError, match="at least 5 values"):
        SeriesWindow(5)([RAMP[:4]])
