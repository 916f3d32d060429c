import keras
import numpy as np
import pytest
from scipy.special import logsumexp

from keras_dl.diagnostics import gradient_by_distance
from keras_dl.models.recurrent_lm import recurrent_lm

IDS = np.array([[3, 1, 4, 0, 5], [2, 6, 0, 3, 1]], "int32")  # each token once in a text
TARGETS = np.array([2, 4])


def test_it_is_the_slope_of_the_last_loss_by_the_vectors():
    keras.utils.set_random_seed(0)
    net = recurrent_lm(7, units=3, layers=2, scale=1.0)
    states = [np.zeros((2, 3), "float32")] * 4
    table = net.get_layer("words")
    vectors = table.get_weights()[0].astype("float64")

    def losses(changed):
        table.set_weights([changed])
        logits = net.predict_on_batch([IDS, *states])[0][:, -1].astype("float64")
        return logsumexp(logits, axis=1) - logits[np.arange(2), TARGETS]

    step, expected = 1e-2, np.zeros((2, 5))
    for example, row in enumerate(IDS):
        for time, token in enumerate(row):
            slopes = []
            for axis in range(3):
                change = np.zeros_like(vectors)
                change[token, axis] = step
                pair = losses(vectors + change) - losses(vectors - change)
                slopes.append(pair[example] / (2 * step))
            expected[example, time] = np.linalg.norm(slopes)
    table.set_weights([vectors])
    found = gradient_by_distance(net, IDS, TARGETS)
    np.testing.assert_allclose(found, expected.mean(axis=0)[::-1], rtol=2e-2)


@pytest.mark.parametrize("gain", [0.5, 0.9])
def test_it_falls_by_the_recurrent_gain_in_a_nearly_linear_net(gain):
    keras.utils.set_random_seed(0)
    net = recurrent_lm(7, cell="rnn", units=4, layers=1, scale=1e-3)
    layer = net.get_layer("rnn1")
    layer.set_weights([np.eye(4), gain * np.eye(4), np.zeros(4)])
    norms = gradient_by_distance(net, np.tile(IDS, (1, 3)), TARGETS)
    np.testing.assert_allclose(norms[1:] / norms[:-1], gain, rtol=1e-3)
