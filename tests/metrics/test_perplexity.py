import keras
import numpy as np
import pytest

from keras_dl.metrics.perplexity import Perplexity


def value(metric):
    return float(keras.ops.convert_to_numpy(metric.result()))


def test_a_uniform_guess_has_the_size_of_the_vocabulary():
    metric = Perplexity()
    metric.update_state(np.zeros((2, 5), "int32"), np.zeros((2, 5, 7), "float32"))
    assert value(metric) == pytest.approx(7)


def test_it_is_the_exponential_of_the_mean_over_all_batches():
    rng, metric = np.random.default_rng(0), Perplexity()
    losses = []
    for batch in (3, 1):  # batches of unequal size count by their tokens
        y, logits = rng.integers(0, 7, (batch, 5)), rng.normal(size=(batch, 5, 7))
        metric.update_state(y.astype("int32"), logits.astype("float32"))
        probabilities = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
        losses.append(-np.log(np.take_along_axis(probabilities, y[..., None], -1)))
    expected = np.exp(np.concatenate([part.ravel() for part in losses]).mean())
    assert value(metric) == pytest.approx(expected, rel=1e-5)


def test_weighted_tokens_count_by_weight():
    metric, y = Perplexity(), np.zeros((1, 2), "int32")
    logits = np.array([[[0, 0], [9, 0]]], "float32")
    metric.update_state(y, logits, np.array([[1.0, 0.0]]))
    assert value(metric) == pytest.approx(2)


def test_it_is_rebuilt_from_its_config():
    metric = keras.metrics.deserialize(keras.metrics.serialize(Perplexity(name="p")))
    assert isinstance(metric, Perplexity)
    assert metric.name == "p"
