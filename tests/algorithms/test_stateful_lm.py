import keras
import numpy as np
import pytest

from keras_dl.algorithms.text_generation import generate
from keras_dl.utils.layers import count_parameters
from tests.algorithms.stateful_values import CONTEXT, STREAMS, TEXT, batches, main, model_of
from tests.backends import values_on

OPTIONS = {"batch_size": STREAMS, "verbose": 0}
to_numpy = keras.ops.convert_to_numpy


def whole_loss(model):
    """Mean cross-entropy of all streams read in one piece each."""
    return np.mean([model.stream_losses(row) for row in TEXT])


@pytest.mark.parametrize("cell", ["lstm", "rnn"])
def test_evaluation_with_carried_states_is_that_of_whole_streams(cell):
    model = model_of(cell)
    model.compile("sgd")
    for _ in range(2):  # each evaluation begins with states of 0
        values = model.evaluate(*batches(), return_dict=True, **OPTIONS)
        assert values["loss"] == pytest.approx(whole_loss(model), rel=1e-5)
        assert values["perplexity"] == pytest.approx(np.exp(values["loss"]), rel=1e-4)


def test_without_carrying_each_window_begins_anew():
    model = model_of(carry=False)
    model.compile("sgd")
    loss = model.evaluate(*batches(), return_dict=True, **OPTIONS)["loss"]
    x, y = batches()
    windows = [model.stream_losses(np.append(a, b[-1])) for a, b in zip(x, y, strict=True)]
    assert loss == pytest.approx(np.mean(windows), rel=1e-5)
    assert abs(loss - whole_loss(model)) > 1e-3


def test_states_begin_at_zero_in_each_epoch_and_after_validation():
    x, y = batches()
    losses = []
    for epochs, validation in ((3, None), (3, (x[:STREAMS], y[:STREAMS]))):
        model = model_of()
        model.compile(keras.optimizers.SGD(0.0))
        fitted = model.fit(x, y, epochs=epochs, validation_data=validation, shuffle=False,
                           **OPTIONS)  # fmt: skip
        losses.append(fitted.history["loss"])
        np.testing.assert_allclose(losses[-1], whole_loss(model), rtol=1e-5)


def test_predictions_do_not_depend_on_what_was_read_before():
    model = model_of()
    x = batches()[0]
    before = model.predict(x, verbose=0)
    model.compile("sgd")
    model.evaluate(*batches(), **OPTIONS)
    assert any(to_numpy(state).any() for state in model.states)
    np.testing.assert_allclose(model.predict(x[:2], verbose=0), before[:2], atol=1e-6)


def test_a_training_step_begins_with_the_last_states_of_the_step_before():
    x, y = batches()
    first, second = slice(STREAMS), slice(STREAMS, 2 * STREAMS)
    model, peer = model_of(), model_of()
    for each, rate in ((model, 0.0), (peer, 1.0)):
        each.compile(keras.optimizers.SGD(rate), run_eagerly=True)
    model.train_on_batch(x[first], y[first])
    zeros = [np.zeros((STREAMS, width), "float32") for width in model.widths]
    _, *ends = model.net.predict_on_batch([x[first], *zeros])
    for state, own, end in zip(peer.states, model.states, ends, strict=True):
        np.testing.assert_allclose(to_numpy(own), end, atol=1e-6)
        state.assign(end)
    before = model.net.get_weights()
    model.compile(keras.optimizers.SGD(1.0), run_eagerly=True)
    for each in (model, peer):
        each.train_on_batch(x[second], y[second])
    moved = zip(before, model.net.get_weights(), peer.net.get_weights(), strict=True)
    for old, found, expected in moved:
        np.testing.assert_allclose(found, expected, atol=1e-6)
        assert (found != old).any()


def test_reading_token_by_token_continues_a_text_like_the_net():
    model = model_of()
    text = generate(model, TEXT[0, :5].tolist(), 6, temperature=0.0)
    expected = TEXT[0, :5].tolist()
    for _ in range(6):
        expected.append(int(model.predict(np.array([expected]), verbose=0)[0, -1].argmax()))
    assert text == expected[5:]


def test_states_are_no_parameters_and_are_saved(tmp_path):
    model = model_of()
    assert count_parameters(model) == model.net.count_params()
    model.save(tmp_path / "lm.keras")
    loaded = keras.saving.load_model(tmp_path / "lm.keras")
    x = batches()[0]
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), model.predict(x, verbose=0))
    assert x.shape[1] == CONTEXT


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_values_equal_another_backend_s(backend, tmp_path):
    main(tmp_path / "here.npz")
    there = values_on(backend, "algorithms.stateful_values", tmp_path)
    with np.load(tmp_path / "here.npz") as here:
        for name in here.files:
            # 1e-5: norms of lists of rows in place of sums, see `DenseSGD`, differ by 1e-4.
            np.testing.assert_allclose(there[name], here[name], rtol=1e-5, atol=1e-5, err_msg=name)
