import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from keras_dl.data import load
from keras_dl.metrics import linear_probe_accuracy, nearest_neighbour_accuracy, project


@pytest.fixture(scope="module")
def digits():
    data = load("digits")
    flat = [s.x.reshape(len(s.x), -1).astype(float) for s in (data.train, data.test)]
    return flat[0][:600], data.train.y[:600], flat[1], data.test.y


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("neighbours", [1, 5])
def test_neighbours_are_those_of_scikit_learn(digits, metric, neighbours):
    train, labels, test, answers = digits
    theirs = KNeighborsClassifier(neighbours, metric=metric).fit(train, labels)
    found = nearest_neighbour_accuracy(
        train, labels, test, answers, neighbours=neighbours, metric=metric
    )
    assert found == pytest.approx(theirs.score(test, answers), abs=0.003)  # votes may tie


def test_probe_is_scikit_learn_s_logistic_regression(digits):
    train, labels, test, answers = digits
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation[deviation == 0] = 1
    theirs = LogisticRegression(C=1.0, max_iter=500).fit((train - mean) / deviation, labels)
    expected = theirs.score((test - mean) / deviation, answers)
    assert linear_probe_accuracy(train, labels, test, answers) == pytest.approx(expected, abs=0.004)


def test_bad_arguments_are_refused(digits):
    train, labels, test, answers = digits
    with pytest.raises(ValueError, match="`neighbours` must be at most the 600"):
        nearest_neighbour_accuracy(train, labels, test, answers, neighbours=601)
    with pytest.raises(ValueError, match="Received: 600 features, 599 labels"):
        linear_probe_accuracy(train, labels[:-1], test, answers)
    with pytest.raises(ValueError, match="`metric` must be"):
        nearest_neighbour_accuracy(train, labels, test, answers, metric="manhattan")


def test_projections():
    features = np.random.default_rng(0).normal(size=(30, 5))
    maps = project(features)
    assert list(maps) == ["two principal components", "t-SNE"]
    assert {points.shape for points in maps.values()} == {(30, 2)}
    assert list(project(features[:, :2])) == ["code"]
    assert list(project(features[:5])) == ["two principal components"]
    with pytest.raises(ValueError, match="must be two or more"):
        project(features[:1])
