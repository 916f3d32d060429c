import numpy as np

from keras_dl.data import Split
from keras_dl.data.samples import sample_rows
from keras_dl.metrics import precision_recall


def test_a_sample_of_sorted_examples_has_all_classes():
    labels = np.repeat(np.arange(10), 1000)
    sample = Split(labels[:, None], labels).sample(200)
    assert sample.num_examples == 200
    assert np.bincount(sample.y, minlength=10).min() > 5
    np.testing.assert_array_equal(sample.x[:, 0], sample.y)


def test_rows_are_distinct_and_the_same_for_a_seed():
    rows = sample_rows(50, 80)
    assert sorted(rows) == list(range(50))
    np.testing.assert_array_equal(rows, sample_rows(50, 80))
    assert (sample_rows(50, 80, seed=1) != rows).any()


def test_sorted_features_have_the_precision_of_shuffled_ones():
    random = np.random.default_rng(0)
    centres = random.normal(0, 10, (10, 8))
    real = np.concatenate([random.normal(c, 1, (500, 8)) for c in centres])
    fake = np.concatenate([random.normal(c, 1, (500, 8)) for c in centres[::-1]])
    precision, recall = precision_recall(real, fake, max_rows=500)
    assert min(precision, recall) > 0.5
