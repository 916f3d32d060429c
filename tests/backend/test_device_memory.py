import keras
import numpy as np
import pytest

from keras_dl.backend import device_memory

IMAGES = np.arange(24, dtype="uint8").reshape(6, 4)


def test_numbers_fit_up_to_a_share_of_the_free_memory(monkeypatch):
    monkeypatch.setattr(device_memory, "_free", lambda: 4.0 * IMAGES.nbytes)
    assert device_memory.fits(IMAGES)
    assert not device_memory.fits(IMAGES, IMAGES[:1])


def test_what_is_no_array_of_numbers_does_not_fit():
    assert not device_memory.fits(np.array(["a"]))
    assert not device_memory.fits([1, 2])


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="placing is TensorFlow's")
@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32", "bool"])
def test_placed_array_is_the_same_numbers(dtype):
    found = device_memory.placed(IMAGES.astype(dtype))
    np.testing.assert_array_equal(found.numpy(), IMAGES.astype(dtype))
    assert found.dtype.name == dtype
