"""Global settings are restored after a training, whatever it did to them."""

import random

import keras
import numpy as np
import pytest

from keras_dl import Recipe
from keras_dl.backend.global_state import restored_state
from keras_dl.execution.run_job import run_job
from keras_dl.training.job import Job
from tests.toys import data, tiny


def run_eagerly(value):
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.run_functions_eagerly(value)


CHANGES = {
    "floatx": lambda: keras.config.set_floatx("float16"),
    "epsilon": lambda: keras.config.set_epsilon(0.1),
    "image_data_format": lambda: keras.config.set_image_data_format("channels_first"),
    "dtype_policy": lambda: keras.config.set_dtype_policy("mixed_bfloat16"),
    "max_epochs": lambda: keras.config.set_max_epochs(1),
    "eager functions": lambda: run_eagerly(True),
    "seeds": lambda: keras.utils.set_random_seed(99),
}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return run_job(job(None, tmp_path_factory.mktemp("plain")))


def job(change, folder):
    def build(data, *, units: int = 4):
        if change is not None:
            CHANGES[change]()
        return tiny(data, units, dropout=0.2)

    return Job(Recipe(name="toy", data=data, build=build), {"units": 4}, 3, 2, folder)


@pytest.mark.parametrize("change", CHANGES)
def test_trial_does_not_see_what_an_earlier_one_changed(change, undisturbed, tmp_path):
    run_job(job(change, tmp_path / "first"))
    assert keras.config.floatx() == "float32"
    assert keras.config.image_data_format() == "channels_last"
    assert keras.config.dtype_policy().name == "float32"
    after = run_job(job(None, tmp_path / "second"))
    assert after.history == undisturbed.history


def test_generators_of_the_caller_are_left_alone():
    random.seed(1)
    np.random.seed(1)
    expected = random.random(), np.random.rand()
    random.seed(1)
    np.random.seed(1)
    with restored_state():
        keras.utils.set_random_seed(5)
    assert (random.random(), np.random.rand()) == expected


def test_data_drawn_from_the_global_generator_are_the_same_in_any_order(tmp_path):
    def drawn(*, dataset: str = "none"):
        x = np.random.normal(size=(60, 2)).astype("float32")
        return (x, (x[:, 0] > 0).astype(int))

    def build(data):
        return tiny(data)

    def digest():
        from keras_dl.training import fit

        return fit.load_data(Job(Recipe(name="drawn", data=drawn, build=build), {}, 0, 1, tmp_path))

    first = digest().digest
    np.random.rand(7)
    assert digest().digest == first


def test_restores_after_an_error():
    def fail():
        with restored_state():
            keras.config.set_floatx("float16")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert keras.config.floatx() == "float32"
