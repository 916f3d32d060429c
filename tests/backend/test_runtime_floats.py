"""Dials: floats to whoever looks, variables in traces, and no number that stays behind unseen."""

import math

import keras
import numpy as np
import pytest

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="runtime floats are for TensorFlow's traces"
)
tf = pytest.importorskip("tensorflow")

from keras_dl.backend.runtime_floats import ROOM, RuntimeFloat, RuntimeFloats  # noqa: E402


def panel(**values):
    made = RuntimeFloats(values)
    return made, *made.floats.values()


def traced(function):
    return tf.function(function, autograph=False)


def test_dial_passes_for_a_float():
    _, rate = panel(rate=0.25)
    assert isinstance(rate, float)
    assert rate > 0
    assert rate == 0.25
    assert 0 <= rate < 1
    assert f"{rate:.1f} {rate!r}" == "0.2 0.25"
    assert math.sqrt(rate) == 0.5
    assert np.float32(rate) == 0.25


@pytest.mark.parametrize(
    "formula",
    [
        lambda rate: 1.0 / (1.0 - rate),
        lambda rate: 2 * rate**2 - rate / 3,
        lambda rate: abs(-rate) % 0.2 + 3**rate,
    ],
)
def test_trace_follows_what_is_reckoned_from_a_dial(formula):
    known, rate = panel(rate=0.25)
    step = traced(lambda x: x * formula(rate))
    x = tf.constant([1.0, -2.0])
    np.testing.assert_array_equal(step(x), x * formula(0.25))
    assert known.assign({"rate": 0.7})
    np.testing.assert_array_equal(step(x), x * formula(0.7))
    assert step.experimental_get_tracing_count() == 1


def test_decimals_are_rounded_once_as_those_of_floats_are():
    known, rate = panel(rate=0.1)
    step = traced(lambda: tf.constant(1.0) * (1.0 - rate))
    step()
    for value in np.random.default_rng(0).random(50).tolist():
        assert known.assign({"rate": value})
        assert step().numpy() == np.float32(1.0 - value)


@pytest.mark.parametrize(
    ("look", "same", "other"),
    [
        (lambda rate: rate > 0, 0.5, 0.0),
        (bool, 0.5, 0.0),
        (lambda rate: rate == 0.25, 0.25, 0.5),
        (lambda rate: 1 - rate < 0.9, 0.5, 0.05),
        (float, 0.25, 0.26),
        (math.sqrt, 0.25, 0.26),
        (lambda rate: np.asarray(rate), 0.25, 0.26),
        (lambda rate: {rate: 1}, 0.25, 0.26),
        (lambda rate: int(10 * rate), 0.29, 0.31),
        (lambda rate: tf.constant(1.0) * rate, 0.25, 0.26),  # outside of a trace: a constant
    ],
)
def test_number_that_would_be_looked_at_with_another_result_is_refused(look, same, other):
    known, rate = panel(rate=0.25)
    look(rate)
    assert not known.assign({"rate": other})
    assert rate.value == 0.25
    assert known.assign({"rate": same})
    assert rate.value == same


def test_refused_number_leaves_the_trace_as_it_was():
    known, rate = panel(rate=0.25)
    step = traced(lambda: tf.constant(1.0) * (rate if rate > 0 else 5.0))
    assert step() == 0.25
    assert not known.assign({"rate": 0.0})
    assert step() == 0.25


def test_first_value_of_a_keras_variable_is_not_looked_at():
    known, rate = panel(rate=0.25)
    keras.optimizers.Adam(rate)
    assert known.assign({"rate": 0.5})


def test_division_by_a_number_turned_to_zero_is_refused():
    known, rate = panel(rate=0.25)
    step = traced(lambda: tf.constant(1.0) * (1 / rate))
    assert step() == 4.0
    assert not known.assign({"rate": 0.0})
    assert step() == 4.0


def test_more_numbers_than_there_is_room_for_are_refused():
    _, rate = panel(rate=0.25)
    with pytest.raises(ValueError, match=f"at most {ROOM} numbers"):
        traced(lambda: [tf.constant(1.0) * (rate + i) for i in range(ROOM + 1)])()


def test_types_of_whole_numbers_are_not_given():
    _, rate = panel(rate=0.25)
    with pytest.raises(TypeError, match="cannot convert 0.25"):
        traced(lambda: tf.constant([1]) * rate)()
    assert type(rate) is RuntimeFloat
