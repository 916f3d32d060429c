"""A stack of autoencoders, trained layer by layer and then as a classifier."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import keras
import numpy as np
import pytest

from keras_dl import Choice, Range, Recipe
from keras_dl.data import Classes, Data, Features, Split
from keras_dl.execution.run_job import entries, run_job
from keras_dl.tasks.base import Task
from keras_dl.training.job import Job
from tests.newcomers import checks

UNITS = (6, 3)
ROOT = Path(__file__).parents[2]
KILLED = """
import os, signal
from unittest import mock
from keras_dl.training.callbacks import FailureDetector
from tests.newcomers.test_greedy_autoencoder import TestGreedyAutoencoder

count = [0]
def kill(self, batch, logs=None):
    count[0] += 1
    if count[0] == 11:
        os.kill(os.getpid(), signal.SIGKILL)
mock.patch.object(FailureDetector, "on_train_batch_end", kill).start()
TestGreedyAutoencoder.system.recipe.run(verbose=False)
"""


def data(*, batch_size: Annotated[int, Choice(16, 32)] = 32):
    random = np.random.default_rng(0)
    causes = random.normal(size=(160, 2))
    x = np.tanh(causes @ random.normal(size=(2, 8))).astype("float32")
    y = (causes[:, 0] > 0).astype("int32")
    bounds = {"train": (0, 96), "validation": (96, 128), "test": (128, 160)}
    splits = {name: Split(x[a:b], y[a:b]) for name, (a, b) in bounds.items()}
    return Data.from_splits(
        "causes",
        splits,
        inputs=Features(),
        targets=Classes(("low", "high")),
        batch_size=batch_size,
    )


def build(data, *, learning_rate: Annotated[float, Range(1e-3, 1e-1, log=True)] = 1e-2):
    outputs = inputs = keras.Input(data.input_shape)
    for depth, units in enumerate(UNITS, start=1):
        outputs = keras.layers.Dense(units, "tanh", name=f"encoder{depth}")(outputs)
    model = keras.Model(inputs, keras.layers.Dense(data.num_classes, name="logits")(outputs))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss, metrics=["accuracy"])
    return model


def autoencoder(encoders, shape, rate):
    """The last encoder with a decoder; the encoders below it are fixed inputs."""
    x = inputs = keras.Input(shape)
    for encoder in encoders[:-1]:
        encoder.trainable = False
        x = encoder(x)
    decoder = keras.layers.Dense(x.shape[-1], name="decoder")
    model = keras.Model(inputs, decoder(encoders[-1](x)))
    model.compile(keras.optimizers.Adam(rate), "mse")
    return model, keras.Model(inputs, x)


def train(
    session,
    model,
    data,
    *,
    pretrain_share: Annotated[float, Range(0.1, 1.0)] = 0.5,
    pretrain_rate: Annotated[float, Range(1e-3, 1e-1, log=True)] = 1e-2,
    fine_tune: bool = True,
):
    encoders = [model.get_layer(f"encoder{depth}") for depth in (1, 2)]
    for depth in (1, 2):
        learner, below = autoencoder(encoders[:depth], data.input_shape, pretrain_rate)
        pairs = {
            name: Split(split.x, below.predict(split.x, verbose=0))
            for name, split in data.splits.items()
        }
        epochs = session.epochs(pretrain_share)
        session.fit(learner, data.with_splits(pairs), epochs=epochs, stage=f"layer{depth}")
    for encoder in encoders:
        encoder.trainable = fine_tune
    if not fine_tune:
        model.compile(model.optimizer, model.loss, metrics=["accuracy"])
    session.fit(model, data)


class Codes(Task):
    name = "codes"


class TestGreedyAutoencoder(checks.Newcomer):
    system = checks.System(
        Recipe("greedy", data, build, train, epochs=4, task=Codes()),
        steps=(10, 17),  # in layer2 and in fit
        epochs={
            "layer1/loss": 2,
            "layer1/val_loss": 2,
            "layer2/loss": 2,
            "layer2/val_loss": 2,
            "val/accuracy": 4,
        },
        factor=("pretrain_rate", (1e-3, 1e-1)),
        facts=("Features", "Classes"),
    )

    @pytest.mark.parametrize("fine_tune", [True, False])
    def test_frozen_weights_stay_bit_equal(self, fine_tune, tmp_path):
        values = {n: h.default for n, h in self.system.recipe.space().items()} | {
            "fine_tune": fine_tune
        }
        job = Job(self.system.recipe, values, 0, 4, tmp_path, test=True)
        run_job(job)
        with (
            np.load(tmp_path / "checkpoint-layer1.npz") as first,
            np.load(tmp_path / "checkpoint-layer2.npz") as second,
        ):
            lower = [first["v00000"], first["v00001"]]
            both = [second[f"v{i:05d}"] for i in range(4)]
        for one, other in zip(lower, both[:2], strict=True):
            np.testing.assert_array_equal(one, other)
        final = [w.numpy() for w in keras.saving.load_model(tmp_path / "model.keras").weights[:4]]
        same = [np.array_equal(a, b) for a, b in zip(both, final, strict=True)]
        assert same == [not fine_tune] * 4
        written = [(e.stage, e.epoch) for e in entries(tmp_path, 0)[0]]
        stages = [("layer1", 2), ("layer2", 2), ("fit", 4)]
        assert written == [(stage, i + 1) for stage, n in stages for i in range(n)]

    @pytest.mark.slow
    def test_killed_process_resumes_in_its_second_stage(self, whole):
        done = subprocess.run(
            [sys.executable, "-c", KILLED],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
        (folder,) = (checks.current_folder() / "mlruns" / "checkpoints").iterdir()
        stages = {file.name for file in folder.glob("*.npz")}
        assert stages == {"checkpoint-layer1.npz", "checkpoint-layer2.npz"}
        resumed = self.system.recipe.run(resume=folder.name, verbose=False)
        checks.assert_equal(resumed, whole)
