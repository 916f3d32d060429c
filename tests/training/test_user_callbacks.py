"""The user's callbacks: what they see, what they change, and what a resumed training does."""

import keras
import numpy as np
import pytest

from keras_dl import Recipe
from keras_dl.errors import Crashed
from keras_dl.tracking import store as tracking
from tests.toys import build, data, toy

QUIET = {"verbose": False}
SEARCH = {"workers": 0, "final_seeds": 0, "algorithm": "random", "verbose": False}


class Recorder(keras.callbacks.Callback):
    """Records the epochs it sees and adds a metric."""

    def __init__(self, stop=None):
        super().__init__()
        self.epochs, self.steps, self.stop = [], 0, stop

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append(epoch)
        logs["depth"] = 10.0 - epoch
        if epoch == self.stop:
            self.model.stop_training = True


class Interrupting(Recorder):
    """Interrupts the training after an epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.stop:
            raise KeyboardInterrupt


def halving():
    return keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)


def test_callbacks_see_and_add_metrics_which_are_logged(store):
    recorder = Recorder()
    result = toy.run(callbacks=[recorder], epochs=3, objective="min:depth", **QUIET)
    run = tracking.find_run(result.run_id)
    assert recorder.epochs == [0, 1, 2]
    assert result.history["depth"] == [10.0, 9.0, 8.0]
    assert result.metrics["best_epoch"] == 3
    assert run.data.params["callbacks"] == "Recorder"
    assert "callbacks" not in tracking.find_run(toy.run(epochs=1, **QUIET).run_id).data.params


def test_callback_may_end_the_training(store):
    result = toy.run(callbacks=[Recorder(stop=1)], epochs=9, **QUIET)
    assert len(result.history["loss"]) == 2
    assert tracking.find_run(result.run_id).data.tags["stopped"] == "callback"


def test_callback_of_each_step_gets_single_steps(store):
    steps = []
    watch = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: steps.append(batch)
    )
    toy.run(callbacks=[watch], epochs=1, **QUIET)
    assert steps == list(range(len(steps)))
    assert len(steps) > 2


def test_resumed_run_has_the_numbers_of_the_undisturbed_one(store):
    whole = toy.run(callbacks=[Recorder(), halving()], epochs=4, **QUIET)
    with pytest.raises(KeyboardInterrupt):
        toy.run(callbacks=[Interrupting(stop=2), halving()], epochs=4, **QUIET)
    (stopped,) = tracking.search(["1"], "attributes.status = 'KILLED'")
    run_id = stopped.info.run_id
    with pytest.raises(ValueError, match=r"must be those of the stopped run: Interrupting,Learn"):
        toy.run(resume=run_id, **QUIET)
    fresh = Interrupting()
    resumed = toy.run(resume=run_id, callbacks=[fresh, halving()], **QUIET)
    assert fresh.epochs == [2, 3]
    assert resumed.history == whole.history
    for one, other in zip(whole.model.weights, resumed.model.weights, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


@pytest.mark.slow
def test_search_makes_callbacks_for_each_trial(store):
    made = []

    def callbacks():
        made.append(Recorder(stop=0))
        return [made[-1], halving()]

    search = toy.tune(callbacks=callbacks, trials=2, epochs=3, **SEARCH)
    assert [len(t.curve) for t in search.trials] == [1, 1]
    assert {t.reason for t in search.trials} == {"callback"}
    assert sum(bool(recorder.epochs) for recorder in made) == 2
    parent = tracking.client().get_run(search.run_id)
    assert parent.data.params["callbacks"] == "Recorder,LearningRateScheduler"


def test_callbacks_identify_a_search(store):
    toy.tune(callbacks=lambda: [Recorder()], trials=1, epochs=1, **SEARCH)
    with pytest.raises(ValueError, match=r"differs in callbacks \("):
        toy.tune(callbacks=lambda: [halving()], trials=2, epochs=1, resume=True, **SEARCH)


def test_wrong_callbacks_are_refused(store):
    with pytest.raises(TypeError, match="must be instances of .* Received: class Recorder"):
        toy.run(callbacks=[Recorder], **QUIET)
    with pytest.raises(TypeError, match="must be a function without arguments"):
        toy.tune(callbacks=[Recorder()], **SEARCH)
    with pytest.raises(TypeError, match="must be instances of"):
        toy.tune(callbacks=lambda: [3], **SEARCH)


def test_callback_that_fails_fails_the_run(store):
    def fail(epoch, logs):
        raise LookupError("no such disk")

    recipe = Recipe("toy", data, build, epochs=1)
    with pytest.raises(Crashed, match="no such disk"):
        recipe.run(callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=fail)], **QUIET)
