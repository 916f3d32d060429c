"""Stages of a training: order, resume, budgets, loops of a recipe's own, reuse of traced models."""

import dataclasses
from typing import Annotated
from unittest import mock

import keras
import numpy as np
import pytest

from keras_dl import Objective, Range, Recipe
from keras_dl.data import Classes, Data, Features, Split
from keras_dl.errors import Diverged, TimedOut
from keras_dl.execution import model_cache, run_job
from keras_dl.execution.run_job import entries
from keras_dl.training import checkpoint, fit
from keras_dl.training.job import Job
from keras_dl.training.session import Session
from tests.backends import values_on

on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="traced models are TensorFlow's"
)


@pytest.fixture(autouse=True)
def fresh():
    model_cache.forget()
    yield
    model_cache.forget()


def data():
    random = np.random.default_rng(0)
    x = random.normal(size=(64, 4)).astype("float32")
    y = (x[:, 0] > 0).astype("int32")
    splits = {"train": Split(x, y), "validation": Split(x[:16], y[:16]), "test": Split(x, y)}
    return Data.from_splits(
        "points", splits, inputs=Features(), targets=Classes(("no", "yes")), batch_size=16
    )


def build(data, *, learning_rate: Annotated[float, Range(1e-4, 1e-1, log=True)] = 1e-2):
    model = keras.Sequential(
        [
            keras.Input(data.input_shape),
            keras.layers.Dense(6, "tanh", name="hidden"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(2, name="logits"),
        ]
    )
    return compile_model(model, learning_rate)


def compile_model(model, learning_rate=1e-2):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss, metrics=["accuracy"])
    return model


def decoder_of(model):
    """An autoencoder that shares the hidden layer; its decoder is created by `train`."""
    hidden = model.get_layer("hidden")
    learner = keras.Sequential([keras.Input((4,)), hidden, keras.layers.Dense(4)])
    learner.compile(keras.optimizers.Adam(0.02), "mse")
    return learner


def unlabelled(data):
    return data.with_splits({name: Split(split.x, split.x) for name, split in data.splits.items()})


def pretrain_first(session, model, data, *, share: Annotated[float, Range(0.1, 1.0)] = 0.5):
    session.fit(decoder_of(model), unlabelled(data), epochs=session.epochs(share), stage="pretrain")
    session.fit(model, data)


def job_of(train, folder, *, epochs=2, **fields):
    recipe = Recipe("points", data, build, train, epochs=epochs)
    changes = {n: fields.pop(n) for n in ("objective", "evaluators") if n in fields}
    recipe = dataclasses.replace(recipe, **changes)
    values = {n: h.default for n, h in recipe.space().items()} | fields.pop("values", {})
    return Job(recipe, values, 0, epochs, folder, **fields)


def trained(job, listener=lambda *_: None):
    loaded = fit.load_data(job)
    return fit.train(job, loaded, fit.build_model(job, loaded), listener)


def weights(model):
    return [keras.ops.convert_to_numpy(v) for v in model.weights]


def assert_same_weights(one, other):
    for ours, theirs in zip(weights(one), weights(other), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_time_before_a_stop_counts_and_that_of_another_trial_does_not(tmp_path):
    first = trained(job_of(None, tmp_path / "own"))
    stored = checkpoint.load(tmp_path / "own", first.model)
    stored.state.seconds, stored.state.finished = 1000.0, False
    checkpoint.save(tmp_path / "own", first.model, stored)
    resumed = trained(job_of(None, tmp_path / "own", epochs=3))
    assert 1000 < resumed.seconds < 1100
    assert resumed.state.epoch == 3
    other = trained(job_of(None, tmp_path / "other", epochs=4, warm_start=tmp_path / "own"))
    assert other.seconds < 100


def test_finished_stages_are_skipped_on_resume(tmp_path):
    whole = trained(job_of(pretrain_first, tmp_path / "whole"))

    def stops(session, model, data):
        session.fit(decoder_of(model), unlabelled(data), epochs=1, stage="pretrain")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trained(job_of(stops, tmp_path / "stopped"))
    heard = []
    resumed = trained(
        job_of(pretrain_first, tmp_path / "stopped"), lambda *event: heard.append(event)
    )
    assert [(stage, epoch) for epoch, _, stage in heard] == [("fit", 1), ("fit", 2)]
    assert resumed.state.history == whole.state.history
    assert_same_weights(resumed.model, whole.model)


def test_metrics_of_other_stages_bear_their_name(tmp_path):
    heard = []
    trained(job_of(pretrain_first, tmp_path), lambda *event: heard.append(event))
    (epoch, values, stage), *others = heard
    assert (epoch, stage, set(values)) == (1, "pretrain", {"pretrain/loss", "pretrain/val_loss"})
    assert [(s, set(v) >= {"objective", "val_accuracy"}) for _, v, s in others] == [
        ("fit", True)
    ] * 2


def test_wrong_stages_are_refused(tmp_path):
    def twice(session, model, data):
        session.fit(model, data, epochs=1, stage="one")
        session.fit(model, data, epochs=1, stage="one")

    def spaced(session, model, data):
        session.fit(model, data, stage="stage one")

    def mixed(session, model, data):
        session.fit(model, data)
        next(session.iterations())

    for train in (twice, spaced, mixed):
        with pytest.raises(ValueError, match="`stage` must be a new name of one word"):
            trained(job_of(train, tmp_path / train.__name__))


def test_training_without_a_main_stage_is_refused(tmp_path):
    def only_other(session, model, data):
        session.fit(model, data, epochs=1, stage="other")

    with pytest.raises(ValueError, match=r"must train the main stage.*Received: stages \['other'"):
        trained(job_of(only_other, tmp_path))


@pytest.mark.parametrize(
    ("share", "epochs"), [(1.0, 10), (0.5, 5), (0.26, 3), (0.01, 1), (2.0, 20)]
)
def test_epochs_are_a_share_of_the_budget(share, epochs, tmp_path):
    job = job_of(None, tmp_path, epochs=10)
    loaded = fit.load_data(job)
    session = Session(job, loaded, fit.build_model(job, loaded), lambda *_: None)
    assert session.epochs(share) == epochs
    assert session.seed == 0


def test_objective_of_another_stage_decides_its_weights(tmp_path):
    measured = {}

    def train(session, model, data):
        # The loss falls, so its largest value is not that of the last weights.
        history = session.fit(
            model, data, epochs=4, stage="first", objective=Objective("val_loss", "max")
        )
        measured["best"] = max(history["val_loss"])
        measured["loss"] = model.evaluate(data.validation.x, data.validation.y, verbose=0)[0]
        assert history["val_loss"][-1] < measured["best"]
        session.fit(model, data)

    trained(job_of(train, tmp_path))
    assert measured["loss"] == pytest.approx(measured["best"], rel=1e-5)


def test_stage_after_freezing_trains_what_is_not_frozen(tmp_path):
    def train(session, model, data):
        hidden = model.get_layer("hidden")
        hidden.trainable = False
        compile_model(model)
        first = hidden.get_weights()
        session.fit(model, data, epochs=1, stage="head")
        np.testing.assert_array_equal(first[0], hidden.get_weights()[0])
        hidden.trainable = True
        compile_model(model)
        session.fit(model, data)
        assert (first[0] != hidden.get_weights()[0]).any()

    for share in (0.25, 0.0):
        with mock.patch("keras_dl.backend.device_memory.SHARE", share):
            trained(job_of(train, tmp_path / f"{share}"))


# Training loops of a recipe's own.


def count_up(stop=None, log=True, **logged):
    """A `train` whose iterations count in the first bias and in an array."""

    def train(session, model, data):
        bias = model.get_layer("logits").bias
        restored = session.restored()
        total = np.zeros(1) if restored is None else restored["total"]
        for iteration in session.iterations():
            total = total + iteration
            bias.assign_add([1.0, 0.0])
            if iteration == stop:
                raise KeyboardInterrupt
            if log:
                session.log(iteration, {"val_return": -float(iteration == 3), **logged})
            session.save({"total": total})

    return train


RETURN = Objective("val_return", "max")


def test_iterations_resume_with_weights_arrays_and_history_of_one_moment(tmp_path):
    job = job_of(count_up(), tmp_path, epochs=4, objective=RETURN)
    with pytest.raises(KeyboardInterrupt):
        trained(job_of(count_up(stop=3), tmp_path, epochs=4, objective=RETURN))
    heard = []
    result = trained(job, lambda *event: heard.append(event))
    assert [epoch for epoch, _, _ in heard] == [3, 4]
    assert result.state.history == {"val_return": [0.0, 0.0, -1.0, 0.0]}
    assert result.session.restored()["total"] == 10
    # Ties keep the first best weights: those after one iteration.
    assert result.state.best_epoch == 1
    np.testing.assert_array_equal(result.model.get_layer("logits").bias, [1, 0])


def test_kill_between_log_and_save_repeats_the_iteration(tmp_path):
    killed = mock.patch.object(Session, "save", side_effect=KeyboardInterrupt)
    job = job_of(count_up(), tmp_path, epochs=3, objective=RETURN)
    with killed, pytest.raises(KeyboardInterrupt):
        trained(job)
    assert trained(job).session.restored()["total"] == 6


def test_earlier_stages_do_not_disturb_restored_iterations(tmp_path):
    """`restored` comes first; the skipped stage after it restores older weights."""

    def train(session, model, data, stop=None):
        total = (session.restored() or {"total": np.zeros(1)})["total"]
        session.fit(decoder_of(model), unlabelled(data), epochs=1, stage="pretrain")
        kernel = model.get_layer("hidden").kernel
        for iteration in session.iterations():
            kernel.assign_add(keras.ops.ones_like(kernel))
            if iteration == stop:
                raise KeyboardInterrupt
            total = total + 1
            session.save({"total": total})
            session.log(iteration, {"val_return": iteration})

    def stopping(session, model, data):
        train(session, model, data, stop=3)

    def whole(session, model, data):
        train(session, model, data)

    expected = trained(job_of(whole, tmp_path / "whole", epochs=4, objective=RETURN))
    with pytest.raises(KeyboardInterrupt):
        trained(job_of(stopping, tmp_path / "stopped", epochs=4, objective=RETURN))
    result = trained(job_of(whole, tmp_path / "stopped", epochs=4, objective=RETURN))
    assert_same_weights(result.model, expected.model)
    assert result.session.restored()["total"] == 4


@pytest.mark.parametrize(
    ("train", "error", "message"),
    [
        (count_up(log=False), ValueError, "`train` must call session.log"),
        (count_up(loss=float("nan")), Diverged, "loss nan at epoch 1"),
    ],
)
def test_faulty_iterations_are_refused(train, error, message, tmp_path):
    with pytest.raises(error, match=message):
        trained(job_of(train, tmp_path, objective=RETURN))


def test_log_names_the_missing_objective_and_the_right_step(tmp_path):
    with pytest.raises(ValueError, match="reports: val_return.*'val_accuracy'"):
        trained(job_of(count_up(), tmp_path / "objective"))

    def skips(session, model, data):
        session.log(2, {"val_return": 1.0})

    with pytest.raises(ValueError, match="must be the current iteration, 1. Received: step=2"):
        trained(job_of(skips, tmp_path / "step", objective=RETURN))


def test_patience_and_time_end_iterations(tmp_path):
    job = job_of(count_up(), tmp_path / "patient", epochs=9, objective=RETURN, patience=2)
    result = trained(job)
    assert (result.state.epoch, result.state.stopped) == (3, "patience")
    assert trained(job).state.epoch == 3  # a stopped training stays stopped
    with pytest.raises(TimedOut, match="took longer than"):
        trained(job_of(count_up(), tmp_path / "slow", objective=RETURN, timeout=1e-9))


def test_loop_without_iterations_ends_each_step_with_log(tmp_path):
    def train(session, model, data):
        session.save({"order": np.arange(3)})
        for step in range(session.progress.state.epoch + 1, 4):
            session.log(step, {"val_return": step})

    result = trained(job_of(train, tmp_path, objective=RETURN))
    assert result.state.history == {"val_return": [1.0, 2.0, 3.0]}
    assert result.session.restored()["order"].tolist() == [0, 1, 2]


# Reuse of traced models.


def outcomes(train, folder, monkeypatch, cache, rates):
    monkeypatch.setenv("KERAS_DL_MODEL_CACHE", cache)
    model_cache.forget()
    results = []
    for number, values in enumerate(rates):
        own = folder / f"{cache}-{number}"
        results.append(run_job.run_job(job_of(train, own, values=values, test=True, keep=False)))
    return results


@on_tensorflow
def test_trials_of_stages_share_a_trace_and_give_the_numbers_without(tmp_path, monkeypatch):
    trials = [{"learning_rate": 1e-2, "share": 0.5}, {"learning_rate": 3e-3, "share": 1.0}]
    reused = outcomes(pretrain_first, tmp_path, monkeypatch, "1", trials)
    assert len(model_cache._cache) == 1  # hyperparameters of `train` need no trace of their own
    plain = outcomes(pretrain_first, tmp_path, monkeypatch, "0", trials)
    assert model_cache._cache == []
    for one, other in zip(reused, plain, strict=True):
        assert one.history == other.history
        assert one.metrics == other.metrics
    stages = [e.stage for e in entries(tmp_path / "1-1", 0)[0]]
    assert stages == ["pretrain"] * 2 + ["fit"] * 2


def freeze(model):
    model.get_layer("hidden").trainable = False


CHANGES = {
    "freezes": freeze,
    "recompiles": lambda model: compile_model(model, 0.5),
    "nothing": lambda model: None,
}


@on_tensorflow
@pytest.mark.parametrize("change", CHANGES)
def test_changed_models_are_not_trained_by_a_trace(change, tmp_path, monkeypatch):
    def train(session, model, data):
        CHANGES[change](model)
        session.fit(model, data)

    with mock.patch.object(
        model_cache.CachedModel, "take", autospec=True, side_effect=model_cache.CachedModel.take
    ) as take:
        reused = outcomes(train, tmp_path, monkeypatch, "1", [{}])
    assert take.called == (change == "nothing")
    plain = outcomes(train, tmp_path, monkeypatch, "0", [{}])
    assert reused[0].history == plain[0].history


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_stages_samplers_and_evaluators_on_another_backend(backend, tmp_path):
    values = values_on(backend, "training.session_values", tmp_path, own=True)
    np.testing.assert_array_equal(values["resumed"], values["whole"])
    np.testing.assert_allclose(values["streamed"], values["whole"], rtol=1e-4, atol=1e-5)
    assert values["copied"]
    assert values["rows"].shape == (3, 2, 3)
    assert values["objective"] == values["evaluated"].min()


@pytest.mark.parametrize("own", [True, False])
def test_stage_with_epochs_of_its_own_is_stated_before_its_training(own, tmp_path, capsys):
    def train(session, model, data):
        epochs = 5 if own else session.epochs(0.5)
        with pytest.raises(ValueError, match="stage"):
            session.fit(model, data, epochs=epochs, stage="first stage")
        session.fit(model, data, epochs=epochs, stage="first")
        shown.append(capsys.readouterr().err)
        session.fit(model, data)

    shown = []
    told = "Stage first: 5 epochs, set by the recipe; budget and epochs apply to the stage fit"
    job = job_of(train, tmp_path / "run")
    loaded = fit.load_data(job)
    fit.train(job, loaded, fit.build_model(job, loaded), lambda *_: None, verbose=2)
    assert (told in shown[0]) == own
    facts = run_job.dry_run(dataclasses.replace(job, folder=tmp_path / "dry"))
    assert facts.notes == ((told,) if own else ())
