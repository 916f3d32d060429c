"""Greedy stages: freezing, metrics by stage, and a kill in the middle of one."""

import json
import os
import signal
import subprocess
import sys

import keras
import numpy as np
import pytest
from recipes.stacked_autoencoder import build, data, recipe, train

from keras_dl.tracking import store as tracking_store

SCRIPT = """
import hashlib, json, os, signal, sys
from recipes import stacked_autoencoder
from keras_dl.training import checkpoint

stage, resume = sys.argv[1:]
save = checkpoint.save

def save_and_die(folder, model, progress, name=checkpoint.MAIN):
    save(folder, model, progress, name)
    if name == stage and progress.state.epoch == 1:
        os.kill(os.getpid(), signal.SIGKILL)

checkpoint.save = save_and_die
options = {"resume": resume} if resume else {
    "dataset": "digits", "labels": 100, "epochs": 6, "units": (40, 30, 20), "seed": 3}
result = stacked_autoencoder.run(verbose=False, **options)
weights = b"".join(w.numpy().tobytes() for w in result.model.weights)
print(json.dumps([result.history, result.metrics["test/loss"],
                  hashlib.sha256(weights).hexdigest(), result.run_id]))
"""


class RecordingSession:
    """Trains each stage for one epoch and keeps the encoder's weights after it."""

    def __init__(self, model):
        self.encoder, self.weights, self.stages = model.get_layer("encoder"), [], []

    def epochs(self, share=1.0):
        return 1

    def fit(self, model, data, *, epochs=None, stage="fit", objective=None):
        rows = data.sampler("train").indices(0, 0, 64, None)
        model.fit(data.train.x[rows], data.train.y[rows], batch_size=64, verbose=0)
        self.stages.append(stage)
        self.weights.append([w.numpy() for w in self.encoder.trainable_weights])


def trained(**options):
    digits = data(dataset="digits", labels=100)
    keras.utils.set_random_seed(0)
    model = build(digits, units=(40, 30, 20))
    session = RecordingSession(model)
    train(session, model, digits, **options)
    return session


@pytest.mark.slow
def test_each_stage_changes_its_own_layer_alone():
    session = trained()
    assert session.stages == ["layer1", "layer2", "layer3", "fit"]
    for stage in (1, 2):  # from the weights after the stage before
        before, after = session.weights[stage - 1 : stage + 1]
        changed = [(old != new).any() for old, new in zip(before, after, strict=True)]
        # Kernel and bias of each layer, then the logits.
        assert changed == [i // 2 == stage for i in range(8)]
    before, after = session.weights[-2:]
    assert all((old != new).any() for old, new in zip(before, after, strict=True))


def test_without_pretraining_there_is_one_stage():
    assert trained(pretraining=False).stages == ["fit"]


def test_training_sees_the_labelled_examples_only():
    digits = data(dataset="digits", labels=100)
    rows = digits.sampler("train").indices(0, 0, 10, None)
    assert len(np.unique(rows)) == 100
    with pytest.raises(ValueError, match="labels=5000"):
        data(dataset="digits", labels=5000)


def test_metrics_of_all_stages_are_in_one_run(store):
    result = recipe.run(dataset="digits", labels=100, epochs=3, units=(30, 20), verbose=False)
    history = {
        name: [m.step for m in tracking_store.client().get_metric_history(result.run_id, name)]
        for name in ("layer1/loss", "layer2/val_loss", "train/loss")
    }
    assert history == {"layer1/loss": [1], "layer2/val_loss": [1], "train/loss": [1, 2, 3]}


def process(folder, stage="", resume=""):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, stage, resume],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("stage", ["layer2"])
def test_killed_in_a_stage_and_resumed_it_ends_like_the_whole_run(store, stage):
    whole = process(store)
    killed = process(store, stage)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    folders = list((store / "mlruns" / "checkpoints").iterdir())
    assert [f.name for f in sorted(folders[0].glob("*.npz"))] == [
        "checkpoint-layer1.npz", "checkpoint-layer2.npz"]  # fmt: skip
    resumed = process(store, resume=folders[0].name)
    expected, actual = (json.loads(p.stdout.splitlines()[-1]) for p in (whole, resumed))
    assert actual[:3] == expected[:3]
    assert actual[3] == folders[0].name


SMALL = {"dataset": "digits", "labels": 100, "epochs": 3, "verbose": False}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_pretraining_is_a_factor_of_ablations(store):
    made = recipe.ablate(over=("pretraining",), units=(30, 20), seeds=2, workers=0, **SMALL)
    assert made.levels == {"pretraining": (True, False)}
    assert [row["reason"] for row in made.rows] == [""] * 4


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_trials_have_stages_and_numbers_of_layers(store):
    search = recipe.tune(
        trials=3,
        search=("units", "corruption"),
        algorithm="random",
        final_seeds=0,
        workers=2,
        **SMALL,
    )
    assert {trial.status for trial in search.trials} == {"done"}
    assert len({trial.values["units"] for trial in search.trials}) == 3
