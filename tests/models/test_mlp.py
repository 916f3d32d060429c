import keras
import numpy as np
import pytest

from keras_dl.models import mlp
from tests.checks import check_model, count_parameters, forward


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


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"input_shape": 784}, TypeError, r"`input_shape` must be a tuple.*input_shape=784"),
        ({"input_shape": ()}, ValueError, r"`input_shape` must name at least one axis"),
        ({"input_shape": (None,)}, TypeError, r"`input_shape\[0\]` must be an integer"),
        ({"input_shape": (4, 0)}, ValueError, r"`input_shape\[1\]` must be at least 1"),
        ({"num_classes": 1}, ValueError, r"`num_classes` must be at least 2.*num_classes=1"),
        ({"num_classes": 10.0}, TypeError, r"`num_classes` must be an integer.*=10.0"),
        ({"num_classes": True}, TypeError, r"`num_classes` must be an integer.*=True"),
        ({"units": 512}, TypeError, r"`units` must be a tuple.*units=512"),
        ({"units": (4, -1)}, ValueError, r"`units\[1\]` must be at least 1.*=-1"),
        ({"activation": "rellu"}, ValueError, r"`activation` must be one of .*did you mean 'relu'"),
        ({"activation": max}, TypeError, r"`activation` must be a name"),
        ({"initializer": "xavier"}, ValueError, r"`initializer` must be one of .*glorot_uniform"),
        ({"dropout": 1.0}, ValueError, r"`dropout` must lie in \[0, 1\).*dropout=1.0"),
        ({"dropout": float("nan")}, ValueError, r"`dropout` must lie in .*dropout=nan"),
        ({"dropout": "0.5"}, TypeError, r"`dropout` must be a number.*dropout='0.5'"),
    ],
)
def test_bad_input_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        mlp(**{"input_shape": (4,), "num_classes": 2, **arguments})
