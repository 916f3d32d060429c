"""XLA or not: tried where it may pay, remembered, and without a trace in what is learnt."""

import json
import math

import keras
import numpy as np
import pytest

from keras_dl.backend import xla_autotuner
from keras_dl.backend.xla_autotuner import Timing
from keras_dl.data import Data, Split
from keras_dl.training import input_pipeline
from tests.training.input_pipeline_values import CLASSES, IMAGES, SIZE, compiled, net, scaling

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="elsewhere Keras compiles all steps, or none"
)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_DL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def fitted(epochs=2, size=SIZE, rate=0.01, layer=None, choose=True):
    keras.utils.set_random_seed(0)
    front = [layer] if layer is not None else []
    model = compiled(keras.Sequential([keras.Input((4, 4, 1)), *front, scaling(), net()]))
    model.optimizer.learning_rate = rate
    model.jit_compile = False
    split = Split(IMAGES, CLASSES)
    data = Data("toy", split, split, split, ("a", "b", "c"), "made", "0" * 64, size)
    pipeline = input_pipeline.InputPipeline(model, size)
    with pipeline.fit(data, 5, None, 0, epochs=epochs if choose else None) as (x, held_out, ahead):
        history = model.fit(
            x, validation_data=held_out, epochs=epochs, shuffle=False, callbacks=ahead, verbose=0
        ).history
    return model, history


def known():
    return json.loads(xla_autotuner.memory().read_text())


def test_short_training_is_not_tried():
    model, _ = fitted()
    assert model.jit_compile is False
    assert not xla_autotuner.memory().exists()


def test_trying_leaves_no_trace_in_what_is_learnt(monkeypatch):
    monkeypatch.setattr(xla_autotuner, "WORTH", 0.0)
    model, history = fitted()
    assert len(known()) == 1
    assert model.jit_compile is False  # eight steps do not pay for a compilation
    expected, curve = fitted(choose=False)
    assert history == curve
    for one, other in zip(model.variables, expected.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_what_was_measured_is_not_measured_again(monkeypatch):
    monkeypatch.setattr(xla_autotuner, "WORTH", 0.0)
    fitted()
    (key,) = known()
    xla_autotuner.memory().write_text(json.dumps({key: [1.0, 0.1, 0.5]}))
    monkeypatch.setattr(xla_autotuner.XLAAutotuner, "_measured", None)
    model, history = fitted(rate=0.02)  # the same model at another rate
    assert model.jit_compile is True
    assert np.isfinite(history["loss"]).all()
    assert known() == {key: [1.0, 0.1, 0.5]}


def test_other_batches_are_measured_for_themselves(monkeypatch):
    monkeypatch.setattr(xla_autotuner, "WORTH", 0.0)
    fitted()
    fitted(size=SIZE // 2)
    assert len(known()) == 2


@pytest.mark.parametrize("text", ["", "[", "[]", '{"another": [1, 2, 3]}'])
def test_file_that_is_of_no_use_is_written_anew(text, monkeypatch):
    monkeypatch.setattr(xla_autotuner, "WORTH", 0.0)
    xla_autotuner.memory().parent.mkdir(parents=True)
    xla_autotuner.memory().write_text(text)
    fitted()
    assert any(len(timing) == 3 and timing != [1, 2, 3] for timing in known().values())


def test_folder_that_cannot_be_written_stops_no_training(cache, monkeypatch, capsys):
    cache.write_text("a file, not a folder")
    monkeypatch.setattr(xla_autotuner, "WORTH", 0.0)
    _, history = fitted()
    assert len(history["loss"]) == 2
    assert "is not kept" in capsys.readouterr().out


class Printed(keras.layers.Layer):
    """Does what XLA cannot compile."""

    def call(self, x):
        import tensorflow as tf

        return tf.reshape(tf.numpy_function(lambda a: a, [x], x.dtype), tf.shape(x))

    def compute_output_shape(self, shape):
        return shape


def test_model_that_xla_cannot_compile_is_trained_without(monkeypatch):
    monkeypatch.setattr(xla_autotuner, "WORTH", 0.0)
    model, history = fitted(layer=Printed())
    assert model.jit_compile is False
    assert len(history["loss"]) == 2
    assert next(iter(known().values()))[1] == math.inf


def test_compilations_must_be_earned():
    assert not Timing(0.010, 0.008, 2.0).jit_compile(1_000)
    assert Timing(0.010, 0.008, 2.0).jit_compile(4_000)
    assert not Timing(0.010, 0.011, 0.1).jit_compile(10**9)
    assert not Timing(0.010, 0.0097, 0.1).jit_compile(10**9)  # within the noise
    assert not Timing(0.010, math.inf, 0.0).jit_compile(10**9)
