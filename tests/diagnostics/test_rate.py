import keras
import numpy as np
import pytest

from keras_dl import diagnostics
from tests.diagnostics.values import LOSS, batch, small


def everything(model):
    some = [*model.variables, *model.optimizer.variables]
    return [keras.ops.convert_to_numpy(v).copy() for v in some]


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda: keras.optimizers.Adam(1e-3),
        lambda: keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 10), momentum=0.9),
    ],
)
def test_everything_is_restored_bit_for_bit(optimizer):
    model, (x, y) = small(batch_norm=True, dropout=0.2), batch(64)
    model.compile(optimizer(), LOSS(from_logits=True))
    model.fit(x, y, epochs=1, verbose=0)
    before, rate = everything(model), model.optimizer._learning_rate
    diagnostics.learning_rate_finder(model, x, y, steps=20, batch_size=16)
    assert model.optimizer._learning_rate is rate
    for old, new in zip(before, everything(model), strict=True):
        np.testing.assert_array_equal(old, new)


def test_training_goes_on_as_if_nothing_had_been():
    weights = []
    for look in (False, True):
        model, (x, y) = small(), batch(64)
        model.fit(x, y, epochs=1, shuffle=False, verbose=0)
        if look:
            diagnostics.learning_rate_finder(model, x, y, steps=10, batch_size=16)
        model.fit(x, y, epochs=2, shuffle=False, verbose=0)
        weights.append(model.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_rates_grow_by_one_factor_and_drive_the_steps():
    model, (x, y) = small(), batch(64)
    model.compile(keras.optimizers.SGD(7.0), LOSS(from_logits=True))
    found = diagnostics.learning_rate_finder(
        model, x, y, low=1e-4, high=1e-1, steps=4, batch_size=64
    )
    np.testing.assert_allclose(found.rates, [1e-4, 1e-3, 1e-2, 1e-1])
    assert found.losses[0] > found.losses[-1]  # steps of the model's own rate 7 would climb
    assert found.losses[0] == pytest.approx(model.evaluate(x, y, verbose=0), rel=1e-4)


def test_divergence_ends_the_test():
    model, (x, y) = small("relu"), batch(64)
    model.compile(keras.optimizers.SGD(0.1), LOSS(from_logits=True))
    found = diagnostics.learning_rate_finder(model, 100 * x, y, low=1e-5, high=1e4, steps=60)
    assert len(found.rates) < 60
    assert found.rates[0] <= found.suggestion < found.rates[-1]


def test_suggestion_is_the_steepest_descent():
    rates = np.geomspace(1e-4, 1.0, 41)
    smoothed = 2.0 - 1.0 / (1.0 + np.exp(-3 * (np.log10(rates) + 2)))  # falls fastest at 0.01
    assert diagnostics.suggest_rate(rates, smoothed) == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"low": 1.0, "high": 0.1}, "`low` must lie between 0 and `high`"),
        ({"steps": 2}, "`steps` must be 3 or more"),
        ({"smoothing": 1.0}, r"`smoothing` must lie in \[0, 1\)"),
    ],
)
def test_bad_settings_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        diagnostics.learning_rate_finder(small(), *batch(), **options)


def test_nothing_is_suggested_from_nothing():
    with pytest.raises(ValueError, match="3 finite losses"):
        diagnostics.suggest_rate(np.array([1.0, 2.0, 3.0]), np.array([1.0, np.nan, np.nan]))
