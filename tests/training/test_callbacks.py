"""Checkpoints, early stops and evaluators after each epoch."""

from types import SimpleNamespace
from unittest import mock

import keras
import numpy as np
import pytest

from keras_dl.data import Split
from keras_dl.recipe import Objective, Recipe
from keras_dl.tasks.base import Task
from keras_dl.training import callbacks
from keras_dl.training.callbacks import Checkpointing, Evaluation
from keras_dl.training.checkpoint import Checkpoint
from keras_dl.training.evaluators import Evaluators, evaluated

ACCURACY = Objective("val_accuracy", "max")


def recorded(epochs, saving_takes, epoch_takes):
    """Epochs that left a checkpoint, and for each of them the epochs reported after it."""
    clock = SimpleNamespace(now=0.0)
    progress, saved, reported = Checkpoint(), [], []

    def save():
        clock.now += saving_takes
        saved.append(progress.state.epoch)
        reported.append([])

    with (
        mock.patch.object(callbacks.time, "monotonic", side_effect=lambda: clock.now),
        mock.patch.object(callbacks.checkpoint, "snapshot", return_value=[]),
    ):
        listener = lambda epoch, _: reported[-1].append(epoch)  # noqa: E731
        checkpointing = Checkpointing(ACCURACY, progress, save, listener)
        checkpointing.set_model(SimpleNamespace())
        for epoch in range(epochs):
            clock.now += epoch_takes
            checkpointing.on_epoch_end(epoch, {"val_accuracy": 0.5})
        checkpointing.on_train_end()
    return saved, reported


def test_each_epoch_leaves_a_checkpoint_where_that_costs_little():
    saved, reported = recorded(30, saving_takes=0.01, epoch_takes=1.0)
    assert saved == list(range(1, 31))
    assert reported == [[epoch] for epoch in saved]


def test_short_epochs_share_one_and_none_is_reported_before_it():
    saved, reported = recorded(1000, saving_takes=1.0, epoch_takes=1.0)
    assert saved[:10] == list(range(1, 11))
    assert saved[-1] == 1000
    assert len(saved) < 120  # a tenth of the time and the bit beyond it, the first ten, the last
    assert [epoch for some in reported for epoch in some] == list(range(1, 1001))
    assert [some[-1] for some in reported] == saved


@pytest.mark.parametrize(
    ("patience", "threshold", "stopped", "epochs"),
    [(2, (), "patience", 3), (None, (np.nan, 0.6), "median", 2), (None, (), "", 5)],
)
def test_reason_of_an_early_stop_is_in_the_checkpoint(patience, threshold, stopped, epochs):
    progress, states = Checkpoint(), []
    checkpointing = Checkpointing(
        ACCURACY,
        progress,
        lambda: states.append(progress.state.stopped),
        lambda *_: None,
        patience,
        threshold,
    )
    model = SimpleNamespace(variables=[], stop_training=False)
    checkpointing.set_model(model)
    for epoch in range(5):
        if not model.stop_training:
            checkpointing.on_epoch_end(epoch, {"val_accuracy": 0.5})
    assert states == [""] * (epochs - bool(stopped)) + [stopped] * bool(stopped)


def test_evaluators_add_metrics_that_later_callbacks_see():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    split = Split(np.ones((3, 2), "float32"), np.ones(3))
    own = (lambda m, s: {"count": s.num_examples},)
    recipe = Recipe(name="own", data=len, build=len, evaluators=own, task=Task())
    evaluation = Evaluation(Evaluators(recipe, data=None), split)
    evaluation.set_model(model)
    logs = {"loss": 1.0}
    evaluation.on_epoch_end(0, logs)
    assert logs == {"loss": 1.0, "val_count": 3.0}
    with pytest.raises(ValueError, match="`evaluators` must return different metrics"):
        evaluated([lambda *_: {"a": 1}] * 2, model, split)
