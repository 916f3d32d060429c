from pathlib import Path

import keras
import numpy as np
import pytest

import keras_dl.layers
from keras_dl.algorithms import DomainAdaptation
from tests.algorithms.adaptation_values import STEPS, batch, made, rows, trained
from tests.backends import values_on
from tests.checks import check_saving

HEADS = ("label", "domain")
ROOT = Path(__file__).parents[2]


def crossentropy(logits, y):
    logits = np.asarray(logits, "float64")
    return np.mean(np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(y)), y])


def strength(model):
    return float(keras.ops.convert_to_numpy(model.strength))


def test_loss_is_that_of_the_labelled_plus_that_of_the_domains():
    model, (x, y) = made(), batch()
    outputs = model.net.predict(x / 2, verbose=0)
    known = y >= 0
    expected = crossentropy(outputs["label"][known], y[known])
    for domain, own in enumerate((known, ~known)):  # eq. 9: a sum of two means
        expected += crossentropy(outputs["domain"][own], np.full(own.sum(), domain))
    found = model.train_on_batch(*rows(), return_dict=True)
    assert found["loss"] == pytest.approx(expected, rel=1e-5)
    right = outputs["label"][known].argmax(axis=1) == y[known]
    assert found["accuracy"] == pytest.approx(right.mean())


def test_evaluation_looks_at_the_labels_alone():
    model, (x, _) = made(), batch()
    y = np.arange(6) % 3
    found = model.evaluate(x, y, verbose=0, return_dict=True)
    logits = model.net.predict(x / 2, verbose=0)["label"]
    assert found["loss"] == pytest.approx(crossentropy(logits, y), rel=1e-5)
    assert found["accuracy"] == pytest.approx(np.mean(logits.argmax(axis=1) == y))
    np.testing.assert_allclose(model.predict(x, verbose=0), logits, rtol=1e-5)


def test_measures_of_the_target_are_there_where_it_is():
    model, (x, y) = made(), batch()
    measures = {"entropy", "reverse_error", "domain_probe"}
    assert measures < set(model.evaluate(x, y, verbose=0, return_dict=True))
    known = model.evaluate(x, np.zeros(6), verbose=0, return_dict=True)
    assert set(known) == {"loss", "accuracy", "scheduled_accuracy"}
    assert len(model.evaluate(x, np.zeros(6), verbose=0)) == 3
    history = model.fit(*rows(), validation_data=(x, y), verbose=0).history
    assert {f"val_{name}" for name in measures} < set(history)
    assert not measures & set(history)


@pytest.mark.parametrize(("mode", "sign"), [("reversal", 1), ("source_only", 0), ("multitask", -1)])
def test_strength_follows_the_schedule(mode, sign):
    model, (x, y) = made(mode), rows()
    assert strength(model) == 0
    for step in range(1, STEPS + 3):
        model.train_on_batch(x, y)
        p = min(step / STEPS, 1)
        assert strength(model) == pytest.approx(sign * (2 / (1 + np.exp(-10 * p)) - 1), abs=1e-6)
    before = strength(model)
    model.evaluate(*batch(), verbose=0)
    assert strength(model) == before


def test_schedule_goes_on_within_one_fit():
    model, (x, y) = made(), rows()
    model.fit(x, y, batch_size=1, epochs=2, verbose=0)  # six steps, compiled once
    assert strength(model) == pytest.approx(2 / (1 + np.exp(-10 * 6 / STEPS)) - 1, abs=1e-6)


@pytest.mark.parametrize(
    ("mode", "value"), [("reversal", 1), ("source_only", 0), ("multitask", -1)]
)
def test_without_steps_the_strength_is_constant(mode, value):
    model, (x, y) = made(mode, total_steps=None), rows()
    model.train_on_batch(x, y)
    assert strength(model) == value


def test_features_learn_from_the_labels_minus_the_domains():
    """One step of each mode: the label's part alone, and the domain's part added or taken off."""
    moved = {}
    for mode in ("reversal", "source_only", "multitask"):
        model, (x, y) = made(mode, total_steps=None), rows()
        model.train_on_batch(x, y)
        names = ("features", "label", "domain")
        moved[mode] = {name: model.net.get_layer(name).get_weights()[0] for name in names}
    for head in ("label", "domain"):  # the heads do not care
        np.testing.assert_allclose(moved["reversal"][head], moved["multitask"][head], atol=1e-6)
    against, along = moved["reversal"]["features"], moved["multitask"]["features"]
    np.testing.assert_allclose((against + along) / 2, moved["source_only"]["features"], atol=1e-6)
    assert np.abs(against - along).max() > 1e-3


def test_coral_adds_the_distance_of_the_logits_covariances():
    (x, y), losses = batch(), {}
    for mode in ("source_only", "coral"):
        model = made(mode, total_steps=None, coral=3.0)
        logits = model.net.predict(x / 2, verbose=0)["label"]
        losses[mode] = model.train_on_batch(*rows())[0]
    source, target = (np.cov(part, rowvar=False) for part in (logits[y >= 0], logits[y < 0]))
    expected = 3.0 * np.square(source - target).sum() / (4 * 3**2)
    assert losses["coral"] - losses["source_only"] == pytest.approx(expected, rel=1e-4)


def test_coral_brings_covariances_together():
    x, y = batch()
    model = made("coral", total_steps=None, coral=30.0)
    model.optimizer.learning_rate = 0.01

    def distance():
        logits = model.net.predict(x / 2, verbose=0)["label"]
        return np.linalg.norm(np.cov(logits[y >= 0].T) - np.cov(logits[y < 0].T))

    before = distance()
    for _ in range(30):
        model.train_on_batch(*rows())
    assert distance() < before / 4


def test_scheduled_accuracy_is_accuracy_times_growth():
    model, (x, _) = made("source_only"), batch()
    for _ in range(3):
        model.train_on_batch(*rows())
    found = model.evaluate(x, np.arange(6) % 3, verbose=0, return_dict=True)
    grown = 2 / (1 + np.exp(-10 * 3 / STEPS)) - 1
    assert found["scheduled_accuracy"] == pytest.approx(found["accuracy"] * grown, abs=1e-6)


def test_rows_of_one_example_teach_labels_alone():
    """As the source only: the same step as beside a target that nothing is learnt of."""
    (x, y), moved = batch(), {}
    for name, given in {"alone": (x[::2], y[::2]), "beside": rows()}.items():
        model = made("source_only", total_steps=None)
        model.train_on_batch(*given)
        moved[name] = {n: model.net.get_layer(n).get_weights()[0] for n in ("features", "domain")}
    np.testing.assert_allclose(moved["alone"]["features"], moved["beside"]["features"], atol=1e-6)
    untouched = made().net.get_layer("domain").get_weights()[0]
    np.testing.assert_array_equal(moved["alone"]["domain"], untouched)
    assert np.isfinite(made().train_on_batch(x, np.full(6, -1))).all()


def test_saved_model_is_the_classifier():
    model = made("multitask", statistics="separate")
    model.train_on_batch(*rows())
    check_saving(model, batch()[0])
    again = DomainAdaptation.from_config(model.get_config())
    assert (again.mode, again.total_steps, again.statistics) == ("multitask", STEPS, "separate")


def test_domains_of_a_row_have_their_numbers():
    """Two sources and a target: three logits of the domain head, the last the target's."""
    inputs = keras.Input((5,))
    features = keras.layers.Dense(4, name="features")(inputs)
    label = keras.layers.Dense(3, name="label")(features)
    turned = keras_dl.layers.GradientReversal(0.0, name="reversal")(features)
    net = keras.Model(inputs, {"label": label, "domain": keras.layers.Dense(3)(turned)})
    model = DomainAdaptation(keras.layers.Rescaling(1.0), net)
    model.compile(keras.optimizers.SGD(0.1))
    x = np.random.default_rng(2).normal(size=(4, 3, 5)).astype("float32")
    y = np.array([[0, 1, -1], [2, 2, -1], [1, 0, -1], [0, 0, -1]])
    outputs = net.predict(x.reshape(12, 5), verbose=0)
    known = y.ravel() >= 0
    expected = crossentropy(outputs["label"][known], y.ravel()[known])
    expected += 3 * crossentropy(outputs["domain"], np.tile([0, 1, 2], 4))
    assert model.train_on_batch(x, y)[0] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("statistics", ["joint", "separate"])
def test_batch_normalization_sees_domains_together_or_apart(statistics):
    inputs = keras.Input((5,))
    normal = keras.layers.BatchNormalization(momentum=0.0, name="features")(inputs)
    turned = keras_dl.layers.GradientReversal(0.0, name="reversal")(normal)
    heads = {n: keras.layers.Dense(2, name=n)(normal if n == "label" else turned) for n in HEADS}
    net = keras.Model(inputs, heads)
    model = DomainAdaptation(keras.layers.Rescaling(1.0), net, statistics=statistics)
    random = np.random.default_rng(0)
    x = np.stack([random.normal(0, 1, (8, 5)), random.normal(9, 1, (8, 5))], axis=1)
    found = keras.ops.convert_to_numpy(model(x, training=True)["label"])
    kernel, bias = net.get_layer("label").get_weights()
    parts = [x.reshape(16, 5)] if statistics == "joint" else [x[:, 0], x[:, 1]]
    logits = [(p - p.mean(0)) / np.sqrt(p.var(0) + 1e-3) @ kernel + bias for p in parts]
    expected = logits[0].reshape(8, 2, 2) if statistics == "joint" else np.stack(logits, axis=1)
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_compiled_steps_equal_plain_ones():
    if keras.backend.backend() == "torch":
        pytest.skip("torch's compiler is not part of this project")
    np.testing.assert_allclose(trained(jit_compile=True), trained(), rtol=1e-5, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_training_equals_another_backend_s(backend, tmp_path):
    there = values_on(backend, "algorithms.adaptation_values", tmp_path)
    for name in ("reversal", "coral", "separate", "compiled"):
        mode = "coral" if name == "coral" else "reversal"
        here = trained(mode, statistics="separate" if name == "separate" else "joint")
        np.testing.assert_allclose(there[name], here, rtol=1e-4, atol=1e-5, err_msg=name)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"mode": "dann"}, ValueError, "`mode` must be one of reversal.*mode='dann'"),
        ({"statistics": "none"}, ValueError, "`statistics` must be one of joint, separate"),
        ({"coral": -1.0}, ValueError, "`coral` must not be negative.*-1.0"),
        ({"coral": "1"}, TypeError, "`coral` must be"),
        ({"total_steps": 0}, ValueError, "`total_steps` must be at least 1"),
        ({"total_steps": 1.5}, TypeError, "`total_steps` must be an integer"),
    ],
)
def test_bad_input_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        made(**options)
