import keras
import numpy as np
import pytest

from keras_dl.models.forecasters import BASES, CELLS, forecaster, in_units
from tests.checks import check_gradients, check_saving, forward

X = np.random.default_rng(0).normal(size=(5, 12, 1)).astype("float32")


@pytest.mark.parametrize("cell", CELLS)
def test_every_weight_learns_and_saving_keeps_the_function(cell):
    keras.utils.set_random_seed(0)
    model = forecaster(12, 3, cell=cell, units=4, layers=2, dropout=0.1)
    assert model.output_shape == (None, 3)
    check_saving(model, X)
    check_gradients(model, X, np.arange(5) % 3)  # forecasts are logits here


@pytest.mark.parametrize("context", [1, 2, 6, 40])
def test_the_convolutions_see_the_whole_window(context):
    keras.utils.set_random_seed(1)
    model = forecaster(context, 2, cell="tcn", units=8)
    x = np.random.default_rng(0).normal(size=(1, context, 1)).astype("float32")
    changed = x.copy()
    changed[0, 0] += 3
    assert np.abs(forward(model, x) - forward(model, changed)).max() > 0


def zero_net(context, horizon):
    """Forecasts 0: what is left is the base."""
    net = forecaster(context, horizon, cell="linear")
    net.set_weights([np.zeros_like(w) for w in net.get_weights()])
    return net


@pytest.mark.parametrize("log", [False, True])
def test_without_a_forecast_the_base_is_left(log):
    values = np.array([[3.0, 5, 7, 4, 6, 8]])[..., None]
    expected = {
        "last_value": [8.0] * 5,
        "last_season": [4.0, 6, 8, 4, 6],
        "none": [np.exp(np.log(values).mean()) if log else values.mean()] * 5,
    }
    assert set(expected) == set(BASES)
    for base, wanted in expected.items():
        model = in_units(zero_net(6, 5), values, log=log, base=base, period=3)
        np.testing.assert_allclose(forward(model, values.astype("float32"))[0], wanted, rtol=1e-5)


def test_a_level_is_added_to_the_forecasts():
    net = forecaster(12, 3, units=4)
    model = in_units(net, X, log=False, base="last_value")
    np.testing.assert_allclose(forward(model, X + 7), forward(model, X) + 7, atol=1e-4)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"log": True}, "`log` must be False.*smallest value -"),
        ({"base": "mean"}, "`base` must be"),
        ({"base": "last_season"}, '`base` must be "last_value" or "none".*period=None'),
        ({"base": "last_season", "period": 13}, "period=13, context=12"),
    ],
)
def test_wrong_arguments_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        in_units(forecaster(12, 3), X, **{"log": False, "base": "none", **options})
    with pytest.raises(ValueError, match="`cell` must be"):
        forecaster(12, 3, cell="rnn")
