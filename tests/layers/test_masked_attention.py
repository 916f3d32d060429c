import keras
import numpy as np
import pytest

from keras_dl.layers import MaskedAttention, SinusoidalPositions

random = np.random.default_rng(0)
QUERY, MEMORY = (random.normal(size=(2, time, 8)).astype("float32") for time in (4, 5))
to_numpy = keras.ops.convert_to_numpy


def attention(**options):
    keras.utils.set_random_seed(0)
    layer = MaskedAttention(2, **options)
    layer(QUERY, QUERY)
    draws = np.random.default_rng(1)
    layer.set_weights([draws.normal(0, 0.5, w.shape) for w in layer.get_weights()])
    return layer


def test_a_permuted_query_gives_permuted_outputs_and_a_permuted_memory_the_same():
    layer, order = attention(), [3, 1, 0, 2]
    old = to_numpy(layer(QUERY, MEMORY))
    np.testing.assert_allclose(to_numpy(layer(QUERY[:, order], MEMORY)), old[:, order], atol=1e-5)
    other = MEMORY[:, [4, 2, 0, 1, 3]]
    np.testing.assert_allclose(to_numpy(layer(QUERY, other)), old, atol=1e-5)


def test_masked_places_count_for_nothing():
    mask = np.array([[True, True, False, True, False], [True] * 5])
    layer, changed = attention(), MEMORY.copy()
    changed[0, [2, 4]] = 9.0
    old, new = (to_numpy(layer(QUERY, memory, mask)) for memory in (MEMORY, changed))
    np.testing.assert_array_equal(old, new)
    short = to_numpy(layer(QUERY[:1], MEMORY[:1, [0, 1, 3]]))
    np.testing.assert_allclose(old[:1], short, atol=1e-5)


def test_causal_attention_one_query_at_a_time_from_kept_keys():
    layer = attention(causal=True)
    whole = to_numpy(layer(QUERY, QUERY))
    keys, values = layer.keys_and_values(QUERY)
    for t in range(4):
        step, weights = layer.attend(
            QUERY[:, t : t + 1], keys[:, :, : t + 1], values[:, :, : t + 1]
        )
        np.testing.assert_allclose(to_numpy(step)[:, 0], whole[:, t], atol=1e-5)
        np.testing.assert_allclose(to_numpy(weights).sum(axis=-1), 1, atol=1e-5)


def test_heads_must_divide_the_width():
    with pytest.raises(ValueError, match="`num_heads` must divide the width of the inputs"):
        MaskedAttention(3)(QUERY, MEMORY)


def test_positions_are_sines_and_cosines_in_turn():
    vectors = np.zeros((1, 30, 6), "float32")
    table = to_numpy(SinusoidalPositions()(vectors))[0]
    for t in range(30):
        for i in range(3):
            angle = t / 10_000 ** (2 * i / 6)
            expected = [np.sin(angle), np.cos(angle)]
            np.testing.assert_allclose(table[t, 2 * i : 2 * i + 2], expected, atol=1e-5)
    later = to_numpy(SinusoidalPositions()(vectors[:, :3], start=7))[0]
    np.testing.assert_allclose(later, table[7:10], atol=1e-6)
    ones = to_numpy(SinusoidalPositions()(np.ones_like(vectors)))[0]
    np.testing.assert_allclose(ones - table, 6**0.5, rtol=1e-5)
