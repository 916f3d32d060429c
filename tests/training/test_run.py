"""One tracked training: what it leaves behind, how it stops, how it goes on."""

import json
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

import keras_dl
from keras_dl import Objective, Recipe
from keras_dl.data import load
from keras_dl.errors import Crashed, DiskFull, Diverged, Failure, OutOfMemory
from keras_dl.tracking import store as tracking
from keras_dl.training import checkpoint
from tests.toys import build, data, faulty, misjudged, tiny, toy

QUIET = {"verbose": False}


def all_runs():
    return tracking.search([e.experiment_id for e in tracking.client().search_experiments()], "")


def digits(**changes):
    def digits_data(*, dataset: str = "digits", batch_size: int = 64):
        return load(dataset, batch_size=batch_size)

    return Recipe(name="digits_toy", data=digits_data, build=build, epochs=2, **changes)


def test_run_tracks_parameters_metrics_data_and_model(store):
    result = toy.run(seed=3, dropout=0.2, epochs=3, **QUIET)
    run = tracking.find_run(result.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params["dropout"] == "0.2"
    assert run.data.params["learning_rate"] == "0.01"
    assert (run.data.params["epochs"], run.data.params["seed"]) == ("3", "3")
    assert run.data.tags["recipe"] == "toy"
    assert len(run.data.tags["dataset_digest"]) == 64
    assert "keras 3" in run.data.tags["versions"]
    assert run.data.metrics["objective"] == max(result.history["val_accuracy"])
    assert run.data.metrics["test/accuracy"] == pytest.approx(result.metrics["test/accuracy"])
    assert run.inputs.dataset_inputs[0].dataset.name == "iris"
    for name in ("train/loss", "val/accuracy"):
        history = tracking.client().get_metric_history(result.run_id, name)
        assert [m.step for m in history] == [1, 2, 3]
    assert not list((store / "mlruns" / "checkpoints").iterdir())


def test_images_leave_figures_with_their_recipe_and_data(store):
    result = digits().run(epochs=1, **QUIET)
    names = {"learning_curves", "confusion_matrix", "class_scores", "mistakes", "filters"}
    assert set(result.figures) == names | {"roc", "precision_recall"}
    title = f"{digits().name} on digits, seed 0"
    assert all(f.get_suptitle().startswith(title) for f in result.figures.values())
    logged = set(tracking.find_run(result.run_id).data.metrics)
    assert {"macro_precision", *(f"recall/{digit}" for digit in range(10))} <= logged
    stored = tracking.client().list_artifacts(result.run_id, "figures")
    assert {Path(f.path).stem for f in stored} == set(result.figures)
    assert all(f.file_size > 2000 for f in stored)


def test_same_seed_same_numbers_other_seed_others(store):
    first, second, third = (toy.run(seed=s, epochs=2, **QUIET) for s in (1, 1, 2))
    assert first.history == second.history
    assert first.metrics["test/loss"] == second.metrics["test/loss"]
    assert first.history != third.history


def test_best_weights_are_kept_not_the_last(store):
    result = toy.run(epochs=6, learning_rate=0.1, **QUIET)
    best = max(result.history["val_accuracy"])
    found = result.model.evaluate(
        result.data.validation.x, result.data.validation.y, verbose=0, return_dict=True
    )
    assert found["accuracy"] == pytest.approx(best)


def test_another_declared_objective_chooses_the_weights(store):
    recipe = digits(alternatives=(Objective("val_loss", "min"),))
    result = recipe.run(objective="val_loss", **QUIET)
    run = tracking.find_run(result.run_id)
    assert result.metrics["objective"] == min(result.history["val_loss"])
    assert run.data.params["objective"] == run.data.tags["objective_name"] == "val_loss"
    with pytest.raises(ValueError, match="`objective` must be one of val_accuracy, val_loss"):
        recipe.run(objective="gap", **QUIET)


def test_patience_stops(store):
    result = toy.run(epochs=60, patience=2, learning_rate=1e-4, units=2, **QUIET)
    best = result.metrics["best_epoch"]
    assert len(result.history["loss"]) == best + 2 < 60
    assert tracking.find_run(result.run_id).data.tags["stopped"] == "patience"


def test_steps_and_budget_shorten(store):
    from keras_dl import options

    chosen = {"budget": "quick", "epochs": None, "steps_per_epoch": None}
    assert options.resolve_epochs(12, chosen) == (3, None)
    assert options.resolve_epochs(12, chosen | {"budget": "smoke"}) == (1, 20)
    assert options.resolve_epochs(12, chosen | {"epochs": 5, "steps_per_epoch": 7}) == (5, 7)
    result = toy.run(epochs=1, steps_per_epoch=2, **QUIET)
    optimizer = result.model.optimizer
    assert int(optimizer.iterations.numpy()) == 2


def test_nan_loss_fails_the_run_and_keeps_what_was_logged(store):
    with pytest.raises(Diverged, match="loss nan"):
        faulty.run(fault="nan", **QUIET)
    (run,) = all_runs()
    assert (run.info.status, run.data.tags["reason"]) == ("FAILED", "diverged")
    assert run.data.params["fault"] == "nan"


def test_error_in_build_leaves_no_run(store):
    with pytest.raises(ZeroDivisionError):
        faulty.run(fault="exception", **QUIET)
    assert not all_runs()


def test_crash_while_training_is_typed_and_keeps_its_cause(store):
    def crash(*args, **kwargs):
        raise IndexError("somewhere deep")

    with (
        mock.patch("keras_dl.training.session.Session.evaluate", crash),
        pytest.raises(Crashed, match="IndexError: somewhere deep") as caught,
    ):
        toy.run(epochs=1, **QUIET)
    assert isinstance(caught.value.__cause__, IndexError)
    (run,) = all_runs()
    assert (run.info.status, run.data.tags["reason"]) == ("FAILED", "crashed")
    assert len(tracking.client().get_metric_history(run.info.run_id, "val/loss")) == 1


@pytest.mark.parametrize(
    ("error", "kind"),
    [(OSError(28, "No space left on device"), DiskFull), (MemoryError("no room"), OutOfMemory)],
)
def test_full_disk_and_memory_have_their_own_reason(store, error, kind):
    with (
        mock.patch.object(checkpoint.np, "savez", side_effect=error),
        pytest.raises(kind),
    ):
        toy.run(epochs=1, **QUIET)
    (run,) = all_runs()
    assert run.data.tags["reason"] == kind.reason
    left = list((store / "mlruns" / "checkpoints" / run.info.run_id).iterdir())
    assert [p.name for p in left] == ["job.json"]


def interrupted_at(epoch):
    """Ctrl-C as it comes: in the middle of an epoch's batches."""
    from keras_dl.training.callbacks import FailureDetector

    real = FailureDetector.on_train_batch_end

    def interrupt(self, batch, logs=None):
        real(self, batch, logs)
        if self.state.epoch == epoch and batch == 1:
            raise KeyboardInterrupt

    return mock.patch.object(FailureDetector, "on_train_batch_end", interrupt)


def test_interrupt_keeps_the_best_and_resume_ends_like_the_whole_run(store):
    whole = toy.run(epochs=5, seed=7, dropout=0.3, **QUIET)
    with interrupted_at(3), pytest.raises(KeyboardInterrupt):
        toy.run(epochs=5, seed=7, dropout=0.3, **QUIET)
    run = next(r for r in all_runs() if r.info.status == "KILLED")
    assert run.data.tags["reason"] == "interrupted"
    kept = keras_dl.load_model(run.info.run_id)
    assert kept.predict(whole.data.test.x, verbose=0).shape == (len(whole.data.test.x), 3)
    resumed = toy.run(resume=run.info.run_id, epochs=5, dropout=0.3, **QUIET)  # its own settings
    assert resumed.run_id == run.info.run_id
    assert resumed.history == whole.history
    assert resumed.metrics["test/loss"] == whole.metrics["test/loss"]
    assert tracking.find_run(run.info.run_id).info.status == "FINISHED"
    history = tracking.client().get_metric_history(run.info.run_id, "train/loss")
    assert [m.step for m in history] == [1, 2, 3, 4, 5]
    for ours, theirs in zip(resumed.model.weights, whole.model.weights, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_run_tells_its_id_and_after_a_stop_how_to_continue(store, capsys):
    with interrupted_at(1), pytest.raises(KeyboardInterrupt):
        toy.run(epochs=3)
    (run,) = all_runs()
    shown = capsys.readouterr().err
    assert f"Run {run.info.run_id}, the id that --resume takes" in shown
    assert f"best weights are kept; --resume {run.info.run_id} continues it" in shown
    with interrupted_at(0), pytest.raises(KeyboardInterrupt):
        toy.run(epochs=3)
    assert "Interrupted, no epoch has ended; --resume" in capsys.readouterr().err


def test_run_killed_at_its_creation_is_resumed(store):
    created, real = [], tracking.client().create_run

    def create(*args, **kwargs):
        created.append(real(*args, **kwargs))
        return created[-1]

    client = tracking.client()
    with (
        mock.patch.object(client, "create_run", create),
        mock.patch("keras_dl.tracking.tracked_run.TrackedRun.__init__", side_effect=SystemExit),
        pytest.raises(SystemExit),
    ):
        toy.run(epochs=2, seed=5, **QUIET)
    (run,) = created
    die(run)
    resumed = toy.run(resume=run.info.run_id, **QUIET)
    assert tracking.find_run(resumed.run_id).data.params["seed"] == "5"
    assert resumed.history == toy.run(epochs=2, seed=5, **QUIET).history
    assert not list((store / "mlruns" / "checkpoints").iterdir())


def die(run):
    """Makes a run, and the settings that wait for it, those of a dead process."""
    dead = tracking.process_tag().rsplit("/", 1)[0] + "/1"
    tracking.client().set_tag(run.info.run_id, "process", dead)
    for path in Path("mlruns/checkpoints").glob(".new-*/job.json"):
        path.write_text(json.dumps(json.loads(path.read_text()) | {"process": dead}))


def test_settings_of_a_run_that_was_never_opened_are_removed(store):
    with (
        mock.patch.object(tracking.client(), "create_run", side_effect=SystemExit),
        pytest.raises(SystemExit),
    ):
        toy.run(epochs=1, **QUIET)
    (left,) = (store / "mlruns" / "checkpoints").glob(".new-*")
    toy.run(epochs=1, **QUIET)  # its process lives
    assert left.exists()
    path = left / "job.json"
    dead = tracking.process_tag().rsplit("/", 1)[0] + "/1"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"process": dead}))
    toy.run(epochs=1, **QUIET)
    assert not list((store / "mlruns" / "checkpoints").iterdir())


def test_resume_refuses_what_it_cannot_go_on_with(store):
    done = toy.run(epochs=1, **QUIET)
    with pytest.raises(ValueError, match="was stopped before its end"):
        toy.run(resume=done.run_id)
    with pytest.raises(ValueError, match="`run_id` must name one run"):
        toy.run(resume="0123456789")
    with interrupted_at(1), pytest.raises(KeyboardInterrupt):
        toy.run(epochs=3, **QUIET)
    stopped = next(r for r in all_runs() if r.info.status == "KILLED").info.run_id
    with pytest.raises(ValueError, match="must name a run of faulty. Received: toy"):
        faulty.run(resume=stopped)
    for given, before in (({"epochs": 9}, "its epochs is 3"), ({"dropout": 0.4}, "its dropout is")):
        with pytest.raises(ValueError, match=f"takes the run's own settings; {before}"):
            toy.run(resume=stopped, **given)
    tracking.client().update_run(stopped, status="RUNNING")  # as if another process held it
    with pytest.raises(ValueError, match="is still running"):
        toy.run(resume=stopped)
    tracking.client().update_run(stopped, status="KILLED")
    job = store / "mlruns" / "checkpoints" / stopped / "job.json"
    job.write_text(json.dumps(json.loads(job.read_text()) | {"digest": "0"}))
    with pytest.raises(ValueError, match=r"differs in data \(0 → "):
        toy.run(resume=stopped)


def test_killed_process_leaves_a_run_that_the_next_one_closes(store):
    tracked = keras_dl.tracking.runs.start(toy, "iris-classification", "dead", "run", {})
    keras_dl.tracking.store.client().set_tag(
        tracked.id, "process", keras_dl.tracking.store.process_tag().rsplit("/", 1)[0] + "/1"
    )
    toy.run(epochs=1, **QUIET)
    dead = tracking.find_run(tracked.id)
    assert (dead.info.status, dead.data.tags["reason"]) == ("FAILED", "process_died")


def test_own_arrays_take_the_place_of_the_data_set(store):
    random = np.random.default_rng(0)
    x = random.normal(size=(90, 4)).astype("float32")
    y = (x[:, 0] > 0).astype(int)
    result = toy.run(data=(x, y), epochs=1, **QUIET)
    assert result.data.num_classes == 2
    assert tracking.find_run(result.run_id).data.tags["dataset_digest"] == result.data.digest


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"dropuot": 0.1}, "Did you mean 'dropout'"),
        ({"dropout": 0.9}, "`dropout` must lie in"),
        ({"epochs": 0}, "`epochs` must lie in"),
        ({"budget": "huge"}, "`budget` must be smoke, quick, full, a time"),
        ({"seed": -1}, "`seed` must lie in"),
        ({"dataset": "no_such_set"}, "no_such_set"),
    ],
)
def test_wrong_arguments_are_refused_before_any_run(store, given, message):
    with pytest.raises(ValueError, match=message):
        toy.run(**given)
    assert not all_runs()


def test_build_must_compile(store):
    def bare(data):
        import keras

        return keras.Sequential([keras.Input(data.input_shape), keras.layers.Dense(3)])

    with pytest.raises(TypeError, match="must return a compiled keras.Model"):
        Recipe(name="bare", data=data, build=bare).run(**QUIET)


def test_missing_objective_lists_what_there_is(store):
    with pytest.raises(Failure, match="val_accuracy, val_loss.*'val_acuracy'"):
        misjudged.run(epochs=1, **QUIET)


def test_report_of_the_recipe_is_logged(store):
    from matplotlib.figure import Figure

    def report(model, data):
        return {"drawing": Figure(), "answer": 42}

    recipe = Recipe(name="own", data=data, build=build, epochs=1, report=report)
    result = recipe.run(**QUIET)
    assert set(result.figures) == {"learning_curves", "drawing"}
    assert tracking.find_run(result.run_id).data.metrics["answer"] == 42


def test_precision_holds_and_does_not_leak(store):
    import keras

    seen = []

    def spying(data):
        seen.append(keras.config.dtype_policy().name)
        return tiny(data)

    Recipe(name="spy", data=data, build=spying, epochs=1).run(precision="mixed_bfloat16", **QUIET)
    assert seen == ["mixed_bfloat16"]
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_epochs_between_checkpoint_and_tracking_are_logged_after_all(store, stop):
    from keras_dl.training.callbacks import Checkpointing

    whole = toy.run(epochs=4, **QUIET)
    real = Checkpointing._flush

    def flush(self):
        if self.progress.state.epoch == 2:
            self.listener = mock.Mock(side_effect=stop)
        real(self)

    with mock.patch.object(Checkpointing, "_flush", flush), pytest.raises((stop, Failure)):
        toy.run(epochs=4, **QUIET)
    run = next(r for r in all_runs() if r.info.status != "FINISHED")
    resumed = toy.run(resume=run.info.run_id, **QUIET)
    assert resumed.history == whole.history
    for name in ("train/loss", "val/accuracy", "objective", "test/loss"):
        rows = [
            [(m.step, m.value) for m in tracking.client().get_metric_history(run_id, name)]
            for run_id in (run.info.run_id, whole.run_id)
        ]
        assert rows[0] == rows[1]


def test_run_killed_at_its_end_has_one_model_and_no_checkpoint(store):
    with (
        mock.patch("keras_dl.tracking.tracked_run.TrackedRun.end", side_effect=SystemExit),
        pytest.raises(SystemExit),
    ):
        toy.run(epochs=1, **QUIET)
    (run,) = all_runs()
    tracking.client().set_terminated(run.info.run_id, "FAILED")  # as the next process does
    resumed = toy.run(resume=run.info.run_id, **QUIET)
    models = tracking.client().search_logged_models([run.info.experiment_id])
    assert len(models) == 1
    assert len(list((store / "mlruns").rglob("*.keras"))) == 1
    for name in ("test/loss", "fit_seconds", "best_epoch"):
        assert len(tracking.client().get_metric_history(run.info.run_id, name)) == 1
    assert keras_dl.load_model(resumed.run_id).name == "tiny"
    left = store / "mlruns" / "checkpoints" / run.info.run_id  # a kill before it is removed
    left.mkdir()
    toy.run(epochs=1, **QUIET)
    assert not left.exists()


def test_changed_code_of_the_recipe_is_named(store, capsys):
    with interrupted_at(1), pytest.raises(KeyboardInterrupt):
        toy.run(epochs=3, **QUIET)
    stopped = all_runs()[0].info.run_id

    def changed(data, *, units: int = 8, dropout: float = 0.1, learning_rate: float = 1e-2):
        return tiny(data, units, learning_rate / 2, dropout)

    recipe = Recipe(name="toy", data=data, build=changed, epochs=4)
    recipe.run(resume=stopped, **QUIET)
    assert "Resuming with another code of the recipe (" in capsys.readouterr().err
