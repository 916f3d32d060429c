import keras
import numpy as np
import pytest

from keras_dl.algorithms import Multitask
from tests.backends import values_on

HEADS = {"kind": "classes", "size": "values"}


def network():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((4,))
    x = keras.layers.Dense(8, activation="tanh", name="trunk")(inputs)
    outputs = {
        "kind": keras.layers.Dense(3, name="kind")(x),
        "size": keras.layers.Dense(2, name="size")(x),
    }
    return keras.Model(inputs, outputs)


def learner(balance="sum", optimizer=None, **options):
    model = Multitask(network(), HEADS, balance=balance, **options)
    model.compile(optimizer or keras.optimizers.Adam(0.01))
    return model


def examples(count=12):
    rng = np.random.default_rng(0)
    kinds = np.arange(count) % 3
    kinds[::4] = -1
    y = {"kind": kinds, "size": rng.normal(size=(count, 2)).astype("float32")}
    return rng.normal(size=(count, 4)).astype("float32"), y


def expected_losses(model, x, y):
    found = model.predict(x, verbose=0)
    known = y["kind"] >= 0
    z = found["kind"][known].astype("float64")
    logs = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    classes = -logs[np.arange(known.sum()), y["kind"][known]].mean()
    values = 0.5 * np.square(found["size"] - y["size"]).sum(axis=1).mean()
    right = (z.argmax(axis=1) == y["kind"][known]).mean()
    return classes, values, right


def test_losses_are_those_of_the_formulas():
    x, y = examples()
    model = learner(head_weights={"size": 0.5})
    classes, values, right = expected_losses(model, x, y)
    found = model.evaluate(x, y, verbose=0, return_dict=True)
    assert found["kind_loss"] == pytest.approx(classes, rel=1e-5)
    assert found["size_loss"] == pytest.approx(values, rel=1e-5)
    assert found["loss"] == pytest.approx(classes + 0.5 * values, rel=1e-5)
    assert found["kind_accuracy"] == pytest.approx(right)


def state(model):
    """Weights of each head and the trunk, and all slots of the optimizer by head."""
    layers = {name: model.net.get_layer(name).get_weights() for name in ("trunk", *HEADS)}
    slots = [[v.numpy() for v in inner.variables] for inner in model.optimizer.optimizers]
    return layers, dict(zip(("trunk", *HEADS), slots, strict=True))


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_alternating_steps_leave_the_idle_head_and_its_slots_alone():
    x, y = examples()
    model = learner("alternate")
    model.optimizer.build(model.trainable_variables)
    before = state(model)
    for active, idle in (("kind", "size"), ("size", "kind"), ("kind", "size")):
        model.train_on_batch(x, y)
        after = state(model)
        for part in (0, 1):
            assert same(before[part][idle], after[part][idle])
            assert not same(before[part][active], after[part][active])
            assert not same(before[part]["trunk"], after[part]["trunk"])
        before = after


def test_a_summed_loss_moves_both_heads():
    x, y = examples()
    model = learner("sum")
    before = model.get_weights()
    model.train_on_batch(x, y)
    moved = [not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]
    assert sum(moved) >= 6


def test_weight_0_leaves_a_head_untrained():
    x, y = examples()
    model = learner("sum", head_weights={"size": 0.0})
    before = model.net.get_layer("size").get_weights()
    model.train_on_batch(x, y)
    assert same(before, model.net.get_layer("size").get_weights())


@pytest.mark.slow
def test_uncertainty_finds_the_noise_of_two_regressions():
    """The authors' example: y₁ = 2x + 8 with σ = 10, y₂ = 3x + 3 with σ = 1."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4000, 1)).astype("float32")
    noise = rng.normal(size=(4000, 2)) * [10, 1]
    targets = (np.concatenate([2 * x + 8, 3 * x + 3], axis=1) + noise).astype("float32")
    inputs = keras.Input((1,))
    outputs = {name: keras.layers.Dense(1, name=name)(inputs) for name in ("first", "second")}
    model = Multitask(
        keras.Model(inputs, outputs),
        {"first": "values", "second": "values"},
        balance="uncertainty",
    )
    rate = keras.optimizers.schedules.CosineDecay(0.1, 20 * 60)
    model.compile(keras.optimizers.Adam(rate))
    y = {"first": targets[:, :1], "second": targets[:, 1:]}
    model.fit(x, y, batch_size=200, epochs=60, verbose=0)
    found = model.sigmas()
    assert found["first"] == pytest.approx(10, rel=0.05)
    assert found["second"] == pytest.approx(1, rel=0.05)
    # The total may fall below 0; each σ is the root of the mean squared error at the optimum.
    errors = model.evaluate(x, y, verbose=0, return_dict=True)
    assert found["first"] == pytest.approx(np.sqrt(2 * errors["first_loss"]), rel=0.02)


@pytest.mark.parametrize("balance", ["sum", "alternate", "uncertainty"])
def test_loads_as_it_was_saved(tmp_path, balance):
    x, y = examples()
    model = learner(balance)
    model.train_on_batch(x, y)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for head, values in model.predict(x, verbose=0).items():
        np.testing.assert_array_equal(values, loaded.predict(x, verbose=0)[head])
    model.train_on_batch(x, y)
    loaded.train_on_batch(x, y)
    for a, b in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"balance": "sums"}, "`balance` must be one of.*Did you mean 'sum'"),
        ({"heads": {"kind": "classes"}}, "`heads` must name the outputs.*'size'"),
        ({"heads": {"kind": "class", "size": "values"}}, r"`heads\['kind'\]` must be"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Multitask(network(), **{"heads": HEADS, **arguments})


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_compute_the_same_losses(tmp_path, backend):
    there = values_on(backend, "algorithms.multitask_values", tmp_path)
    here = values_on("tensorflow", "algorithms.multitask_values", tmp_path, own=True)
    assert set(there) == {"sum", "alternate", "uncertainty"}
    for balance, losses in there.items():
        np.testing.assert_allclose(losses, here[balance], rtol=1e-4)
