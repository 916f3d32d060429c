"""Several devices: the same training as on one, and clear words where that cannot be."""

from pathlib import Path
from unittest import mock

import keras
import numpy as np
import pytest

from keras_dl.backend import data_parallel
from tests.backends import values_on

ROOT = Path(__file__).parents[2]
on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="refused on TensorFlow alone"
)


def values(backend, what, folder):
    """What `parallel_values` finds, in a process with two simulated devices: case → way → name."""
    found = values_on(backend, "backend.data_parallel_values", folder, what, own=True)
    cases = {}
    for key, value in found.items():
        case, way, name = key.split("|")
        cases.setdefault(case, {}).setdefault(way, {})[name] = value
    return cases


def assert_equal(one, two):
    assert set(one) == set(two)
    for name, value in one.items():
        np.testing.assert_allclose(two[name], value, rtol=1e-5, atol=1e-5, err_msg=name)


@pytest.fixture(scope="module", params=["tensorflow", "jax"])
def quick(request, tmp_path_factory):
    return values(request.param, "quick", tmp_path_factory.mktemp("values"))


def test_two_devices_learn_what_one_learns_also_from_a_rest(quick):
    found = quick["convolutions"]
    assert_equal(found["one"], found["two"])
    assert found["one"]["loss"][0] > found["one"]["loss"][-1]


def test_runs_are_tracked_with_their_devices_and_go_on_with_them(quick):
    found = quick["runs"][""]
    assert found["devices"].tolist() == ["1", "2", "2"]
    np.testing.assert_allclose(found["run on 2"], found["run on 1"], rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(found["resumed"], found["run on 2"])


def test_more_devices_than_there_are_are_refused(quick):
    said = str(quick["runs"][""]["refused"])
    assert said.startswith("`devices` must not exceed the devices of this machine, of which ")
    assert said.endswith(" finds 2. Received: devices=4")


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_words_streams_and_dropout(backend, tmp_path):
    found = values(backend, "slow", tmp_path)
    assert_equal(found["convolutions"]["one"], found["convolutions"]["streamed"])
    if backend == "tensorflow":  # where gradients of embeddings are not arrays
        assert_equal(found["words"]["one"], found["words"]["two"])
    one, two = found["dropout"]["one"], found["dropout"]["two"]
    if backend == "jax":
        assert_equal(one, two)
    else:  # other masks, but each step counts once
        assert abs(one["loss"] - two["loss"]).max() > 1e-3
        np.testing.assert_allclose(one["loss"], two["loss"], rtol=0.2)
        (seed,) = (k for k, v in one.items() if k.startswith("variable") and v.shape == (2,))
        np.testing.assert_array_equal(one[seed], two[seed])


def model(**options):
    net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    net.compile("sgd", **{"loss": "mse", **options})
    return net


class Own(keras.Model):
    """With a loss that looks at the whole batch."""

    def call(self, inputs):
        return inputs

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return keras.ops.std(y_pred)


def own():
    net = Own()
    net.compile("sgd")
    return net


def test_one_device_is_always_right():
    with mock.patch.object(data_parallel, "available", return_value=0) as asked:
        data_parallel.check(1, own(), 7, jit_compile=True)
    assert not asked.called


def test_batches_that_cannot_be_shared_out_are_refused():
    with (
        mock.patch.object(data_parallel, "available", return_value=4),
        pytest.raises(ValueError, match="must divide the batch size.* devices=3, batch_size=32"),
    ):
        data_parallel.check(3, model(), 32)


@on_tensorflow
@pytest.mark.parametrize(
    ("make", "jit_compile", "message"),
    [
        (own, None, "must be 1 on TensorFlow for Own: its compute_loss would see each device's"),
        (
            lambda: model(loss=keras.losses.MeanSquaredError(reduction="sum")),
            None,
            "a loss that is a sum over examples",
        ),
        (model, True, "`jit_compile` must not be given with several devices.*jit=True, devices=2"),
    ],
)
def test_what_replicas_would_change_is_refused(make, jit_compile, message):
    with (
        mock.patch.object(data_parallel, "available", return_value=2),
        pytest.raises(ValueError, match=message),
    ):
        data_parallel.check(2, make(), 32, jit_compile)


def test_other_backends_are_refused():
    with (
        mock.patch.object(keras.backend, "backend", return_value="torch"),
        pytest.raises(ValueError, match="must be 1 on the backend torch.*Received: devices=2"),
    ):
        data_parallel.check(2, model(), 32)
