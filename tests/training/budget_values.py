"""Trainings under budgets of steps and of time; run once per backend."""

import contextlib
import sys
import tempfile
from pathlib import Path
from unittest import mock

import keras
import numpy as np

from keras_dl import Recipe
from keras_dl.backend import device_memory
from keras_dl.budget import limit_of
from keras_dl.data import Classes, Data, Features, Split
from keras_dl.training import fit
from keras_dl.training.allotment import Allotment
from keras_dl.training.callbacks import FailureDetector
from keras_dl.training.job import Job

SECONDS = 1.5


def data():
    random = np.random.default_rng(0)
    x = random.normal(size=(70, 4)).astype("float32")
    split = Split(x, (x[:, 0] > 0).astype("int32"))
    return Data.from_splits(
        "points",
        dict.fromkeys(("train", "validation", "test"), split),
        inputs=Features(),
        targets=Classes(("no", "yes")),
        batch_size=16,
    )


def build(data):
    hidden = keras.layers.Dense(6, "tanh", name="hidden")
    model = keras.Sequential([keras.Input((4,)), hidden, keras.layers.Dense(2)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    rate = keras.optimizers.schedules.CosineDecay(0.05, data.planned_steps)
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
    return model


def train(session, model, data):
    """An autoencoder for 1 epoch in batches of 8, then the classifier."""
    hidden = model.get_layer("hidden")
    learner = keras.Sequential([keras.Input((4,)), hidden, keras.layers.Dense(4)])
    learner.compile("adam", "mse")
    pairs = {name: Split(split.x, split.x) for name, split in data.splits.items()}
    session.fit(learner, data.with_splits(pairs, batch_size=8), epochs=1, stage="pretrain")
    session.fit(model, data)


ONE, TWO = (Recipe("points", data, build, stages, epochs=3) for stages in (None, train))


def trained(recipe, budget, folder):
    """Trains, or goes on from the checkpoint; returns the training and its job."""
    job = Job(recipe, {}, 0, 3, folder, limit=limit_of(budget), allotment=Allotment.load(folder))
    job, loaded = fit.divide_limit(job, fit.load_data(job))
    job.allotment.save(folder)
    result = fit.train(job, loaded, fit.build_model(job, loaded), lambda *_: None)
    return result, job


def numbers(result):
    weights = [keras.ops.convert_to_numpy(v).ravel() for v in result.model.weights]
    history = [np.array(result.state.history[n]) for n in sorted(result.state.history)]
    return np.concatenate([*weights, *history]).astype("float64")


def stopped_after(steps):
    """Ctrl-C after so many steps of all stages."""
    detect, count = FailureDetector.on_train_batch_end, [0]

    def interrupt(self, batch, logs=None):
        detect(self, batch, logs)
        count[0] += 1
        if count[0] == steps:
            raise KeyboardInterrupt

    return mock.patch.object(FailureDetector, "on_train_batch_end", interrupt)


def steps_of(model):
    return int(keras.ops.convert_to_numpy(model.optimizer.iterations))


def main(target):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one, _ = trained(ONE, "13steps", folder / "one")  # epochs have 5 steps
        two, job = trained(TWO, "18steps", folder / "two")
        with stopped_after(14), contextlib.suppress(KeyboardInterrupt):
            trained(TWO, "18steps", folder / "stopped")
        resumed, _ = trained(TWO, "18steps", folder / "stopped")
        with mock.patch.object(device_memory, "SHARE", 0.0):
            streamed, _ = trained(ONE, "13steps", folder / "streamed")
        timed, _ = trained(ONE, f"{SECONDS}s", folder / "timed")
        again, _ = trained(ONE, f"{SECONDS}s", folder / "timed")
    stages = job.allotment.stages
    np.savez(
        target,
        steps=[steps_of(one.model), one.state.steps, len(one.state.history["loss"])],
        examples=one.state.examples,
        streamed=[numbers(one), numbers(streamed)],
        stages=[stages["pretrain"], stages["fit"], two.session.used["steps"]],
        main_steps=steps_of(two.model),
        resumed=[numbers(two), numbers(resumed)],
        timed=[timed.state.seconds, timed.state.steps, steps_of(timed.model)],
        rate=float(keras.ops.convert_to_numpy(timed.model.optimizer.learning_rate)),
        again=[again.state.steps, again.state.seconds],
    )


if __name__ == "__main__":
    main(sys.argv[1])
