import numpy as np
import pytest

from keras_dl.data import DatasetError
from keras_dl.data.pages import PageTokenizer, compose_pages, handwritten_pages
from keras_dl.data.serialization import preprocessor_from_json, preprocessor_to_json

SIZE = 6


def blocks():
    """Characters of one shade each, with white around, so that those of a page are told apart."""
    labels = np.arange(1, 5)
    ink = np.zeros((4, SIZE, SIZE), "uint8")
    ink[:, 1:-1, 1:-1] = 60 * labels[:, None, None]
    return ink, labels


def runs(filled):
    """First and last index of each run of True."""
    edges = np.flatnonzero(np.diff(np.r_[0, filled.astype(int), 0]))
    return edges.reshape(-1, 2).tolist()


def read(page):
    """Shades from left to right in each band of rows with ink, by label."""
    ink = 255 - page[..., 0].astype(int)
    bands = [ink[start:stop].max(axis=0) for start, stop in runs((ink > 0).any(axis=1))]
    return [[int(band[start]) // 60 for start, _ in runs(band > 0)] for band in bands]


def test_pages_show_their_texts_in_reading_order():
    ink, y = blocks()
    random = np.random.RandomState(0)
    pages = compose_pages(ink, y, count=100, lines=3, longest=4, random=random)
    for page, lines in zip(pages.x, pages.lines, strict=True):
        assert read(page) == lines
    assert {len(lines) for lines in pages.lines} == {1, 2, 3}
    assert {len(line) for lines in pages.lines for line in lines} == {1, 2, 3, 4}


def test_all_ink_is_on_the_page():
    """Lines that touch do not overlap."""
    random = np.random.RandomState(1)
    ink = np.full((1, SIZE, SIZE), 255, "uint8")
    pages = compose_pages(ink, np.zeros(1, int), count=100, lines=4, longest=6, random=random)
    for page, lines in zip(pages.x, pages.lines, strict=True):
        assert (page == 0).sum() == SIZE**2 * sum(map(len, lines))


def test_splits_are_pages_with_texts_from_the_start_and_to_the_end():
    data = handwritten_pages("digits", lines=2, longest=3, pages=30)
    assert [s.num_examples for s in data.splits.values()] == [30, 3, 3]
    assert data.input_shape == {"source": (44, 62, 1), "target": (8,)}
    split, tokenizer = data.train, data.preprocessor
    assert split.x["source"].dtype == np.uint8
    np.testing.assert_array_equal(split.x["target"][:, 0], 1)
    np.testing.assert_array_equal(split.sample_weight, split.y > 0)
    for target, y in zip(split.x["target"], split.y, strict=True):
        length = int((y > 0).sum())
        assert y[length - 1] == 2
        np.testing.assert_array_equal(target[1:length], y[: length - 1])
        text = tokenizer.decode(y)
        assert all(1 <= len(line) <= 3 for line in text.split("\n"))
        assert tokenizer.decode(target) == text
    again = handwritten_pages("digits", lines=2, longest=3, pages=30)
    np.testing.assert_array_equal(again.train.x["source"], split.x["source"])


def test_the_tokenizer_is_stored_with_runs():
    tokenizer = PageTokenizer(("a", "bc"), 9)
    restored = preprocessor_from_json(preprocessor_to_json(tokenizer))
    assert restored == tokenizer
    ids = tokenizer.encode([[1, 0], [1]])
    assert ids.tolist() == [5, 4, 6, 5]
    assert tokenizer.decode([1, *ids, 2, 4, 0]) == "bca\nbc"


def test_what_holds_no_grey_images_is_refused():
    with pytest.raises(DatasetError, match="`dataset` must hold grey images with classes"):
        handwritten_pages("digits_two_photos")  # of three channels
    with pytest.raises(ValueError, match="`longest` must be 1 or more"):
        handwritten_pages("digits", longest=0)
