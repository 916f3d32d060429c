import keras
import numpy as np
import pytest

from keras_dl.algorithms.text_generation import generate, sample_token
from keras_dl.models.transformers import gpt

LOGITS = np.log([0.1, 0.2, 0.3, 0.4])


def draws(count=4000, **options):
    rng = np.random.default_rng(0)
    tokens = [sample_token(LOGITS, rng, **options) for _ in range(count)]
    return np.bincount(tokens, minlength=4) / count


def test_temperature_one_draws_from_the_softmax():
    np.testing.assert_allclose(draws(), [0.1, 0.2, 0.3, 0.4], atol=0.03)


def test_temperature_sharpens_and_flattens():
    squares = np.array([0.1, 0.2, 0.3, 0.4]) ** 2
    np.testing.assert_allclose(draws(temperature=0.5), squares / squares.sum(), atol=0.03)
    np.testing.assert_allclose(draws(temperature=1e6), [0.25] * 4, atol=0.03)
    assert draws(10, temperature=0.0)[3] == 1


def test_top_k_leaves_the_most_probable_tokens():
    np.testing.assert_allclose(draws(top_k=2), [0, 0, 3 / 7, 4 / 7], atol=0.03)
    assert draws(10, top_k=1)[3] == 1
    np.testing.assert_allclose(draws(top_k=9), draws())


def test_top_p_leaves_the_fewest_tokens_of_that_probability():
    np.testing.assert_allclose(draws(top_p=0.7), [0, 0, 3 / 7, 4 / 7], atol=0.03)
    np.testing.assert_allclose(draws(top_p=0.71), [0, 2 / 9, 3 / 9, 4 / 9], atol=0.03)
    assert draws(10, top_p=0.01)[3] == 1
    np.testing.assert_allclose(draws(top_p=1.0), draws())
    np.testing.assert_allclose(draws(top_k=2, top_p=0.5), [0, 0, 0, 1])  # 4/7 of the two


def model():
    keras.utils.set_random_seed(0)
    return gpt(11, 8, layers=1, heads=2, width=12)


def test_the_seed_decides_the_text():
    net = model()
    first = generate(net, [1, 2], 20, seed=3)
    assert first == generate(net, [1, 2], 20, seed=3)
    assert first != generate(net, [1, 2], 20, seed=4)
    assert len(first) == 20
    assert set(first) <= set(range(11))


def test_greedy_tokens_are_those_of_the_whole_window():
    net = model()
    net.set_weights([20 * w for w in net.get_weights()])
    prompt = [1, 2, 3]
    ids = prompt + generate(net, prompt, 12, temperature=0.0)
    for end in range(3, 15):
        window = np.array([ids[max(0, end - 8) : end]])
        padded = np.pad(window, ((0, 0), (0, 8 - window.shape[1])), constant_values=5)
        logits = keras.ops.convert_to_numpy(net(padded))[0, window.shape[1] - 1]
        assert ids[end] == logits.argmax()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"prompt": []}, "`prompt` must hold"),
        ({"length": -1}, "`length` must be 0 or more"),
        ({"temperature": -1.0}, "`temperature` must be finite"),
        ({"top_k": 0}, "`top_k` must be 1 or more"),
        ({"top_p": 0.0}, r"`top_p` must lie in \(0, 1\]"),
        ({"top_p": 1.1}, r"`top_p` must lie in \(0, 1\]"),
    ],
)
def test_wrong_arguments_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        generate(model(), **{"prompt": [1], "length": 2, **options})
