"""What is kept after each epoch, and who is told when."""

from types import SimpleNamespace
from unittest import mock

from keras_dl.recipe import Objective
from keras_dl.training import callbacks
from keras_dl.training.callbacks import Checkpointing
from keras_dl.training.checkpoint import State


def kept(tmp_path, epochs, saving_takes, epoch_takes):
    """Epochs that left a checkpoint, and for each of them the epochs told after it."""
    clock = SimpleNamespace(now=0.0)
    saved, told = [], []

    def save(folder, model, state, best):
        clock.now += saving_takes
        saved.append(state.epoch)
        told.append([])

    with (
        mock.patch.object(callbacks.time, "monotonic", side_effect=lambda: clock.now),
        mock.patch.object(callbacks.checkpoint, "save", save),
        mock.patch.object(callbacks.checkpoint, "snapshot", return_value=[]),
    ):
        objective = Objective("val_accuracy", "max")
        keep = Checkpointing(
            objective, State(), [], tmp_path, lambda epoch, _: told[-1].append(epoch)
        )
        keep.set_model(SimpleNamespace(jit_compile=False))
        for epoch in range(epochs):
            clock.now += epoch_takes
            keep.on_epoch_end(epoch, {"val_accuracy": 0.5})
        keep.on_train_end()
    return saved, told


def test_each_epoch_leaves_a_checkpoint_where_that_costs_little(tmp_path):
    saved, told = kept(tmp_path, 30, saving_takes=0.01, epoch_takes=1.0)
    assert saved == list(range(1, 31))
    assert told == [[epoch] for epoch in saved]


def test_short_epochs_share_one_and_none_is_told_before_it(tmp_path):
    saved, told = kept(tmp_path, 1000, saving_takes=1.0, epoch_takes=1.0)
    assert saved[:10] == list(range(1, 11))
    assert saved[-1] == 1000
    assert len(saved) < 120  # a tenth of the time and the bit beyond it, the first ten, the last
    assert [epoch for some in told for epoch in some] == list(range(1, 1001))
    assert [some[-1] for some in told] == saved
