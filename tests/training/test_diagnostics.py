"""Probes on a run: figures of what they saw, and a training that comes out the same."""

import numpy as np
import pytest

from keras_dl.tracking import store as tracking
from keras_dl.training import run as running
from tests.toys import toy

QUICK = {"epochs": 2, "verbose": False}
PROBES = {
    "probe_activations",
    "probe_gradients",
    "probe_dead_units",
    "probe_updates",
    "probe_loss_surface",
    "probe_learning_rates",
}


def test_probed_training_equals_the_one_without(store):
    plain = toy.run(dropout=0.3, **QUICK)
    probed = toy.run(dropout=0.3, probes=True, **QUICK)
    assert probed.history == plain.history
    for a, b in zip(probed.model.get_weights(), plain.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert set(probed.figures) - set(plain.figures) == PROBES
    files = {f.path for f in tracking.client().list_artifacts(probed.run_id, "figures")}
    assert {f"figures/{name}.png" for name in PROBES} <= files


def test_layers_are_looked_at_before_training_and_after_each_epoch(store):
    figures = toy.run(probes=True, **QUICK).figures
    looks = figures["probe_activations"].axes[0].lines
    assert [line.get_label() for line in looks] == ["hidden", "logits"]
    assert list(looks[0].get_xdata()) == [0, 1, 2]
    assert list(figures["probe_updates"].axes[0].lines[0].get_xdata()) == [1, 2]


def test_probes_of_a_resumed_run_begin_where_it_was_resumed(store, monkeypatch):
    real = running.TrackedRun.epoch

    def stopping(self, epoch, values, when=None):
        real(self, epoch, values, when)
        if epoch == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(running.TrackedRun, "epoch", stopping)
    with pytest.raises(KeyboardInterrupt):
        toy.run(epochs=4, probes=True, verbose=False)
    monkeypatch.setattr(running.TrackedRun, "epoch", real)
    (run_id,) = [p.name for p in (store / "mlruns" / "checkpoints").iterdir()]
    figures = toy.run(resume=run_id, verbose=False).figures
    assert list(figures["probe_updates"].axes[0].lines[0].get_xdata()) == [3, 4]
