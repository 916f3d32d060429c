import numpy as np
import pytest

from keras_dl.data.samplers import Sequential, Shuffle, Streams, Windows, epoch_order


def test_shuffle_is_a_permutation_by_seed_and_epoch():
    rows = Shuffle(10).indices(3, 2, 4, None)
    assert sorted(rows.tolist()) == list(range(10))
    np.testing.assert_array_equal(rows, epoch_order(3, 2, 10))
    assert rows.tolist() != Shuffle(10).indices(3, 3, 4, None).tolist()
    assert rows.tolist() != Shuffle(10).indices(4, 2, 4, None).tolist()


@pytest.mark.parametrize("sampler", [Shuffle(10), Sequential(10), Windows(40, 4, shuffle=True)])
def test_steps_cut_an_epoch(sampler):
    whole = sampler.indices(0, 0, 4, None)
    assert len(whole) == 10
    np.testing.assert_array_equal(sampler.indices(0, 0, 4, 2), whole[:8])
    assert len(sampler.indices(0, 0, 4, 99)) == 10


def test_windows_tile_the_stream_in_order():
    rows = Windows(11, 3, shuffle=False).indices(0, 5, 2, None)
    assert rows.tolist() == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]


def test_windows_begin_at_any_row():
    rows = Windows(50, 5, shuffle=True)
    starts = np.concatenate([rows.indices(0, epoch, 2, None)[:, 0] for epoch in range(100)])
    assert (starts.min(), starts.max()) == (0, 45)
    assert (np.diff(rows.indices(0, 0, 2, None), axis=1) == 1).all()


def test_stream_shorter_than_a_window_is_refused():
    with pytest.raises(ValueError, match="`context` must lie in 1 … 3"):
        Windows(3, 4, shuffle=False)


def published_batches(words, streams, context):
    """Inputs and targets as TensorFlow's ptb_word_lm.py cuts them."""
    part = len(words) // streams
    table = words[: streams * part].reshape(streams, part)
    for i in range((part - 1) // context):
        window = slice(i * context, (i + 1) * context)
        yield table[:, window], table[:, 1:][:, window]


@pytest.mark.parametrize(("count", "streams", "context"), [(101, 4, 5), (100, 4, 6), (64, 3, 20)])
def test_streams_are_those_of_the_published_program(count, streams, context):
    words = np.random.default_rng(0).integers(0, 9, count)
    rows = Streams(count - 1, streams, context).indices(7, 3, streams, None)
    expected = list(published_batches(words, streams, context))
    assert len(rows) == streams * len(expected)
    for step, (x, y) in enumerate(expected):
        batch = rows[step * streams : (step + 1) * streams]
        np.testing.assert_array_equal(words[:-1][batch], x)
        np.testing.assert_array_equal(words[1:][batch], y)


def test_streams_shorter_than_a_window_are_refused():
    with pytest.raises(ValueError, match="`context` must lie in 1 … 4, the rows of a stream"):
        Streams(10, 2, 5)
