import keras
import numpy as np
import pytest

from keras_dl import diagnostics
from keras_dl.backend.gradients import weight_gradients
from keras_dl.models import mlp
from tests.diagnostics.values import LOSS, batch, small


def test_statistics_are_those_of_the_layers_outputs():
    model, (x, y) = small("tanh"), batch()
    hidden = keras.Model(model.input, model.get_layer("hidden2").output)(x)
    output = keras.ops.convert_to_numpy(hidden)
    found = {s.name: s for s in diagnostics.layer_statistics(model, x, y)}
    assert list(found) == ["hidden1", "hidden2", "logits"]
    assert found["hidden2"].mean == pytest.approx(output.mean(), abs=1e-6)
    assert found["hidden2"].variance == pytest.approx(output.var(), rel=1e-5)
    near = (np.abs(output) > 0.95).mean()
    assert found["hidden2"].saturated == pytest.approx(near)
    assert np.isnan(found["hidden2"].dead)
    assert np.isnan(found["logits"].saturated)


def test_gradient_by_logits_is_softmax_minus_target():
    model, (x, y) = small(), batch()
    logits = model.predict(x, verbose=0)
    chance = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    slope = (chance - np.eye(3)[y]) / len(x)
    last = diagnostics.layer_statistics(model, x, y)[-1]
    assert last.gradient_variance == pytest.approx(slope.var(), rel=1e-4)


def test_dead_units_are_counted():
    model, (x, y) = small("relu"), batch()
    kernel, bias = model.get_layer("hidden1").get_weights()
    bias[:2] = -1000.0
    bias[2:] = 1000.0
    model.get_layer("hidden1").set_weights([kernel, bias])
    assert diagnostics.layer_statistics(model, x, y)[0].dead == pytest.approx(2 / 5)


def test_saturated_sigmoids_are_counted():
    model, (x, y) = small("sigmoid"), batch()
    kernel, _ = model.get_layer("hidden1").get_weights()
    model.get_layer("hidden1").set_weights([0 * kernel, np.array([9.0, -9.0, 9.0, 0.0, 1.0])])
    assert diagnostics.layer_statistics(model, x, y)[0].saturated == pytest.approx(3 / 5)


def test_nets_within_models_and_convolutions_are_looked_into():
    inner = keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            keras.layers.Conv2D(3, 3, name="conv"),
            keras.layers.BatchNormalization(),
            keras.layers.ReLU(name="rectified"),
            keras.layers.Flatten(),
            keras.layers.Dense(2, name="logits"),
        ]
    )
    inputs = keras.Input((4, 4, 1))
    model = keras.Model(inputs, inner(keras.layers.Rescaling(0.5)(inputs)))
    model.compile("sgd", LOSS(from_logits=True))
    x = np.random.default_rng(0).normal(size=(5, 4, 4, 1)).astype("float32")
    found = diagnostics.layer_statistics(model, x, np.arange(5) % 2)
    assert [s.name for s in found] == ["rectified", "logits"]
    assert 0 <= found[0].dead <= 1
    assert list(diagnostics.kernel_gradients(model, x, np.arange(5) % 2)) == ["conv", "logits"]


def test_layers_work_as_before_afterwards():
    model, (x, y) = small(), batch()
    before = model.predict(x, verbose=0)
    diagnostics.layer_statistics(model, x, y)
    assert "call" not in vars(model.get_layer("hidden1"))
    np.testing.assert_array_equal(model.predict(x, verbose=0), before)


def test_kernel_gradients_are_root_mean_squares():
    model, (x, y) = small(), batch()
    first = weight_gradients(model, x, y)[0]
    found = diagnostics.kernel_gradients(model, x, y)
    assert found["hidden1"] == pytest.approx(np.sqrt((first**2).mean()), rel=1e-5)
    assert diagnostics.gradient_ratio(model, x, y) == pytest.approx(
        found["hidden1"] / found["logits"]
    )


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_gradients_vanish_in_ten_sigmoid_layers_and_not_in_ten_of_relu(seed):
    keras.utils.set_random_seed(seed)
    random = np.random.default_rng(seed)
    x, y = random.random((64, 64), dtype="float32"), random.integers(0, 10, 64)

    def ratio(activation, initializer):
        net = mlp((64,), 10, units=(64,) * 10, activation=activation, initializer=initializer)
        net.compile("sgd", LOSS(from_logits=True))
        return diagnostics.gradient_ratio(net, x, y)

    assert ratio("sigmoid", "glorot_uniform") < 1e-3
    assert ratio("relu", "he_normal") > 1e-1


def test_recorder_looks_before_training_and_after_each_epoch():
    model, (x, y) = small(), batch()
    fresh = diagnostics.layer_statistics(model, x, y)
    recorder = diagnostics.LayerRecorder(x, y)
    model.fit(x, y, epochs=2, verbose=0, callbacks=[recorder])
    assert len(recorder.history) == 3
    assert recorder.history[0][0].variance == pytest.approx(fresh[0].variance)
    assert recorder.history[-1][0].variance == pytest.approx(
        diagnostics.layer_statistics(model, x, y)[0].variance
    )
    assert recorder.history[-1][0].variance != recorder.history[0][0].variance


def test_unknown_layers_are_named():
    with pytest.raises(ValueError, match="`names` must name layers of the model: .*hidden1"):
        diagnostics.layer_statistics(small(), *batch(), names=["hiden1"])
