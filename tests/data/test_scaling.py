import keras
import numpy as np
import pytest

from keras_dl.data import load, with_scaling
from tests.data.writers import arrays


def net(data):
    inputs = keras.Input(data.input_shape)
    return keras.Model(inputs, keras.layers.Flatten()(inputs), name="net")


def values(model, x, **options):
    return keras.ops.convert_to_numpy(model(np.asarray(x, "float32"), **options))


def test_pixels_are_divided_by_255():
    data = load(arrays())
    model = with_scaling(data, net(data))
    assert model.name == "net"
    assert [layer.name for layer in model.layers] == ["pixels", "scaling", "net"]
    expected = data.test.x.reshape(len(data.test.x), -1) / np.float32(255)
    np.testing.assert_allclose(values(model, data.test.x), expected, rtol=1e-6)
    # uint8 as it stands, in the compiled step
    np.testing.assert_allclose(model.predict(data.test.x, verbose=0), expected, rtol=1e-6)


def test_features_are_standardised_by_train():
    data = load("wine")
    model = with_scaling(data, net(data))
    assert [layer.name for layer in model.layers] == ["features", "scaling", "net"]
    train = values(model, data.train.x)
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(train.std(axis=0), 1, atol=1e-4)


def test_a_constant_feature_stays_finite():
    x = np.c_[np.ones(30), np.arange(30)]
    data = load((x, np.arange(30) % 2))
    assert np.abs(values(with_scaling(data, net(data)), [[2.0, 5.0]])).max() < 10


@pytest.mark.parametrize("dataset", ["digits", "iris"])
def test_saved_and_loaded(tmp_path, dataset):
    data = load(dataset)
    model = with_scaling(data, net(data))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(values(loaded, data.test.x), values(model, data.test.x))


def test_augmentation_works_in_training_only():
    data = load(arrays(shape=(6, 6)))
    model = with_scaling(data, net(data), [keras.layers.RandomFlip(seed=0)])
    plain = data.test.x.reshape(len(data.test.x), -1) / np.float32(255)
    np.testing.assert_allclose(values(model, data.test.x, training=False), plain, rtol=1e-6)
    assert not np.allclose(values(model, data.test.x, training=True), plain)


def test_scaling_stays_in_float32_under_mixed_precision():
    data = load("wine")
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = with_scaling(data, net(data))
    finally:
        keras.config.set_dtype_policy("float32")
    assert model.get_layer("scaling").compute_dtype == "float32"


def test_another_shape_is_refused():
    data = load(arrays())
    with pytest.raises(ValueError, match=r"`net` must take the data's examples.*\(None, 4\)"):
        with_scaling(data, net(load("iris")))
