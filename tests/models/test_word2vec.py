import keras
import numpy as np
import pytest

from keras_dl.models import word2vec


def test_two_tables_and_nothing_else():
    model = word2vec(50, dim=7)
    assert model.count_params() == 2 * 50 * 7
    assert [tuple(w.shape) for w in model.trainable_weights] == [(50, 7), (50, 7)]


def test_logit_is_the_product_of_a_word_s_and_a_neighbour_s_vector():
    model = word2vec(20, dim=4)
    rng = np.random.default_rng(0)
    tables = [rng.normal(size=(20, 4)).astype("float32") for _ in range(2)]
    for name, table in zip(("words", "contexts"), tables, strict=True):
        model.get_layer(name).set_weights([table])
    a, b = np.array([3, 5]), np.array([1, 19])
    found = keras.ops.convert_to_numpy(model({"word": a, "context": b}))
    np.testing.assert_allclose(found[:, 0], np.sum(tables[0][a] * tables[1][b], axis=1), rtol=1e-5)


def test_weights_start_as_in_word2vec_s_code():
    words, contexts = word2vec(2000, dim=10).get_weights()
    assert np.abs(words).max() <= 0.05
    assert words.std() == pytest.approx(0.1 / 12**0.5, rel=0.05)
    assert not contexts.any()


@pytest.mark.parametrize(("given", "error"), [((1,), ValueError), ((5.0,), TypeError)])
def test_wrong_sizes_are_refused(given, error):
    with pytest.raises(error, match="`vocabulary` must be"):
        word2vec(*given)
