import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from keras_dl.data.text import bag_of_ngrams
from keras_dl.models import bag_of_words, deep_averaging, text_classifier


def texts(count=6, length=9, vocabulary=30, seed=0):
    x = np.random.default_rng(seed).integers(1, vocabulary, (count, length)).astype("int32")
    x[:, -2:] = 0
    return x


def logits(model, x):
    return keras.ops.convert_to_numpy(model(x, training=False))


def test_bag_of_words_is_the_product_of_counts_and_weights():
    model = bag_of_words(5, 3)
    weights = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    model.set_weights([weights])
    x = np.array([[[0, 2, 4, 0], [1, 3, 0.5, 0]]], "float32")
    expected = weights[0] + 3 * weights[2] + 0.5 * weights[4]
    np.testing.assert_allclose(logits(model, x)[0], expected, rtol=1e-6)


@pytest.mark.slow
def test_bag_of_words_reaches_scikit_learn_s_logistic_regression():
    """The same convex problem, its constant penalised on both sides."""
    data = bag_of_ngrams("topics", longest=1, min_count=3)
    x, y = data.train.x, data.train.y
    rows = np.zeros((len(x), len(data.preprocessor.features)))
    for row, (numbers, weights) in zip(rows, x, strict=True):
        np.add.at(row, numbers.astype(int), weights)
    reference = LogisticRegression(C=1.0, fit_intercept=False, tol=1e-8, max_iter=5000)
    expected = reference.fit(rows, y).predict_proba(rows)
    model = bag_of_words(rows.shape[1], 6, weight_decay=1 / (2 * 1.0 * len(x)))
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.1, 400)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(x, y, batch_size=len(x), epochs=400, verbose=0)
    found = keras.ops.convert_to_numpy(keras.ops.softmax(logits(model, x)))
    np.testing.assert_allclose(found, expected, atol=2e-3)


@pytest.mark.parametrize("head", ["average", "cnn", "lstm"])
def test_every_weight_learns_and_saving_keeps_the_function(head, tmp_path):
    keras.utils.set_random_seed(0)
    model = text_classifier(30, 3, head=head, dim=8, units=4)
    x = texts()
    assert model.output_shape == (None, 3)
    model.save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(logits(loaded, x), logits(model, x))
    before = [np.array(w) for w in model.get_weights()]
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(x, np.arange(6) % 3, epochs=5, verbose=0)
    for old, new, weight in zip(before, model.get_weights(), model.weights, strict=True):
        assert (old != new).any(), weight.path


@pytest.mark.parametrize(("head", "changes"), [("average", False), ("cnn", True), ("lstm", True)])
def test_order_of_words_matters_but_to_the_average(head, changes):
    keras.utils.set_random_seed(0)
    model = text_classifier(30, 3, head=head, dim=8, units=4)
    x = texts()[:, :7]
    change = np.abs(logits(model, x) - logits(model, x[:, ::-1])).max()
    assert (change > 1e-4) == changes


@pytest.mark.parametrize("head", ["average", "lstm"])
def test_padding_does_not_count(head):
    keras.utils.set_random_seed(0)
    model = text_classifier(30, 3, head=head, dim=8, units=4)
    x = texts()
    np.testing.assert_allclose(logits(model, x), logits(model, x[:, :7]), rtol=1e-4, atol=1e-6)


def test_average_is_the_mean_of_the_vectors():
    model = text_classifier(30, 2, dim=4)
    x = texts()
    table, kernel, bias = model.get_weights()
    np.testing.assert_allclose(
        logits(model, x), table[x[:, :7]].mean(axis=1) @ kernel + bias, rtol=1e-4, atol=1e-6
    )


def test_kim_s_filters_are_counted():
    """Table of vectors, 100 filters of 3, 4 and 5 words, logits."""
    model = text_classifier(1000, 2, head="cnn", dim=300)
    expected = 1000 * 300 + 100 * (3 + 4 + 5) * 300 + 300 + 300 * 2 + 2
    assert model.count_params() == expected


def test_frozen_vectors_stay():
    for frozen in (False, True):
        model = text_classifier(30, 3, dim=8, frozen=frozen)
        vectors = model.get_layer("vectors").get_weights()[0]
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(texts(), np.arange(6) % 3, verbose=0)
        same = (model.get_layer("vectors").get_weights()[0] == vectors).all()
        assert same == frozen


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"head": "gru"}, "`head` must be one of average, cnn, lstm"),
        ({"dropout": 1.0}, "`dropout` must lie in"),
    ],
)
def test_wrong_arguments_are_refused(given, words):
    with pytest.raises(ValueError, match=words):
        text_classifier(30, 3, **given)


def test_deep_averaging_is_dense_layers_on_the_mean_of_the_words():
    net = deep_averaging(7, 3, dim=4, units=(5,))
    words = np.array([[2, 3, 0, 0], [6, 6, 2, 1]], "int32")
    table, w1, b1, w2, b2 = net.get_weights()
    for row, logits in zip(words, net.predict(words, verbose=0), strict=True):
        mean = table[row[row > 0]].mean(axis=0)
        expected = np.maximum(mean @ w1 + b1, 0) @ w2 + b2
        np.testing.assert_allclose(logits, expected, rtol=1e-5, atol=1e-6)
    shuffled = net.predict(words[:, ::-1], verbose=0)
    np.testing.assert_allclose(shuffled, net.predict(words, verbose=0), rtol=1e-5, atol=1e-6)


def test_deep_averaging_checks_its_rates():
    with pytest.raises(ValueError, match=r"`word_dropout` must lie in \[0, 1\)"):
        deep_averaging(7, 3, word_dropout=1.0)
