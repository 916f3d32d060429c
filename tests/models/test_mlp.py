from functools import partial

import keras
import numpy as np
import pytest

from keras_dl.models import mlp
from tests.checks import check_model, check_saving, count_parameters, forward


def test_mlp_has_the_published_size():
    check_model(mlp, (28, 28, 1), (10,), params=669_706)


def test_every_option_together():
    def build(input_shape, num_classes):
        return mlp(
            input_shape,
            num_classes,
            units=[8, 4],
            activation="tanh",
            dropout=0.5,
            batch_norm=True,
            initializer="orthogonal",
        )

    check_model(build, (6,), (3,), params=6 * 8 + 16 + 8 * 4 + 8 + 4 * 3 + 3)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_values_equal_the_formula(batch_norm):
    keras.utils.set_random_seed(0)
    model = mlp((2, 3), 2, units=(4,), activation="tanh", batch_norm=batch_norm, dropout=0.5)
    x = np.random.default_rng(0).normal(size=(5, 2, 3)).astype("float32")
    hidden, logits = model.get_layer("hidden1"), model.get_layer("logits")
    kernel, out = (keras.ops.convert_to_numpy(layer.kernel) for layer in (hidden, logits))
    # A fresh normalisation divides by √(1 + ε), of Keras' ε.
    before = x.reshape(5, 6) @ kernel / (np.sqrt(1.001) if batch_norm else 1.0)
    np.testing.assert_allclose(forward(model, x), np.tanh(before) @ out, rtol=1e-4, atol=1e-5)


def test_no_hidden_layer_is_a_linear_classifier():
    model = mlp((16, 16, 1), 10, units=())
    assert count_parameters(model) == 2570  # the 1989 table's first net
    assert [layer.name for layer in model.layers] == ["input", "flatten", "logits"]


def test_layer_names_tell_the_order():
    names = [layer.name for layer in mlp((4,), 2, units=(3,), batch_norm=True, dropout=0.1).layers]
    hidden = ["hidden1", "hidden1_norm", "hidden1_activation", "hidden1_dropout"]
    assert names == ["input", "flatten", *hidden, "logits"]


def test_layers_of_equal_shape_start_differently():
    model = mlp((8,), 2, units=(8, 8))
    first, second = (model.get_layer(name).kernel for name in ("hidden1", "hidden2"))
    assert keras.ops.convert_to_numpy(first != second).all()


def test_residual_adds_where_the_widths_agree():
    model = mlp((8,), 2, units=(8, 4, 4), residual=True, activation="tanh")
    names = [layer.name for layer in model.layers if layer.name.endswith("_add")]
    assert names == ["hidden1_add", "hidden3_add"]
    check_model(partial(mlp, units=(8, 4, 4), residual=True), (8,), (2,), params=72 + 36 + 20 + 10)
    model.get_layer("hidden1").set_weights([np.zeros((8, 8)), np.zeros(8)])
    part = keras.Model(model.input, model.get_layer("hidden1_add").output)
    x = np.random.default_rng(0).normal(size=(3, 8)).astype("float32")
    np.testing.assert_array_equal(forward(part, x), x)  # nothing added: the identity


def test_max_norm_shortens_the_incoming_weights_of_hidden_units():
    model = mlp((6,), 2, units=(5, 4), max_norm=0.5)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(1.0), loss, run_eagerly=True)
    model.train_on_batch(np.random.default_rng(0).normal(size=(4, 6)), np.arange(4) % 2)
    for name in ("hidden1", "hidden2"):
        lengths = np.linalg.norm(model.get_layer(name).get_weights()[0], axis=0)
        assert lengths.max() <= 0.5 * (1 + 1e-5)
    check_saving(model, np.ones((1, 6), "float32"))


def test_weight_decay_is_half_lambda_times_the_squared_kernels():
    model = mlp((6,), 2, units=(5,), weight_decay=0.1)
    squares = sum(np.sum(kernel**2) for kernel in model.get_weights()[::2])
    total = sum(float(keras.ops.convert_to_numpy(loss)) for loss in model.losses)
    assert total == pytest.approx(0.05 * squares, rel=1e-5)


def test_input_dropout_drops_inputs():
    model = mlp((50,), 2, units=(), input_dropout=0.2)
    assert [layer.name for layer in model.layers] == ["input", "flatten", "input_dropout", "logits"]
    part = keras.Model(model.input, model.get_layer("input_dropout").output)
    dropped = keras.ops.convert_to_numpy(part(np.ones((200, 50), "float32"), training=True)) == 0
    assert dropped.mean() == pytest.approx(0.2, abs=0.016)  # standard error 0.004


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"input_shape": 784}, TypeError, r"`input_shape` must be a tuple.*input_shape=784"),
        ({"input_shape": ()}, ValueError, r"`input_shape` must name at least one axis"),
        ({"input_shape": (None,)}, TypeError, r"`input_shape\[0\]` must be an integer"),
        ({"input_shape": (4, 0)}, ValueError, r"`input_shape\[1\]` must be at least 1"),
        ({"num_classes": 0}, ValueError, r"`num_classes` must be at least 1.*num_classes=0"),
        ({"num_classes": 10.0}, TypeError, r"`num_classes` must be an integer.*=10.0"),
        ({"num_classes": True}, TypeError, r"`num_classes` must be an integer.*=True"),
        ({"units": 512}, TypeError, r"`units` must be a tuple.*units=512"),
        ({"units": (4, -1)}, ValueError, r"`units\[1\]` must be at least 1.*=-1"),
        ({"activation": "rellu"}, ValueError, r"`activation` must be one of .*Did you mean 'relu'"),
        ({"activation": max}, TypeError, r"`activation` must be a name"),
        ({"initializer": "xavier"}, ValueError, r"`initializer` must be one of .*glorot_uniform"),
        ({"input_dropout": 1.0}, ValueError, r"`input_dropout` must lie in \[0, 1\)"),
        ({"max_norm": 0.0}, ValueError, r"`max_norm` must be positive.*max_norm=0.0"),
        ({"max_norm": "2"}, TypeError, r"`max_norm` must be a number"),
        ({"weight_decay": -1.0}, ValueError, r"`weight_decay` must be finite and 0 or more"),
        ({"dropout": 1.0}, ValueError, r"`dropout` must lie in \[0, 1\).*dropout=1.0"),
        ({"dropout": float("nan")}, ValueError, r"`dropout` must lie in .*dropout=nan"),
        ({"dropout": "0.5"}, TypeError, r"`dropout` must be a number.*dropout='0.5'"),
    ],
)
def test_bad_input_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        mlp(**{"input_shape": (4,), "num_classes": 2, **arguments})
