"""Keras models of the user's: trained as they are, scaled, compiled by the data, refused."""

from typing import Annotated

import keras
import numpy as np
import pytest

import keras_dl
from keras_dl import Range, Recipe
from keras_dl.cli.loading import load_recipe
from keras_dl.data import load
from keras_dl.tracking import store as tracking

QUIET = {"verbose": False, "epochs": 2}
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(120, 4)).astype("float32")
Y = (X[:, 0] > 0).astype(int)


def net(units=2, activation=None, inputs=4):
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            keras.layers.Dense(6, "relu"),
            keras.layers.Dense(units, activation=activation),
        ],
        name="mine",
    )


def test_uncompiled_model_is_compiled_by_the_data_and_left_alone(store):
    model = net()
    before = model.get_weights()
    result = keras_dl.run(model, (X, Y), **QUIET)
    assert not model.compiled
    np.testing.assert_array_equal(before[0], model.get_weights()[0])
    assert result.model.get_layer("scaling") is not None
    run = tracking.find_run(result.run_id)
    assert run.data.tags["recipe"] == "mine"
    assert run.data.params["objective"] == "val_accuracy"
    assert {"confusion_matrix", "roc"} <= set(result.figures)
    loaded = keras_dl.load_model(result.run_id)
    np.testing.assert_allclose(loaded.predict(X, verbose=0), result.model.predict(X, verbose=0))


def test_compiled_model_keeps_loss_optimizer_and_metrics(store):
    keras.utils.set_random_seed(0)
    model = net(1, "sigmoid")
    auc = keras.metrics.AUC(name="area_auc")
    model.compile(keras.optimizers.SGD(0.25), "binary_crossentropy", metrics=[auc])
    result = keras_dl.run(model, (X, Y), **QUIET)
    assert isinstance(result.model.optimizer, keras.optimizers.SGD)
    assert float(result.model.optimizer.learning_rate) == 0.25
    assert result.metrics["objective"] == max(result.history["val_area_auc"])
    assert result.metrics["test/auc"] > 0.5


def test_regression_goes_by_the_targets(store):
    y = X @ np.array([1.0, 2.0, 0.0, 0.5]) + 0.1
    result = keras_dl.run(net(1), (X, y), **QUIET)
    assert result.metrics["objective"] == min(result.history["val_loss"])
    assert {"test/r_squared", "test/rmse"} <= set(result.metrics)
    assert "predicted_against_actual" in result.figures


def test_weights_of_the_model_are_the_start(store):
    first = keras_dl.run(net(), (X, Y), **QUIET)
    further = keras_dl.run(first.model, (X, Y), batch_size=16, **QUIET)
    assert further.history["loss"][0] < first.history["loss"][0]


def build(*, units: Annotated[int, Range(2, 8)] = 4):
    return keras.Sequential([keras.layers.Dense(units, "tanh"), keras.layers.Dense(2)])


@pytest.mark.slow
def test_function_with_hyperparameters_is_tuned_and_repeatable(store):
    recipe = Recipe.from_model(build, epochs=2)
    assert list(recipe.space()) == ["dataset", "batch_size", "image_size", "units"]
    options = {"workers": 0, "final_seeds": 0, "algorithm": "random", "verbose": False}
    search = recipe.tune(data=(X, Y), trials=2, **options)
    assert set(search.searched) == {"units"}
    again = recipe.tune(data=(X, Y), trials=3, resume=True, **options)
    assert [t.score for t in again.trials][:2] == [t.score for t in search.trials]


def test_images_of_another_size_are_resized_to_the_model(store):
    model = keras.Sequential(
        [keras.Input((12, 12, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    )
    digits = load("digits")
    data = (digits.test.x, digits.test.y)
    result = keras_dl.run(model, data, **{**QUIET, "epochs": 1})
    assert result.model.input_shape == (None, 12, 12, 1)
    assert "mistakes" in result.figures


def compiled(loss):
    model = net()
    model.compile("adam", loss)
    return model


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (net(inputs=5), r"must take the data's examples, of shape \(4,\). Received: .* \(5,\)"),
        (net(3), "must have one output per class, 2, or a single one .* Received: 3 outputs"),
        (compiled("categorical_crossentropy"), "sparse_categorical_crossentropy"),
        (lambda: 3, "`build` must return a compiled keras.Model. Received: int"),
        ("net.keras", "'net.keras' is not a recipe"),
    ],
)
def test_model_that_does_not_fit_is_refused_before_the_run(store, model, message):
    with pytest.raises((TypeError, ValueError), match=message):
        keras_dl.run(model, (X, Y), **QUIET)
    assert not tracking.client().search_experiments(filter_string="name != 'Default'")


def test_regression_needs_an_output_per_target(store):
    with pytest.raises(ValueError, match="one output per target, 2. Received: 1 outputs"):
        keras_dl.run(net(1), (X, X[:, :2] / 7), **QUIET)


def test_own_scaling_is_not_doubled():
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Normalization(), keras.layers.Dense(2)]
    )
    recipe = Recipe.from_model(model)
    built = recipe.build(load((X, Y)))
    assert [type(layer).__name__ for layer in built.layers] == ["Normalization", "Dense"]
    forced = Recipe.from_model(net(), scaling=False).build(load((X, Y)))
    assert [type(layer).__name__ for layer in forced.layers] == ["Dense", "Dense"]


def test_file_with_a_model_is_a_recipe_of_the_command_line(tmp_path):
    path = tmp_path / "my_net_of_a_file.py"
    path.write_text(
        "import keras\nfrom keras_dl import Recipe\n"
        "def build(data, *, units: int = 4):\n"
        "    return keras.Sequential([keras.layers.Dense(units), keras.layers.Dense(2)])\n"
        "recipe = Recipe.from_model(build)\n"
    )
    assert "units" in load_recipe(str(path)).space()
