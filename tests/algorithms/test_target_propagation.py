import keras
import numpy as np
import pytest

from keras_dl.algorithms import TargetPropagation
from keras_dl.algorithms.target_propagation import RULES
from keras_dl.data.toys import truth_table
from keras_dl.models import threshold_network
from tests.backends import values_on


def learner(rule, units=(5, 4), classes=3):
    keras.utils.set_random_seed(1)
    net = threshold_network((6,), classes, units=units)
    model = TargetPropagation(keras.layers.Rescaling(1.0), net, rule=rule)
    model.compile(keras.optimizers.SGD(0.1), metrics=["accuracy"])
    return model


def examples(count=7):
    rng = np.random.default_rng(0)
    return rng.normal(size=(count, 6)).astype("float32"), np.arange(count) % 3


def numpy_step(weights, x, y, rule):
    """Weights after a step of SGD at rate 0.1, layer by layer as the docstring states it."""
    layers = [[weights[i].astype("float64"), weights[i + 1]] for i in range(0, len(weights), 2)]
    inputs, sums = [x], []
    for kernel, bias in layers:
        sums.append(inputs[-1] @ kernel + bias)
        inputs.append(np.where(sums[-1] >= 0, 1.0, -1.0))
    targets, updated = 2 * np.eye(3)[y] - 1, []
    for (kernel, bias), states, a in zip(layers[::-1], inputs[-2::-1], sums[::-1], strict=True):
        active = targets * (targets * a < 1)
        step = 0.1 / len(x)
        updated = [kernel + step * states.T @ active, bias + step * active.sum(axis=0), *updated]
        targets = np.sign((active if rule == "error" else targets) @ kernel.T)
    return updated


@pytest.mark.parametrize("rule", ["error", "desired_state"])
def test_a_step_is_the_rule(rule):
    model, (x, y) = learner(rule), examples()
    expected = numpy_step(model.get_weights(), x, y, rule)
    model.train_on_batch(x, y)
    for new, wanted in zip(model.get_weights(), expected, strict=True):
        np.testing.assert_allclose(new, wanted, atol=1e-5)


def test_the_rules_differ():
    x, y = examples()
    error, state = (numpy_step(learner("error").get_weights(), x, y, r) for r in RULES[:2])
    assert not np.allclose(error[0], state[0])
    np.testing.assert_array_equal(error[4], state[4])


def test_satisfied_outputs_leave_hidden_units_alone():
    model, (x, y) = learner("error", units=(5,)), examples(1)
    model.denses[-1].set_weights([np.zeros((5, 3), "float32"), np.array([5.0, -5.0, -5.0])])
    before = model.get_weights()
    model.train_on_batch(x, y)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(("rule", "learning"), [("fixed", [2]), ("straight_through", [0, 1, 2])])
def test_layers_that_learn(rule, learning):
    model, (x, y) = learner(rule), examples()
    before = [layer.get_weights() for layer in model.denses]
    model.train_on_batch(x, y)
    after = [layer.get_weights() for layer in model.denses]
    changed = [not np.array_equal(o[0], n[0]) for o, n in zip(before, after, strict=True)]
    assert [number for number, change in enumerate(changed) if change] == learning


def test_validation_loss_is_that_of_the_outputs():
    model, (x, y) = learner("error"), examples()
    sums = model.predict(x, verbose=0)
    targets = 2 * np.eye(3)[y] - 1
    expected = np.maximum(0, 1 - targets * sums).sum(axis=1).mean()
    found = model.evaluate(x, y, verbose=0, return_dict=True)
    assert found["loss"] == pytest.approx(expected, rel=1e-5)
    assert found["accuracy"] == pytest.approx((sums.argmax(axis=1) == y).mean())


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["error", "straight_through"])
def test_xor_is_learnt_by_hidden_units_and_not_by_single_ones(rule):
    table = truth_table("xor").train
    accuracy = {}
    for units in ((), (16,)):
        keras.utils.set_random_seed(0)
        net = threshold_network((2,), 2, units=units)
        model = TargetPropagation(keras.layers.Rescaling(2.0, -1.0), net, rule=rule)
        model.compile(keras.optimizers.Adam(0.03), metrics=["accuracy"])
        model.fit(table.x, table.y, epochs=150, batch_size=4, verbose=0)
        accuracy[units] = model.evaluate(table.x, table.y, verbose=0, return_dict=True)["accuracy"]
    assert accuracy[()] < 1
    assert accuracy[(16,)] == 1


def test_loads_as_it_was_saved(tmp_path):
    model, (x, y) = learner("desired_state"), examples()
    model.train_on_batch(x, y)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.rule == "desired_state"
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), model.predict(x, verbose=0))


def test_unknown_rule_is_refused():
    with pytest.raises(ValueError, match=r"`rule` must be one of error.*Did you mean 'error'"):
        learner("errror")


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_compute_the_same_losses(tmp_path, backend):
    module = "algorithms.target_propagation_values"
    there = values_on(backend, module, tmp_path)
    here = values_on("tensorflow", module, tmp_path, own=True)
    assert set(there) == set(RULES)
    for rule, losses in there.items():
        np.testing.assert_allclose(losses, here[rule], rtol=1e-4)
