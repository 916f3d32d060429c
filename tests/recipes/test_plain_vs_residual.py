import keras
import numpy as np
import pytest
from recipes.plain_vs_residual import build, data, report

from tests.checks import count_parameters


@pytest.fixture(scope="module")
def digits():
    return data(dataset="digits")


@pytest.mark.parametrize("depth", [20, 56])
def test_nets_of_a_depth_differ_in_the_shortcuts_alone(digits, depth):
    plain, residual = (build(digits, depth=depth, residual=on).layers[-1] for on in (False, True))
    assert (plain.name, residual.name) == (f"plain{depth}", f"resnet{depth}")
    assert count_parameters(plain) == count_parameters(residual)
    adds = [[x for x in net.layers if isinstance(x, keras.layers.Add)] for net in (plain, residual)]
    assert [len(found) for found in adds] == [0, (depth - 2) // 2]


def test_report_measures_the_training_images(digits):
    model = build(digits)
    reported = report(model, digits)
    x, y = digits.train.x, digits.train.y
    expected = np.mean(model.predict(x, verbose=0).argmax(axis=1) == y)
    assert reported["train/accuracy"] == pytest.approx(expected, abs=2 / len(x))
    assert reported["train/loss"] > 0
    assert {"confusion_matrix", "mistakes", "filters"} <= set(reported)
