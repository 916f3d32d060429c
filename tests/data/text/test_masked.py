import numpy as np
import pytest

from keras_dl.data import DatasetError
from keras_dl.data.serialization import preprocessor_from_json, preprocessor_to_json
from keras_dl.data.text import mask_rows, masked_texts
from keras_dl.data.text.masked import CLASS, MASK, SEPARATOR, SPECIAL

WORDS = 2000


@pytest.fixture(scope="module")
def rows():
    random = np.random.default_rng(0)
    inner = random.integers(SPECIAL, WORDS, (3000, 40))
    ends = np.full((3000, 1), CLASS), np.full((3000, 1), SEPARATOR)
    return np.concatenate([ends[0], inner, ends[1]], axis=1).astype(np.int32)


def test_chosen_words_are_masked_replaced_or_kept(rows):
    split = mask_rows(rows, WORDS)
    chosen, ids = split.x["chosen"], split.x["ids"]
    assert chosen.shape == (3000, 6)  # 15 % of 40
    assert chosen.min() >= 1
    assert chosen.max() <= 40
    assert (np.diff(chosen, axis=1) > 0).all()
    np.testing.assert_array_equal(np.take_along_axis(rows, chosen, axis=1), split.y)
    shown = np.take_along_axis(ids, chosen, axis=1)
    kept = np.mean(shown == split.y)
    masked = np.mean(shown == MASK)
    error = 4 * np.sqrt(0.25 / shown.size)
    assert masked == pytest.approx(0.8, abs=error)
    assert kept == pytest.approx(0.1, abs=error)
    assert 1 - masked - kept == pytest.approx(0.1, abs=error)


def test_other_words_stay(rows):
    split = mask_rows(rows, WORDS)
    changed = split.x["ids"] != rows
    counted = np.zeros_like(changed)
    np.put_along_axis(counted, split.x["chosen"], True, axis=1)
    assert not (changed & ~counted).any()
    assert (split.x["ids"][:, 0] == CLASS).all()


def test_every_position_is_chosen_equally_often(rows):
    counts = np.bincount(mask_rows(rows, WORDS).x["chosen"].ravel(), minlength=42)[1:41]
    assert counts == pytest.approx(np.full(40, 450), abs=5 * np.sqrt(450))


def test_seeds_draw_other_masks_and_the_same_again(rows):
    first, again, other = (mask_rows(rows[:50], WORDS, seed).x["ids"] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.fixture(scope="module")
def data():
    return masked_texts("topics", corpus="topics", length=16, most_words=400, corpus_words=5000)


def test_texts_and_corpus_share_their_words(data):
    assert data.train.x.shape[1] == 16
    assert (data.train.x[:, 0] == CLASS).all()
    assert ((data.train.x == SEPARATOR).sum(axis=1) == 1).all()
    words = data.extras["pretraining"]
    assert words.train.num_examples == 5000 // 14
    size = data.inputs.vocabulary_size
    assert max(words.train.y.max(), data.train.x.max()) < size == 405


def test_vectorizer_is_stored_with_runs(data):
    restored = preprocessor_from_json(preprocessor_to_json(data.preprocessor))
    texts = ["the value of the expression", "", "xyzzy " * 40]
    np.testing.assert_array_equal(restored(texts), data.preprocessor(texts))
    np.testing.assert_array_equal(restored(texts)[1][:3], [CLASS, SEPARATOR, 0])


def test_short_rows_are_refused():
    with pytest.raises(DatasetError, match="`length` must be 4 or more"):
        masked_texts("topics", corpus="topics", length=3)
    with pytest.raises(DatasetError, match="`corpus` must hold 510 words or more in each split"):
        masked_texts("topics", corpus="topics", length=512, corpus_words=100)
