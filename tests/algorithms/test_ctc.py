import itertools

import keras
import numpy as np
import pytest
from scipy.special import log_softmax, logsumexp

from keras_dl.algorithms import CTC
from keras_dl.algorithms.ctc_decoding import beam_decode, collapse, greedy_decode
from keras_dl.models import ctc_encoder
from tests.backends import values_on

LABELS = np.array([[1, 1, 2], [2, 0, 0]])


def brute_force(logits):
    """Log-probability of each label sequence: the sum over all C^T paths."""
    chance, sums = log_softmax(logits.astype(float), axis=-1), {}
    for path in itertools.product(range(logits.shape[1]), repeat=len(logits)):
        score = sum(chance[t, label] for t, label in enumerate(path))
        labels = tuple(k for k, _ in itertools.groupby(path) if k)
        sums[labels] = np.logaddexp(sums.get(labels, -np.inf), score)
    return sums


def passing(bands=3):
    """A network that gives its frames as logits, two frames to an output."""
    inputs = keras.Input((None, bands))
    return keras.Model(inputs, keras.layers.AveragePooling1D(1, strides=2)(inputs))


def model():
    made = CTC(passing(), stride=2)
    made.compile(keras.optimizers.SGD(0.0))
    return made


def frames():
    """Recordings of ten and six frames; the rest is padding."""
    x = np.random.default_rng(0).normal(size=(2, 10, 3)).astype("float32")
    x[1, 6:] = 0
    return x


def test_loss_is_the_sum_over_all_paths():
    x = frames()
    first = brute_force(x[0, ::2])[1, 1, 2]
    second = brute_force(x[1, :6:2])[(2,)]
    found = model().evaluate(x, LABELS, batch_size=2, verbose=0)
    assert found == pytest.approx(-(first + second) / 2, rel=1e-5)
    assert logsumexp(list(brute_force(x[0, ::2]).values())) == pytest.approx(0, abs=1e-9)


def test_padding_is_not_scored():
    """A recording has one loss however far it is padded; Keras' own loss changes."""
    x, labels = frames()[1:, :6], LABELS[1:]
    padded = np.pad(x, ((0, 0), (0, 8), (0, 0)))
    ours = [model().evaluate(part, labels, verbose=0) for part in (x, padded)]
    assert ours[0] == pytest.approx(ours[1], rel=1e-6)
    keras_loss = keras.losses.CTC()
    theirs = [float(keras_loss(labels, part[:, ::2])) for part in (x, padded)]
    assert abs(theirs[0] - theirs[1]) > 0.5


def test_encoder_gives_a_recording_the_same_logits_however_far_it_is_padded():
    net = ctc_encoder(4, 3, filters=8, blocks=2, mean=0.5, spread=2.0)
    x = np.random.default_rng(0).normal(size=(1, 9, 4)).astype("float32")
    alone = net.predict(x, verbose=0)
    for more in (1, 2, 7):
        padded = net.predict(np.pad(x, ((0, 0), (0, more), (0, 0))), verbose=0)
        np.testing.assert_allclose(padded[:, :5], alone, atol=1e-5)


def test_collapse_removes_repetitions_then_blanks():
    assert collapse([0, 1, 1, 0, 1, 2, 2, 0]) == (1, 1, 2)
    assert collapse([0, 0]) == ()


def test_beam_search_with_all_prefixes_is_exact():
    rng = np.random.default_rng(3)
    differs = 0
    for _ in range(20):
        logits = rng.normal(size=(5, 3))
        sums = brute_force(logits)
        best = max(sums, key=sums.__getitem__)
        labels, score = beam_decode(logits, beam=1000)
        assert labels == best
        assert score == pytest.approx(sums[best], rel=1e-9)
        differs += greedy_decode(logits[None], [5])[0] != best
    assert differs > 0  # the best path is not always that of the best labels


def test_greedy_decoding_stops_at_the_length():
    logits = np.eye(3)[[1, 0, 2, 1]][None]
    assert greedy_decode(logits, [4]) == [(1, 2, 1)]
    assert greedy_decode(logits, [3]) == [(1, 2)]


def test_beam_is_checked():
    with pytest.raises(ValueError, match="`beam` must be at least 1"):
        beam_decode(np.zeros((2, 3)), beam=0)


def test_saved_and_loaded_it_gives_the_same(tmp_path):
    learner = CTC(ctc_encoder(3, 2, filters=4, blocks=1), stride=2)
    learner.compile("sgd")
    learner.fit(frames(), LABELS, verbose=0)
    learner.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.stride == 2
    np.testing.assert_array_equal(
        loaded.predict(frames(), verbose=0), learner.predict(frames(), verbose=0)
    )


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_compute_the_same_losses(tmp_path, backend):
    there = values_on(backend, "algorithms.speech_values", tmp_path)
    here = values_on("tensorflow", "algorithms.speech_values", tmp_path, own=True)
    for name, values in here.items():
        np.testing.assert_allclose(there[name], values, rtol=2e-4, atol=1e-5, err_msg=name)
