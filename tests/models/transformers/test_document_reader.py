import keras
import numpy as np
import pytest

from keras_dl.algorithms import BeamSearch
from keras_dl.layers import SinusoidalPositions2D
from keras_dl.models.transformers import document_reader
from keras_dl.models.transformers.document_reader import feature_map
from tests.models.transformers.decoding_nets import (
    END,
    START,
    VOCABULARY,
    greedy,
    page_reader,
    pages,
)


def table(layer_width, rows, columns):
    zeros = np.zeros((1, rows, columns, layer_width), "float32")
    return keras.ops.convert_to_numpy(SinusoidalPositions2D()(zeros))[0]


def test_positions_are_sines_and_cosines_of_row_and_column():
    vectors = table(8, 3, 5)
    assert vectors.shape == (3, 5, 8)
    rates = [1.0, 10_000**-0.5]
    for row in range(3):
        for column in range(5):
            expected = [f(t * r) for t in (row, column) for r in rates for f in (np.sin, np.cos)]
            np.testing.assert_allclose(vectors[row, column], expected, atol=1e-6)


def test_channels_must_be_a_multiple_of_4():
    with pytest.raises(ValueError, match="a multiple of 4 channels"):
        SinusoidalPositions2D()(np.zeros((1, 2, 2, 6)))


def test_later_characters_change_no_earlier_logits():
    net, x = page_reader(), pages()
    target = np.full((3, 6), 3, "int32")
    changed = target.copy()
    changed[:, 4:] = 2
    first, second = (
        keras.ops.convert_to_numpy(net({"source": x, "target": ids})) for ids in (target, changed)
    )
    np.testing.assert_allclose(first[:, :4], second[:, :4], atol=1e-5)
    assert np.abs(first[:, 4:] - second[:, 4:]).max() > 1e-3


def test_cached_decoding_of_pages_equals_that_with_the_whole_prefix():
    net, x = page_reader(), pages()
    search = BeamSearch(net, start=START, end=END, length=7, beams=1, alpha=0.0)
    found = search.predict(x, verbose=0)["ids"][:, 0]
    np.testing.assert_array_equal(found, greedy(net, x, 7))
    assert len(np.unique(found, axis=0)) > 1  # the pages are seen


def test_attention_has_a_weight_for_each_place_of_the_feature_map():
    net, x = page_reader(), pages()
    search = BeamSearch(net, start=START, end=END, length=7, beams=1, alpha=0.0)
    (weights,) = search.attention(x, np.full((3, 4), START))
    rows, columns = feature_map(net)
    assert weights.shape == (3, 2, 4, rows * columns)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-5)


def test_places_follow_one_another_row_by_row():
    """Ink in the corner on the right of the first row changes the last place of that row."""
    net = page_reader()
    encoder = keras.Model(net.input["source"], net.get_layer("memory").output)
    marked = np.full((1, 18, 26, 1), 255.0, "float32")
    white = encoder.predict(marked, verbose=0)
    marked[0, :6, -8:] = 0
    changed = np.abs(encoder.predict(marked, verbose=0) - white)[0].any(axis=-1)
    rows, columns = feature_map(net)
    assert changed.shape == (rows * columns,)
    assert changed[columns - 1]
    assert not changed[0]
    assert not changed[columns]  # the first place of the second row


def test_arguments_are_checked():
    with pytest.raises(ValueError, match="at least 16×16 pixels"):
        document_reader((12, 30, 1), VOCABULARY)
    with pytest.raises(ValueError, match="`filters` must be three numbers"):
        document_reader((32, 32, 1), VOCABULARY, filters=(4, 4))
    with pytest.raises(ValueError, match="`width` must be a multiple of 4"):
        document_reader((32, 32, 1), VOCABULARY, width=6, heads=2)
