import keras
import numpy as np
import pytest

from keras_dl.activations import (
    ACTIVATIONS,
    get_activation,
    heaviside,
    scaled_tanh,
    sign,
    tanh_gelu,
)
from keras_dl.models import mlp
from tests.checks import check_gradients, check_saving

X = np.array([-2.0, -1e-9, 0.0, 0.3, 5.0], "float32")


def _values(function, x=X):
    return keras.ops.convert_to_numpy(function(keras.ops.convert_to_tensor(x)))


def _slope(function, x):
    """The gradient at a number x, by the framework: what one step of plain descent moves."""
    inputs = keras.Input((1,))
    layer = keras.layers.Dense(1, use_bias=False, kernel_initializer=keras.initializers.Constant(x))
    model = keras.Model(inputs, keras.layers.Activation(function)(layer(inputs)))
    model.compile(keras.optimizers.SGD(1.0), lambda y, p: keras.ops.mean(p), run_eagerly=True)
    model.train_on_batch(np.ones((1, 1)), np.ones((1, 1)))
    return x - float(keras.ops.convert_to_numpy(layer.kernel)[0, 0])


def test_heaviside_steps_at_zero():
    np.testing.assert_array_equal(_values(heaviside), [0, 0, 1, 1, 1])
    assert keras.backend.standardize_dtype(heaviside(X).dtype) == "float32"


@pytest.mark.parametrize("x", [-3.0, 0.0, 0.5])
def test_heaviside_s_gradient_goes_straight_through(x):
    assert _slope(heaviside, x) == pytest.approx(1.0)


def test_sign_is_a_threshold_with_the_slope_of_its_linear_part():
    np.testing.assert_array_equal(_values(sign), [-1, -1, 1, 1, 1])
    assert [_slope(sign, x) for x in (-3.0, -0.5, 0.0, 0.5, 3.0)] == [0, 1, 1, 1, 0]


def test_scaled_tanh_maps_one_to_one():
    assert _values(scaled_tanh, np.array([1.0, -1.0])) == pytest.approx([1.0, -1.0], abs=2e-5)
    assert _values(scaled_tanh, np.array([50.0])) == pytest.approx([1.7159])


def test_tanh_gelu_is_the_formula_and_near_gelu():
    x = np.linspace(-6, 6, 241)
    expected = x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    np.testing.assert_allclose(_values(tanh_gelu, x.astype("float32")), expected, atol=1e-6)
    exact = _values(keras.activations.gelu, x.astype("float32"))
    assert 1e-4 < np.abs(expected - exact).max() < 5e-4


def test_scaled_tanh_s_slope():
    expected = 1.7159 * 2 / 3 * (1 - np.tanh(2 / 3 * 0.5) ** 2)
    assert _slope(scaled_tanh, 0.5) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sigmoid", 1 / (1 + np.exp(-X))),
        ("tanh", np.tanh(X)),
        ("scaled_tanh", 1.7159 * np.tanh(2 * X / 3)),
        ("relu", np.maximum(X, 0)),
        ("leaky_relu", np.where(X > 0, X, 0.2 * X)),
        ("linear", X),
    ],
)
def test_values_equal_the_formula(name, expected):
    np.testing.assert_allclose(_values(get_activation(name)), expected, rtol=1e-5, atol=1e-7)


def test_sigmoid_s_slope_is_the_lecture_s():
    sigmoid = 1 / (1 + np.exp(-0.7))
    assert _slope(get_activation("sigmoid"), 0.7) == pytest.approx(
        sigmoid * (1 - sigmoid), rel=1e-5
    )


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_builder_takes_every_name(name, batch_norm):
    model = mlp((4,), 2, units=(3,), activation=name, batch_norm=batch_norm)
    check_saving(model, np.ones((1, 4), "float32"))


def test_nothing_is_cut_off_below_a_step():
    keras.utils.set_random_seed(0)
    model = mlp((4,), 2, units=(8, 8), activation="heaviside")
    check_gradients(model, np.random.default_rng(0).normal(size=(8, 4)), np.arange(8) % 2)


def test_unknown_name_lists_the_known():
    with pytest.raises(ValueError, match=r"must be one of .*heaviside.*scaled_tanh.*'rellu'"):
        get_activation("rellu")
