"""Stages, a sampler of groups and an evaluator as the objective; run once per backend."""

import contextlib
import sys
import tempfile
from pathlib import Path
from unittest import mock

import keras
import numpy as np

from keras_dl import Objective, Recipe
from keras_dl.backend import device_memory
from keras_dl.data import Data, Features, Split, Values
from keras_dl.data.samplers import epoch_order, limit
from keras_dl.tasks.base import Task
from keras_dl.training import checkpoint, fit
from keras_dl.training.callbacks import FailureDetector
from keras_dl.training.job import Job


class Groups:
    """Rows (n, 2, 3): each example consists of two groups of three rows."""

    num_examples = 6

    def __init__(self, count):
        self.count = count

    def indices(self, seed, epoch, batch_size, steps):
        order = epoch_order(seed, epoch, self.count)[: 6 * self.num_examples].reshape(-1, 2, 3)
        return order[: limit(self.num_examples, batch_size, steps)].astype("int32")


def data():
    random = np.random.default_rng(0)
    x = random.normal(size=(40, 4)).astype("float32")
    split = Split(x, x.sum(axis=1, keepdims=True))
    return Data.from_splits(
        "sums",
        dict.fromkeys(("train", "validation", "test"), split),
        inputs=Features(shape=(4,)),
        targets=Values(),
        batch_size=2,
        samplers=dict.fromkeys(("train", "validation", "test"), Groups(40)),
    )


def build(data):
    inputs = keras.Input((2, 3, 4))
    hidden = keras.layers.Dense(5, "tanh", name="hidden")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Dropout(0.2)(hidden)))
    model.compile(keras.optimizers.Adam(0.02), "mse")
    return model


def train(session, model, data):
    hidden = model.get_layer("hidden")
    inputs = keras.Input((2, 3, 4))
    learner = keras.Model(inputs, keras.layers.Dense(4)(hidden(inputs)))
    learner.compile(keras.optimizers.Adam(0.02), "mse")
    pairs = {name: Split(split.x, split.x) for name, split in data.splits.items()}
    session.fit(learner, data.with_splits(pairs), epochs=2, stage="pretrain")
    hidden.trainable = False
    model.compile(keras.optimizers.Adam(0.02), "mse")
    session.fit(model, data)


def largest_error(model, split):
    x = split.x[:36].reshape(6, 2, 3, 4)
    gaps = model.predict(x, verbose=0).reshape(-1) - split.y[:36, 0]
    return {"error": float(np.abs(gaps).max())}


RECIPE = Recipe(
    "sums",
    data,
    build,
    train,
    evaluators=(largest_error,),
    objective=Objective("val_error", "min"),
    task=Task(),
)


def interrupted():
    """Ctrl-C in the second epoch of the main stage, after 11 steps of both."""
    detect, count = FailureDetector.on_train_batch_end, [0]

    def interrupt(self, batch, logs=None):
        detect(self, batch, logs)
        count[0] += 1
        if count[0] == 2 * 3 + 5:
            raise KeyboardInterrupt

    return mock.patch.object(FailureDetector, "on_train_batch_end", interrupt)


def numbers(folder):
    """Weights, history and test metrics of a training, which goes on from its checkpoint."""
    job = Job(RECIPE, {}, 0, 3, folder)
    loaded = fit.load_data(job)
    trained = fit.train(job, loaded, fit.build_model(job, loaded), lambda *_: None)
    weights = [keras.ops.convert_to_numpy(v).ravel() for v in trained.model.weights]
    history = [np.array(trained.state.history[n]) for n in sorted(trained.state.history)]
    tested = list(trained.session.evaluate().values())
    return trained, np.concatenate([*weights, *history, tested]).astype("float64")


def snapshot_is_a_copy(model):
    """Returns whether a snapshot keeps its numbers when the weights change in place."""
    kernel = model.weights[0]
    before = checkpoint.snapshot(model)[0]
    expected = before.copy()
    kernel.assign(kernel + 1)
    return np.array_equal(before, expected)


def main(target):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trained, whole = numbers(folder / "whole")
        with interrupted(), contextlib.suppress(KeyboardInterrupt):
            numbers(folder / "stopped")
        _, resumed = numbers(folder / "stopped")
        with mock.patch.object(device_memory, "SHARE", 0.0):
            _, streamed = numbers(folder / "streamed")
    np.savez(
        target,
        whole=whole,
        resumed=resumed,
        streamed=streamed,
        rows=Groups(40).indices(0, 0, 3, 1),
        objective=trained.state.best,
        copied=snapshot_is_a_copy(trained.model),
        evaluated=np.array(trained.state.history["val_error"]),
    )


if __name__ == "__main__":
    main(sys.argv[1])
