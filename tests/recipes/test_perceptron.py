from dataclasses import replace

import numpy as np
import pytest
from recipes.perceptron import build, data, recipe

from keras_dl.data import Split
from keras_dl.data.toys import truth_table


def weights(model):
    kernel, bias = model.get_layer("perceptron").get_weights()
    return np.append(kernel[:, 0], bias[0])


def table(x, y):
    split = Split(np.asarray(x, "float32"), np.asarray(y, "int32"))
    return replace(truth_table("and", batch_size=1), train=split, validation=split, test=split)


def test_updates_are_those_of_rosenblatts_rule_one_by_one():
    images = data(dataset="digits", positive=3)
    model = build(images)
    assert model.count_params() == 401
    expected = np.zeros(401)
    mistakes = 0
    for image, label in zip(images.train.x[:60], images.train.y[:60], strict=True):
        x = np.append(image.ravel() / 255, 1.0)
        side = 2 * label - 1
        if side * (expected @ x) <= 0:
            expected += side * x
            mistakes += 1
        model.train_on_batch(image[None], label[None])
        np.testing.assert_allclose(weights(model), expected, atol=1e-4)
    assert 3 < mistakes < 60


def test_converges_on_separable_data_within_novikoffs_bound():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 2))
    normal = np.array([1.0, 1.0]) / np.sqrt(2)
    x += 0.5 * np.sign(x @ normal)[:, None] * normal  # a gap of one
    blobs = table(x, x @ normal > 0)
    model = build(blobs)
    scaled = np.column_stack([(x - x.mean(axis=0)) / x.std(axis=0), np.ones(60)])
    changes = 0
    for _ in range(20):
        before = changes
        for row, label in zip(blobs.train.x, blobs.train.y, strict=True):
            old = weights(model)
            model.train_on_batch(row[None], label[None])
            changes += bool((weights(model) != old).any())
        if changes == before:
            break
    assert changes == before  # a whole pass without a mistake
    side = 2 * blobs.train.y - 1
    direction = np.append(normal * x.std(axis=0), normal @ x.mean(axis=0))
    margin = (side * (scaled @ direction)).min() / np.linalg.norm(direction)
    assert changes <= (np.linalg.norm(scaled, axis=1).max() / margin) ** 2


def test_cycles_on_xor_for_ever():
    xor = truth_table("xor", batch_size=1)
    model, seen = build(xor), []
    for _ in range(12):
        for row, label in zip(xor.train.x, xor.train.y, strict=True):
            model.train_on_batch(row[None], label[None])
        seen.append(tuple(np.round(weights(model), 4)))
        right = model.predict(xor.train.x, verbose=0).argmax(axis=1) == xor.train.y
        assert right.sum() < 4
    assert len(set(seen)) < len(seen)  # the same weights come back


def test_unknown_class_is_refused():
    with pytest.raises(ValueError, match=r"`positive` must be the number of a class, 0 … 9"):
        data(positive=10)


def test_report_finds_one_class_among_the_rest(store):
    result = recipe.run(budget="smoke", steps_per_epoch=100, verbose=False)
    assert result.data.class_names == ("other", "8")
    assert {"confusion_matrix", "mistakes", "filters"} <= set(result.figures)
    assert 0 <= result.metrics["recall"] <= 1


@pytest.mark.slow
def test_separable_digits_are_learnt(store):
    result = recipe.run(positive=0, epochs=4, verbose=False)
    assert result.metrics["test/accuracy"] > 0.98
