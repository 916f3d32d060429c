"""Recipes of classes on targets that are numbers."""

import keras
import numpy as np
import pytest
from PIL import Image

from keras_dl import compare
from keras_dl.cli import main
from keras_dl.data import DatasetError, Values, load
from keras_dl.losses import ScaledSquaredError
from keras_dl.recipe import Objective
from keras_dl.tasks.compiling import compile_for_targets
from keras_dl.tuning.plan import make_plan
from recipes import lenet5, lenet5_1998, logistic_regression, mlp
from tests.backends import values_on
from tests.tasks.regression_values import trained

SMALL = {"epochs": 2, "verbose": False, "units": (32,), "seed": 0}


def bars(count=60):
    """Images of a white bar, and its height in metres."""
    heights = np.random.default_rng(0).integers(4, 24, count)
    x = np.zeros((count, 28, 28, 1), np.uint8)
    for image, height in zip(x, heights, strict=True):
        image[:height] = 200
    return x, heights / 4


def test_loss_is_the_unexplained_share_and_outputs_are_in_units_of_the_target():
    data = load("diabetes")
    y = data.train.y.astype("float64")
    model = compile_for_targets(data, keras.Sequential([keras.Input((10,)), keras.layers.Dense(
        1, kernel_initializer="zeros")]), "sgd")  # fmt: skip
    values = model.evaluate(data.train.x, data.train.y, verbose=0, return_dict=True)
    np.testing.assert_allclose(model.predict(data.train.x, verbose=0), y.mean(), rtol=1e-5)
    assert values["loss"] == pytest.approx(1, rel=1e-5)
    assert values["mae"] == pytest.approx(np.abs(y - y.mean()).mean(), rel=1e-5)


def test_several_targets_are_each_standardised():
    x = np.random.default_rng(0).normal(size=(80, 3)).astype("float32")
    y = np.stack([x[:, 0] * 100 + 7, x[:, 1] / 50 + 0.3], axis=1)
    result = mlp.run(data=(x, y), **SMALL | {"epochs": 60, "learning_rate": 0.02})
    assert result.model.output_shape == (None, 2)
    assert result.metrics["test/r_squared"] > 0.8


def test_scaled_squared_error_by_hand_and_from_its_config():
    loss = keras.losses.deserialize(keras.losses.serialize(ScaledSquaredError([2.0, 0.5])))
    assert float(loss(np.array([[1.0, 1.0]]), np.array([[5.0, 0.0]]))) == pytest.approx((4 + 4) / 2)
    with pytest.raises(ValueError, match="`scale` must be above 0"):
        ScaledSquaredError([0.0])


def test_a_recipe_of_classes_becomes_a_regression():
    recipe = mlp.recipe.for_numbers()
    assert (recipe.task_name, recipe.objective) == ("regression", Objective("val_mae", "min"))
    assert recipe.final_score.name == "test/mae"
    assert "label_smoothing" in mlp.recipe.space()
    assert "label_smoothing" not in recipe.space()
    stated = mlp.recipe.with_objective("val_r_squared").for_numbers()
    assert stated.objective == Objective("val_r_squared", "max")


def test_a_search_keeps_the_stated_direction_of_its_objective():
    plans = [make_plan(mlp.recipe, None, {"objective": o}) for o in ("max:val_rmse", None)]
    stated, default = (plan.for_data({"targets": {"type": "Values"}}) for plan in plans)
    assert stated.recipe.objective == Objective("val_rmse", "max")
    assert stated.options["objective"] == "max:val_rmse"
    assert default.options["objective"] == "val_mae"


def test_images_with_numbers_are_a_regression(store, capsys):
    x, y = bars()
    result = lenet5.run(data=(x, y), epochs=1, seed=0, verbose=False)
    assert {"test/mae", "test/rmse", "test/r_squared"} <= set(result.metrics)
    assert {"predicted_against_actual", "residuals"} <= set(result.figures)
    predicted = result.model.predict(result.data.test.x, verbose=0).ravel()
    error = np.abs(predicted - result.data.test.y).mean()
    assert result.metrics["test/mae"] == pytest.approx(error, rel=1e-4)
    np.savez("new.npz", x=x[:2])
    assert main(["predict", result.run_id, "new.npz"]) == 0
    values = [float(line.split(": ")[1]) for line in capsys.readouterr().out.splitlines()]
    np.testing.assert_allclose(values, result.model.predict(x[:2], verbose=0).ravel(), rtol=1e-4)


def test_what_needs_classes_is_refused(store):
    for values in ({"label_smoothing": 0.1}, {"objective": "val_accuracy"}):
        with pytest.raises(ValueError, match="numbers|metrics that training reports"):
            mlp.run(dataset="diabetes", **SMALL, **values)
    for recipe in (logistic_regression, lenet5_1998):
        with pytest.raises(ValueError, match=r"`dataset` must have classes for .*; its targets"):
            recipe.run(data=bars(), epochs=1, verbose=False)


@pytest.mark.slow
def test_search_and_ablation_go_by_the_absolute_error(store):
    search = mlp.tune(
        dataset="diabetes", trials=2, seeds=2, search=("units", "label_smoothing"), epochs=1,
        verbose=False,
    )  # fmt: skip
    assert search.objective.name == "val_mae"
    assert "label_smoothing" not in search.searched
    result = mlp.recipe.ablate(over=("dropout",), dataset="diabetes", epochs=1, verbose=False)
    assert result.to_dataframe().score.min() > 1  # in units of the target
    compared = compare([mlp, lenet5], data=bars(), epochs=1, seeds=2, verbose=False)
    assert compared.metric == "test/mae"


def write_list(folder, rows, header="file,height"):
    for name in ("a", "b", *map(str, range(30))):
        Image.fromarray(np.full((8, 8), 9 * len(name), np.uint8)).save(folder / f"{name}.png")
    (folder / "values.csv").write_text("\n".join([header, *rows]), encoding="utf-8")


def test_a_table_beside_images_has_their_targets(tmp_path):
    write_list(tmp_path, [f"{i}.png,{i / 3}" for i in range(30)])
    data = load(tmp_path)
    assert isinstance(data.targets, Values)
    assert sum(split.num_examples for split in data.splits.values()) == 30
    assert any("2 of 32 files are left out" in notice for notice in data.reading.notices)
    write_list(tmp_path, [f"{i},{'cat' if i % 2 else 'dog'}" for i in range(30)], "id,label")
    assert load(tmp_path).class_names == ("cat", "dog")


@pytest.mark.parametrize(
    ("rows", "header", "message"),
    [
        (["0.png,1.5", "x.png,2", "1.png,3"], "file,height", "no 'x.png'"),
        (["0.png,1,2", "1.png,2,3"], "file,u,v", "`target` must be stated"),
        (["u,1.5", "v,2.5"], "file,height", "column of the images' file names"),
    ],
)
def test_wrong_tables_beside_images_are_refused(tmp_path, rows, header, message):
    write_list(tmp_path, rows, header)
    with pytest.raises(DatasetError, match=message):
        load(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "tensorflow", "torch"])
def test_backends_agree(backend, tmp_path):
    there = values_on(backend, "tasks.regression_values", tmp_path)
    np.testing.assert_allclose(there["trained"], trained(), rtol=1e-4)


class _Stop(keras.callbacks.Callback):
    stop = True

    def on_epoch_begin(self, epoch, logs=None):
        if self.stop and epoch == 2:
            raise KeyboardInterrupt


def test_a_stopped_regression_goes_on_to_the_same_numbers(store, capsys):
    arguments = {"dataset": "diabetes", "units": (32,), "epochs": 4, "seed": 1}
    whole = mlp.run(**arguments, verbose=False)
    with pytest.raises(KeyboardInterrupt):
        mlp.run(**arguments, callbacks=[_Stop()], verbose=True)
    run_id = capsys.readouterr().err.partition("Run ")[2].partition(",")[0]
    rest = _Stop()
    rest.stop = False
    resumed = mlp.run(resume=run_id, callbacks=[rest], verbose=True)
    assert "another" not in capsys.readouterr().err
    assert resumed.history == whole.history
    assert resumed.metrics["test/mae"] == whole.metrics["test/mae"]
