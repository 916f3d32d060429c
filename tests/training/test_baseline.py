import keras
import numpy as np
import pytest

from keras_dl import Recipe
from keras_dl.data import Classes, Data, Features, Split
from keras_dl.tracking import store as tracking
from keras_dl.training import baseline
from tests.toys import data, toy


def skewed(test=(0, 0, 0, 1)):
    x = np.arange(4, dtype=np.float32)[:, None]
    train, test = Split(x, np.array([0, 0, 0, 1], np.int32)), Split(x, np.array(test, np.int32))
    splits = {"train": train, "validation": test, "test": test}
    return Data.from_splits("skewed", splits, inputs=Features(), targets=Classes(("a", "b")))


def constant(units, shape=(1,)):
    """A model whose outputs are those of its bias alone."""
    start = keras.initializers.Constant([1.0] + [0.0] * (units - 1))
    layer = keras.layers.Dense(units, kernel_initializer="zeros", bias_initializer=start)
    return keras.Sequential([keras.Input(shape), layer])


def test_share_of_trains_most_frequent_class_in_test():
    assert baseline.majority_share(skewed()) == {"majority_share": 0.75}
    assert baseline.majority_share(skewed(test=(1, 1, 1, 0))) == {"majority_share": 0.25}


@pytest.mark.parametrize(("units", "accuracy", "name"), [(2, 0.75, "'a'"), (1, 0.25, "'b'")])
def test_one_class_for_everything_is_noticed(units, accuracy, name):
    metrics = {"test/accuracy": accuracy, "test/majority_share": 0.75}
    expected = [f"The model predicts one class for all 4 test examples: {name}."]
    assert baseline.notices(constant(units), skewed(), metrics) == expected


def test_an_accuracy_that_is_no_share_costs_no_prediction():
    metrics = {"test/accuracy": 0.5, "test/majority_share": 0.75}
    assert baseline.notices(None, skewed(), metrics) == []  # type: ignore[arg-type]


def test_several_classes_of_the_same_accuracy_are_no_notice():
    layer = keras.layers.Dense(2)
    model = keras.Sequential([keras.Input((1,)), layer])
    layer.set_weights([np.array([[1.0, -1.0]]), np.array([-0.5, 0.0])])  # b, a, a, a
    metrics = {"test/accuracy": 0.75, "test/majority_share": 0.75}
    assert baseline.notices(model, skewed(test=(0, 0, 0, 1)), metrics) == []


def build_constant(data, *, rate: float = 0.1):
    net = constant(data.num_classes, data.input_shape)
    net.trainable = False
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    net.compile(keras.optimizers.SGD(rate), loss, metrics=["accuracy"])
    return net


def test_a_run_reports_share_and_notice(store, capsys):
    stuck = Recipe(name="stuck", data=data, build=build_constant, epochs=1)
    result = stuck.run()
    expected = "The model predicts one class for all 30 test examples: 'setosa'."
    assert result.metrics["test/accuracy"] == pytest.approx(1 / 3)
    assert result.metrics["test/majority_share"] == pytest.approx(1 / 3)
    run = tracking.find_run(result.run_id)
    assert run.data.metrics["test/majority_share"] == pytest.approx(1 / 3)
    assert run.data.tags["notices"] == expected
    assert run.data.tags["mlflow.note.content"].startswith(f"**{expected}**\n\n    ! ")
    assert result.notices == [expected]
    printed = capsys.readouterr().err
    assert expected in printed
    assert "test/majority_share 0.3333" in printed
    assert toy.run(epochs=3, verbose=False).notices == []
