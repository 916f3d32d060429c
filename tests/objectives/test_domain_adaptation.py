import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from keras_dl.objectives import DomainAdaptation
from tests.checks import check_saving
from tests.objectives.adaptation_values import STEPS, batch, made, trained

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
    expected += crossentropy(outputs["domain"], (~known).astype(int))
    found = model.train_on_batch(x, y, return_dict=True)
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


@pytest.mark.parametrize(("mode", "sign"), [("reversal", 1), ("source_only", 0), ("multitask", -1)])
def test_strength_follows_the_schedule(mode, sign):
    model, (x, y) = made(mode), batch()
    assert strength(model) == 0
    for step in range(1, STEPS + 3):
        model.train_on_batch(x, y)
        p = min(step / STEPS, 1)
        assert strength(model) == pytest.approx(sign * (2 / (1 + np.exp(-10 * p)) - 1), abs=1e-6)
    before = strength(model)
    model.evaluate(x, np.zeros(6), verbose=0)
    assert strength(model) == before


def test_schedule_goes_on_within_one_fit():
    model, (x, y) = made(), batch()
    model.fit(x, y, batch_size=2, epochs=2, verbose=0)  # six steps, compiled once
    assert strength(model) == pytest.approx(2 / (1 + np.exp(-10 * 6 / STEPS)) - 1, abs=1e-6)


@pytest.mark.parametrize(
    ("mode", "value"), [("reversal", 1), ("source_only", 0), ("multitask", -1)]
)
def test_without_steps_the_strength_is_constant(mode, value):
    model, (x, y) = made(mode, total_steps=None), batch()
    model.train_on_batch(x, y)
    assert strength(model) == value


def test_features_learn_from_the_labels_minus_the_domains():
    """One step of each mode: the label's part alone, and the domain's part added or taken off."""
    moved = {}
    for mode in ("reversal", "source_only", "multitask"):
        model, (x, y) = made(mode, total_steps=None), batch()
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
        losses[mode] = model.train_on_batch(x, y)[0]
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
        model.train_on_batch(x, y)
    assert distance() < before / 4


def test_settled_accuracy_is_accuracy_times_growth():
    model, (x, y) = made("source_only"), batch()
    for _ in range(3):
        model.train_on_batch(x, y)
    found = model.evaluate(x, np.arange(6) % 3, verbose=0, return_dict=True)
    grown = 2 / (1 + np.exp(-10 * 3 / STEPS)) - 1
    assert found["settled_accuracy"] == pytest.approx(found["accuracy"] * grown, abs=1e-6)


def test_batches_of_one_domain_are_no_trouble():
    for y in (np.full(6, -1), np.zeros(6, int)):
        assert np.isfinite(made().train_on_batch(batch()[0], y)).all()


def test_saved_model_is_the_classifier():
    model, (x, y) = made("multitask"), batch()
    model.train_on_batch(x, y)
    check_saving(model, x)
    again = DomainAdaptation.from_config(model.get_config())
    assert (again.mode, again.total_steps) == ("multitask", STEPS)


def test_compiled_steps_equal_plain_ones():
    if keras.backend.backend() == "torch":
        pytest.skip("torch's compiler is not part of this project")
    np.testing.assert_allclose(trained(jit_compile=True), trained(), rtol=1e-5, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_training_equals_another_backend_s(backend, tmp_path):
    if backend == keras.backend.backend():
        pytest.skip(f"{backend} runs these tests")
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    target = tmp_path / "values.npz"
    command = [sys.executable, "-m", "tests.objectives.adaptation_values", str(target)]
    environment = {**os.environ, "KERAS_BACKEND": backend}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with np.load(target) as there:
        for name, mode in (("reversal",) * 2, ("coral",) * 2, ("compiled", "reversal")):
            here = trained(mode)
            np.testing.assert_allclose(there[name], here, rtol=1e-5, atol=1e-5, err_msg=name)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"mode": "dann"}, ValueError, "`mode` must be one of reversal.*mode='dann'"),
        ({"coral": -1.0}, ValueError, "`coral` must not be negative.*-1.0"),
        ({"coral": "1"}, TypeError, "`coral` must be"),
        ({"total_steps": 0}, ValueError, "`total_steps` must be at least 1"),
        ({"total_steps": 1.5}, TypeError, "`total_steps` must be an integer"),
    ],
)
def test_bad_input_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        made(**options)
