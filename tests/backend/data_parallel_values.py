"""Trainings on one device and on two simulated ones; run once per backend, in a process of its own.

Two devices are two halves of the processor, which must be said before the backend starts.
"""

import contextlib
import os
import sys
import tempfile
import warnings
from unittest import mock

os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"

import keras
import numpy as np

from keras_dl import settings
from keras_dl.backend import device_memory
from keras_dl.data import Split
from keras_dl.tracking import store
from keras_dl.training import callbacks, input_pipeline
from tests.toys import toy
from tests.training.input_pipeline_values import data_of

COUNT, SIZE = 45, 8  # five batches, and one of five
RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.integers(0, 256, (COUNT, 6, 6, 1)).astype("uint8")
CLASSES = (np.arange(COUNT) % 3).astype("int32")
layers = keras.layers


def compiled(parts, **options):
    model = keras.Sequential(parts)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(0.01, **options)
    metrics = ["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(2, name="top")]
    model.compile(optimizer, loss, metrics=metrics)
    model.jit_compile = True
    return model


def convolutions():
    return compiled(
        [
            keras.Input(IMAGES.shape[1:]),
            layers.Rescaling(1 / 255),
            layers.Conv2D(4, 3, use_bias=False, kernel_regularizer=keras.regularizers.L2(0.01)),
            layers.BatchNormalization(momentum=0.9),
            layers.Activation("relu"),
            layers.Flatten(),
            layers.Dense(8, "tanh", activity_regularizer=keras.regularizers.L2(0.01)),
            layers.Dense(3),
        ],
        global_clipnorm=0.1,
    )


def dropout():
    return compiled(
        [
            keras.Input(IMAGES.shape[1:]),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            layers.Dense(16, "relu"),
            layers.Dropout(0.5),
            layers.Dense(3),
        ]
    )


WAYS = {"one": (1, 0.5), "two": (2, 0.5), "streamed": (2, 0.0)}  # devices, share of the memory
CASES = {  # model and examples
    "convolutions": (convolutions, IMAGES),
    "dropout": (dropout, IMAGES),
}
QUICK = [("convolutions", "one"), ("convolutions", "two")]
SLOW = [
    ("dropout", "one"),
    ("dropout", "two"),
    ("convolutions", "one"),
    ("convolutions", "streamed"),
]


def fitted(case, devices, share):
    """Model and history, test metrics among it; data may take `share` of the memory."""
    make, x = CASES[case]
    keras.utils.set_random_seed(0)
    model = make()
    # The rest of validation is a single example, that of the test three.
    part, rest = Split(x[:17], CLASSES[:17]), Split(x[5:16], CLASSES[5:16])
    data = data_of(rest, Split(x, CLASSES), part)
    pipeline = input_pipeline.InputPipeline(model, SIZE, devices)
    with mock.patch.object(device_memory, "SHARE", share):
        with pipeline.fit(data, 5, None, 0) as (fed, held_out, ahead):
            history = model.fit(
                fed,
                validation_data=held_out,
                epochs=2,
                shuffle=False,
                callbacks=ahead,
                verbose=0,
            ).history
        with pipeline.evaluate(data, "test") as (fed, ahead):
            found = model.evaluate(fed, callbacks=ahead, verbose=0, return_dict=True)
    return model, {**history, **{f"test_{name}": [value] for name, value in found.items()}}


def numbers(case, way):
    """All numbers of a training; of the seeds that dropout leaves too."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        model, history = fitted(case, *WAYS[way])
    state = [*model.variables, *model.optimizer.variables]
    arrays = {f"variable {i}": keras.ops.convert_to_numpy(v.value) for i, v in enumerate(state)}
    outputs = model.predict(CASES[case][1], verbose=0)  # as ever, on one device
    return {**arrays, **{k: np.array(v) for k, v in history.items()}, "outputs": outputs}


def runs():
    """Losses of whole runs on one device and two, and of one on two that was interrupted."""
    given = {"epochs": 4, "dropout": 0.0, "verbose": False}
    found = {f"run on {n}": toy.run(devices=n, **given) for n in (1, 2)}
    real = callbacks.FailureDetector.on_train_batch_end

    def interrupt(self, batch, logs=None):
        real(self, batch, logs)
        if self.state.epoch == 2 and batch == 1:
            raise KeyboardInterrupt

    stop = mock.patch.object(callbacks.FailureDetector, "on_train_batch_end", interrupt)
    with stop, contextlib.suppress(KeyboardInterrupt):
        toy.run(devices=2, **given)
    ids = [e.experiment_id for e in store.client().search_experiments()]
    stopped = next(r for r in store.search(ids, "") if r.info.status == "KILLED").info.run_id
    found["resumed"] = toy.run(resume=stopped, verbose=False)
    params = [store.find_run(result.run_id).data.params["devices"] for result in found.values()]
    losses = {
        name: np.array([*r.history["loss"], *r.history["val_loss"], r.metrics["test/loss"]])
        for name, r in found.items()
    }
    return {**losses, "devices": np.array(params), "refused": np.array(refused())}


def refused():
    """What is said to whom asks for more devices than there are."""
    try:
        toy.run(devices=4, epochs=1, verbose=False)
    except ValueError as error:
        return str(error)
    return "nothing"


if __name__ == "__main__":
    target, quick = os.path.abspath(sys.argv[1]), sys.argv[2] == "quick"
    settings.load_backend()
    found = {}
    for case, way in QUICK if quick else SLOW:
        found |= {f"{case}|{way}|{k}": v for k, v in numbers(case, way).items()}
    if quick:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            found |= {f"runs||{name}": v for name, v in runs().items()}
    np.savez(target, **found)
