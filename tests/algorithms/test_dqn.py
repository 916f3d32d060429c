import keras
import numpy as np
import pytest

from keras_dl.algorithms import DQN
from keras_dl.algorithms.q_learning import Exploration, Learner
from keras_dl.backend.compiled_calls import CompiledUpdates, compiled_outputs
from keras_dl.environments.chain import chain_values
from tests.algorithms.dqn_values import linear, rows, transitions
from tests.backends import values_on
from tests.checks import check_saving

DISCOUNT = 0.8


def learner(model, **changes):
    options = {
        "seed": 0,
        "environments": 2,
        "capacity": 1000,
        "warm_up": 50,
        "updates_per_step": 1.0,
        "train_period": 10,
        "target_period": 25,
        "exploration": Exploration(1, 1.0),
        "batch_size": 16,
    }
    return Learner(model, "chain", **options | changes)


@pytest.mark.parametrize("double", [False, True])
def test_values_of_the_chain_equal_value_iteration(double):
    model = linear(5, discount=DISCOUNT, double=double)
    model.compile(keras.optimizers.Adam(0.05))
    playing = learner(model)
    for iteration in range(1, 4):
        metrics = playing.learn(iteration, 500)
    values = compiled_outputs(model)(np.eye(5, dtype="float32")[1:-1])
    np.testing.assert_allclose(values, chain_values(DISCOUNT), atol=2e-3)
    assert metrics["steps"] == 1500
    assert metrics["updates"] == 1450


def test_terminal_state_has_no_future_and_a_truncated_one_has():
    model = linear(3)
    _, y = transitions(6)
    y["terminated"] = np.array([1, 0] * 3, "float32")
    future = rows(model.target(y["next_observation"])).max(axis=1)
    expected = y["reward"] + np.array([0, 0.9] * 3) * future
    np.testing.assert_allclose(rows(model.learning_targets(y)), expected, rtol=1e-5)


def test_double_targets_are_at_most_those_of_the_maximum():
    plain, double = linear(3), linear(3, double=True)
    double.set_weights(plain.get_weights())
    random = np.random.default_rng(1)
    for model in (plain, double):  # the copy differs from the network
        for variable in model.target.variables:
            variable.assign(np.random.default_rng(2).normal(size=variable.shape))
    _, y = transitions(200)
    y["terminated"] = random.integers(2, size=200).astype("float32")
    low, high = rows(double.learning_targets(y)), rows(plain.learning_targets(y))
    assert (low <= high + 1e-6).all()
    assert (low < high - 1e-3).any()
    double.copy_target()
    plain.copy_target()
    np.testing.assert_allclose(
        rows(double.learning_targets(y)), rows(plain.learning_targets(y)), rtol=1e-5
    )


def test_copy_is_frozen_until_it_is_renewed():
    model = linear(3)
    model.compile(keras.optimizers.SGD(0.1))
    before = [rows(v) for v in model.target.variables]
    x, y = transitions(40)
    CompiledUpdates(model, 8)(x, y)
    for variable, old in zip(model.target.variables, before, strict=True):
        np.testing.assert_array_equal(rows(variable), old)
    assert not np.array_equal(rows(model.net.variables[0]), before[0])
    model.copy_target()
    for old, new in zip(model.target.variables, model.net.variables, strict=True):
        np.testing.assert_array_equal(rows(old), rows(new))


def test_learner_renews_the_copy_after_the_period_and_not_before():
    model = linear(5)
    model.compile(keras.optimizers.Adam(0.01))
    playing, copies, copy = learner(model, target_period=30), [], model.copy_target
    model.__dict__["copy_target"] = lambda: (copies.append(playing._updates), copy())
    playing.learn(1, 150)
    assert copies == [30, 60, 90]


def test_updates_of_one_call_equal_single_steps():
    one, other = linear(3), linear(3)
    for model in (one, other):
        model.compile(keras.optimizers.Adam(0.01))
    x, y = transitions(24)
    logs = CompiledUpdates(one, 8)(x, y)
    losses = []
    for start in range(0, 24, 8):
        part = {name: array[start : start + 8] for name, array in y.items()}
        expected = other.train_on_batch(x[start : start + 8], part, return_dict=True)
        losses.append(float(expected["loss"]))
    for ours, theirs in zip(one.weights, other.weights, strict=True):
        np.testing.assert_allclose(rows(ours), rows(theirs), rtol=1e-5, atol=1e-6)
    assert logs["loss"] == pytest.approx(np.mean(losses), rel=1e-3)


def test_large_errors_have_a_gradient_of_1():
    model = linear(3)
    model.compile(keras.optimizers.SGD(1.0))
    x, y = transitions(1)
    y["reward"], y["terminated"] = np.array([1e3], "float32"), np.ones(1, "float32")
    kernel = rows(model.net.variables[0])
    CompiledUpdates(model, 1)(x, y)
    moved = rows(model.net.variables[0]) - kernel
    np.testing.assert_allclose(moved[:, y["action"][0]], x[0], rtol=1e-4, atol=1e-4)


def test_saved_model_and_its_count():
    model = linear(3, double=True)
    check_saving(model, transitions(4)[0])
    copy = DQN.from_config(model.get_config())
    assert (copy.discount, copy.double) == (0.9, True)


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match=r"`discount` must lie in \[0, 1\]"):
        linear(3, discount=1.5)
    model = linear(5)
    model.compile("adam")
    playing = learner(model, warm_up=100)
    with pytest.raises(ValueError, match="`warm_up` and `train_period` must leave updates"):
        playing.learn(1, 50)


def test_exploration_falls_linearly():
    exploration = Exploration(100, 0.1)
    assert [exploration.at(step) for step in (0, 50, 100, 1000)] == pytest.approx(
        [1.0, 0.55, 0.1, 0.1]
    )


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_values_equal_another_backend_s(backend, tmp_path):
    from tests.algorithms.dqn_values import values

    there = values_on(backend, "algorithms.dqn_values", tmp_path)
    for name, value in values().items():
        np.testing.assert_allclose(there[name], value, rtol=1e-4, atol=1e-5, err_msg=name)
