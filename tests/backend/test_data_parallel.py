"""Several devices: the same training as on one, and an error where that is impossible."""

from unittest import mock

import keras
import numpy as np
import pytest

from keras_dl.backend import data_parallel
from tests.backends import values_on


def values(what, folder):
    """Values of `data_parallel_values`, in a process with two simulated devices."""
    stored = values_on("jax", "backend.data_parallel_values", folder, what, own=True, alone=True)
    cases = {}
    for key, value in stored.items():
        case, way, name = key.split("|")
        cases.setdefault(case, {}).setdefault(way, {})[name] = value
    return cases


def assert_equal(one, two):
    assert set(one) == set(two)
    for name, value in one.items():
        np.testing.assert_allclose(two[name], value, rtol=1e-5, atol=1e-5, err_msg=name)


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    return values("quick", tmp_path_factory.mktemp("values"))


@pytest.mark.slow
def test_two_devices_train_to_the_numbers_of_one_also_from_a_rest(quick):
    cases = quick["convolutions"]
    assert_equal(cases["one"], cases["two"])
    assert cases["one"]["loss"][0] > cases["one"]["loss"][-1]


def test_runs_are_tracked_with_their_devices_and_resume_on_them(quick):
    runs = quick["runs"][""]
    assert runs["devices"].tolist() == ["1", "2", "2"]
    np.testing.assert_allclose(runs["run on 2"], runs["run on 1"], rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(runs["resumed"], runs["run on 2"])


def test_more_devices_than_there_are_are_refused(quick):
    message = str(quick["runs"][""]["refused"])
    assert message.startswith("`devices` must not exceed the devices of this machine, of which ")
    assert message.endswith(" finds 2. Received: devices=4")


@pytest.mark.slow
def test_streamed_batches_and_dropout(tmp_path):
    cases = values("slow", tmp_path)
    assert_equal(cases["convolutions"]["one"], cases["convolutions"]["streamed"])
    assert_equal(cases["dropout"]["one"], cases["dropout"]["two"])


def test_one_device_is_always_right():
    with mock.patch.object(data_parallel, "available", return_value=0) as available:
        data_parallel.check(1, 7)
    assert not available.called


def test_batches_that_cannot_be_divided_are_refused():
    with (
        mock.patch.object(keras.backend, "backend", return_value="jax"),
        mock.patch.object(data_parallel, "available", return_value=4),
        pytest.raises(ValueError, match="must divide the batch size.* devices=3, batch_size=32"),
    ):
        data_parallel.check(3, 32)


@pytest.mark.parametrize("backend", ["tensorflow", "torch"])
def test_other_backends_are_refused(backend):
    with (
        mock.patch.object(keras.backend, "backend", return_value=backend),
        pytest.raises(ValueError, match=f"must be 1 on the backend {backend}; KERAS_BACKEND=jax"),
    ):
        data_parallel.check(2, 32)
