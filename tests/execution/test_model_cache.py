"""Trials on a model that is there already: the same numbers as on one of their own."""

import dataclasses
from typing import Annotated

import keras
import numpy as np
import pytest
from recipes.lenet5 import recipe as lenet5

from keras_dl import Choice, Range, Recipe
from keras_dl.execution import model_cache, run_job
from keras_dl.training import fit
from keras_dl.training.job import Job
from tests.toys import data, tiny, toy

on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="engines are for TensorFlow's traces"
)
NAMES = ("learning_rate", "dropout", "weight_decay", "label_smoothing", "l2")
FIRST = dict(zip(NAMES, (5e-3, 0.2, 0.3, 0.1, 1e-4), strict=True))
TRIALS = [
    FIRST,
    dict(zip(NAMES, (2e-3, 0.4, 0.1, 0.2, 3e-4), strict=True)),
    dict(zip(NAMES, (2e-3, 0.0, 0.1, 0.0, 0.0), strict=True)),
    FIRST | {"activation": "relu"},
    FIRST | {"learning_rate": 1e-3, "l2": 5e-4},
]


@pytest.fixture(autouse=True)
def fresh():
    model_cache.forget()
    yield
    model_cache.forget()


def job(recipe, folder, seed=0, **values):
    known = {n: h.default for n, h in recipe.space().items() if h.when is None} | values
    return Job(recipe, known, seed, 2, folder, steps_per_epoch=6)


def learnt(folder):
    with np.load(folder / "checkpoint.npz") as file:
        return {name: file[name] for name in file.files if name != "state"}


@pytest.mark.slow
def test_trials_give_the_numbers_of_processes_of_their_own(tmp_path):
    digits = {"dataset": "digits", "batch_size": 64}
    for number, values in enumerate(TRIALS):
        after, alone = (
            job(lenet5, tmp_path / f"{kind}{number}", number % 2, **digits, **values)
            for kind in ("after", "alone")
        )
        found = run_job.run_job(after)
        kept, model_cache._cache = model_cache._cache, []
        expected = run_job.run_job(alone)
        model_cache._cache = kept
        assert found.history == expected.history
        some, others = learnt(after.folder), learnt(alone.folder)
        assert some.keys() == others.keys()
        for name, array in some.items():
            np.testing.assert_array_equal(array, others[name], err_msg=name)


@pytest.mark.slow
def test_trials_give_the_numbers_of_runs(tmp_path):
    values = {"dataset": "digits", "batch_size": 64, **TRIALS[1]}
    for number in range(2):
        found = run_job.run_job(job(lenet5, tmp_path / f"trial{number}", **values))
    run = job(lenet5, tmp_path / "run", **values)
    loaded = fit.load_data(run)
    trained = fit.train(run, loaded, fit.build_model(run, loaded), lambda *_: None)
    for name, curve in trained.state.history.items():
        np.testing.assert_allclose(found.history[name], curve, rtol=1e-4, err_msg=name)


@on_tensorflow
def test_numbers_alone_need_no_new_trace(tmp_path):
    for number, rate in enumerate((1e-2, 3e-3, 1e-3)):
        run_job.run_job(job(toy, tmp_path / f"{number}", learning_rate=rate, dropout=0.3 - rate))
    assert len(model_cache._cache) == 1
    loops = model_cache._cache[0][1].pipeline._loops.values()
    assert [loop._loop(False).experimental_get_tracing_count() for loop in loops] == [1, 1]
    run_job.run_job(job(toy, tmp_path / "wider", units=9))
    run_job.run_job(job(toy, tmp_path / "without", dropout=0.0))
    assert len(model_cache._cache) == 3


@on_tensorflow
def test_few_cache_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(model_cache, "MOST_MODELS", 1)
    for units in (3, 4):
        run_job.run_job(job(toy, tmp_path / f"{units}", units=units))
    assert len(model_cache._cache) == 1


@on_tensorflow
def test_failed_training_leaves_no_engine(tmp_path):
    run_job.run_job(job(toy, tmp_path / "well"))
    late = dataclasses.replace(job(toy, tmp_path / "late"), timeout=1e-9)
    with pytest.raises(Exception, match="took longer"):
        run_job.run_job(late)
    assert model_cache._cache == []


class Drawn(keras.layers.Layer):
    """Draws from TensorFlow's own generator, which only a new process begins anew."""

    def call(self, x):
        import tensorflow as tf

        return x + tf.random.normal(tf.shape(x))


class Initial(keras.layers.Dense):
    """Has first weights from there."""

    def build(self, shape):
        import tensorflow as tf

        super().build(shape)
        self.kernel.assign(tf.random.normal(self.kernel.shape))


class Whole(keras.layers.Layer):
    """Takes nothing but what Python calls a float."""

    def __init__(self, rate):
        super().__init__()
        if type(rate) is not float:
            raise TypeError("no float")
        self.rate = rate

    def call(self, x):
        return x * self.rate


KINDS = {
    "draws": lambda rate: Drawn(),
    "starts": lambda rate: Initial(4),
    "insists": lambda rate: Whole(rate),
    "global": lambda rate: keras.layers.Lambda(
        lambda x: x + keras.random.normal(keras.ops.shape(x))
    ),
}


def build_odd(
    data,
    *,
    kind: Annotated[str, Choice(*KINDS)] = "draws",
    learning_rate: Annotated[float, Range(1e-4, 1e-1, log=True)] = 1e-2,
):
    net = keras.Sequential([keras.Input(data.input_shape), KINDS[kind](learning_rate)])
    return tiny(data, rate=learning_rate, front=net)


odd = Recipe(name="odd", data=data, build=build_odd, epochs=2)


@on_tensorflow
@pytest.mark.parametrize("kind", KINDS)
def test_what_no_engine_can_be_made_for_is_trained_all_the_same(kind, tmp_path, capsys):
    for number, rate in enumerate((1e-2, 1e-3)):
        found = run_job.run_job(job(odd, tmp_path / f"{number}", kind=kind, learning_rate=rate))
        assert np.isfinite(found.history["loss"]).all()
    assert model_cache._cache == []
    assert capsys.readouterr().err.count("odd: each trial is traced again") == 1
