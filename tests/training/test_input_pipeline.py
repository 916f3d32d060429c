"""Data on the device: the same training as from batches, and nothing of it left in the model."""

from pathlib import Path
from unittest import mock

import keras
import numpy as np
import pytest

from keras_dl.backend import device_memory
from keras_dl.backend.batches import Batches
from keras_dl.backend.compiled_loop import CompiledLoop
from keras_dl.data import Split
from keras_dl.data.samplers import epoch_order
from keras_dl.training import input_pipeline
from tests.backends import values_on
from tests.training.input_pipeline_values import (
    CASES,
    CLASSES,
    IMAGES,
    SIZE,
    both,
    data_of,
    fitted,
    net,
)

ROOT = Path(__file__).parents[2]
on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the loops are TensorFlow's"
)


@pytest.mark.parametrize(
    "case", [c if c == "plain" else pytest.param(c, marks=pytest.mark.slow) for c in CASES]
)
def test_training_equals_the_one_from_batches(case):
    placed, streamed = both(case)
    # Gathered rows are the same numbers; their sums may be taken in another order.
    np.testing.assert_allclose(placed, streamed, rtol=1e-4, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_training_equals_the_one_from_batches_on_another_backend(backend, tmp_path):
    found = values_on(backend, "training.input_pipeline_values", tmp_path)
    assert set(found) == set(CASES)
    for case in CASES:
        np.testing.assert_allclose(*found[case], rtol=1e-4, atol=1e-5, err_msg=case)


@on_tensorflow
def test_small_data_go_to_the_device_and_large_ones_are_streamed():
    model, _ = fitted("plain", 0.5, epochs=0)
    small = data_of(Split(IMAGES, CLASSES))
    pipeline = input_pipeline.InputPipeline(model, SIZE)
    with pipeline.evaluate(small, "test") as (_, callbacks):
        assert isinstance(model.test_function, CompiledLoop)
        assert callbacks == [model.test_function]
    with (
        mock.patch.object(device_memory, "SHARE", 1e-9),
        pipeline.evaluate(small, "test") as (x, callbacks),
    ):
        assert isinstance(x, Batches)
        assert model.test_function is None
    model.steps_per_execution = 2
    with pipeline.evaluate(small, "test") as (x, callbacks):
        assert isinstance(x, Batches)
    model.steps_per_execution, model.run_eagerly = 1, True
    with pipeline.evaluate(small, "test") as (x, callbacks):
        assert isinstance(x, Batches)


@on_tensorflow
def test_epochs_meet_the_examples_in_their_order():
    model, _ = fitted("plain", 0.5, epochs=0)
    seen = []
    model.train_step = lambda batch: {"loss": _noted(batch[0], seen)}
    fitted("plain", 0.5, model=model, first=2, epochs=4)
    numbers = {image.tobytes(): i for i, image in enumerate(IMAGES)}
    found = [[numbers[image.tobytes()] for image in batch] for batch in seen]
    assert [len(batch) for batch in found] == [8, 8, 8, 4] * 2
    assert np.concatenate(found).tolist() == [
        *epoch_order(5, 2, len(IMAGES)),
        *epoch_order(5, 3, len(IMAGES)),
    ]


def _noted(x, seen):
    import tensorflow as tf

    def note(batch):
        seen.append(batch)
        return np.float32(0)

    return tf.ensure_shape(tf.numpy_function(note, [x], tf.float32), ())


class Watch(keras.callbacks.Callback):
    """Looks at the weights before each step."""

    def __init__(self):
        super().__init__()
        self.weights, self.batches, self.losses = [], [], []

    def on_train_batch_begin(self, batch, logs=None):
        self.batches.append(batch)
        self.weights.append(self.model.get_weights()[0].copy())

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(logs["loss"])


def test_callbacks_that_look_at_steps_see_each():
    watch = Watch()
    fitted("plain", 0.5, epochs=2, callbacks=[watch])
    assert watch.batches == [*range(4), *range(4)]
    for before, after in zip(watch.weights, watch.weights[1:], strict=False):
        assert (before != after).any()
    assert len(set(watch.losses)) == len(watch.losses)


@on_tensorflow
def test_without_them_a_stretch_of_steps_is_one_call():
    calls = []
    real = CompiledLoop._compute

    def counted(self, steps):
        calls.append(steps)
        real(self, steps)

    with mock.patch.object(CompiledLoop, "_compute", counted):
        _, history = fitted("plain", 0.5, epochs=3)
    assert sum(calls) == 3 * (4 + 2) + 1  # training and validation, then the test
    assert calls.count(4) >= 1  # a whole epoch
    assert np.isfinite(history["loss"]).all()


@on_tensorflow
def test_evaluating_something_else_in_the_middle_is_refused():
    class Looks(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.evaluate(IMAGES, CLASSES, verbose=0)

    with pytest.raises(RuntimeError, match="must wait until `fit` has ended"):
        fitted("plain", 0.5, epochs=1, callbacks=[Looks()])


def test_steps_shorten_the_epoch():
    model, _ = fitted("plain", 0.5, epochs=2, steps=3)
    assert int(model.optimizer.iterations) == 6


@pytest.mark.parametrize("share", [0.5, 0.0])
def test_model_is_left_as_it_was(share, tmp_path):
    model, _ = fitted("plain", share, epochs=0)
    names, size = [v.path for v in model.variables], model.count_params()
    fitted("plain", share, model=model, epochs=1)
    assert [v.path for v in model.variables] == names
    assert model.count_params() == size
    assert {"train_step", "test_step"}.isdisjoint(vars(model))
    model.save(tmp_path / "model.keras")
    assert (tmp_path / "model.keras").stat().st_size < 100_000
    again = keras.models.load_model(tmp_path / "model.keras")
    assert type(again) is type(model)
    np.testing.assert_allclose(again.predict(IMAGES, verbose=0), model.predict(IMAGES, verbose=0))
    history = model.fit(IMAGES, CLASSES, batch_size=5, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    assert model.evaluate(IMAGES, CLASSES, verbose=0, return_dict=True)["accuracy"] >= 0


@on_tensorflow
@pytest.mark.slow
def test_steps_compiled_by_xla_learn_the_same():
    found = []
    for share in (0.5, 0.0):
        model, _ = fitted("adaptation", share, epochs=0)
        model.jit_compile = True
        found.append(fitted("adaptation", share, model=model, epochs=2)[1]["loss"])
    np.testing.assert_allclose(*found, rtol=1e-5)


@on_tensorflow
def test_vectors_among_the_metrics_stay_vectors():
    model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(3)])
    model.compile("sgd", "mse", metrics=[keras.metrics.F1Score()])
    split = Split(IMAGES.reshape(-1, 16).astype("float32"), np.eye(3, dtype="float32")[CLASSES])
    with input_pipeline.InputPipeline(model, 5).evaluate(data_of(split), "test") as (x, callbacks):
        found = model.evaluate(x, callbacks=callbacks, verbose=0, return_dict=True)
    expected = model.evaluate(split.x, split.y, batch_size=5, verbose=0, return_dict=True)
    np.testing.assert_allclose(found["f1_score"], expected["f1_score"], rtol=1e-6)
    assert np.shape(found["f1_score"]) == (3,)


def test_net_for_these_tests_has_state_besides_its_weights():
    assert len(net().non_trainable_variables) == 3  # two moving averages, a seed
