import numpy as np
import pytest

from keras_dl.metrics.retrieval import prompt_accuracy, recall_at_one


def unit(points):
    points = np.asarray(points, float)
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def test_recall_counts_the_class_of_the_nearest():
    queries, gallery = unit([[1, 0], [0, 1], [1, 1]]), unit([[1, 0.1], [-0.1, 1]])
    share = recall_at_one(queries, np.array([0, 0, 1]), gallery, np.array([0, 1]))
    assert share == pytest.approx(1 / 3)


def test_prompts_of_a_class_are_averaged():
    prompts = unit([[1, 0.5], [1, -0.5], [0, 1]])
    share, predicted = prompt_accuracy(
        unit([[2, 0], [0, 3]]), np.array([4, 4]), prompts, np.array([4, 4, 7])
    )
    np.testing.assert_array_equal(predicted, [4, 7])
    assert share == 0.5
