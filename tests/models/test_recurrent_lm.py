import keras
import numpy as np
import pytest

from keras_dl.models.recurrent_lm import recurrent_lm

IDS = np.random.default_rng(0).integers(0, 11, (3, 7)).astype("int32")
to_numpy = keras.ops.convert_to_numpy


def tiny(cell="lstm", **options):
    keras.utils.set_random_seed(0)
    return recurrent_lm(11, cell=cell, units=5, layers=2, scale=0.7, **options)


def states(model, batch=3, seed=1):
    random = np.random.default_rng(seed)
    return [random.normal(size=(batch, t.shape[-1])).astype("float32") for t in model.inputs[1:]]


def outputs(model, ids, given):
    tensors = [keras.ops.convert_to_tensor(a) for a in (ids, *given)]
    return [to_numpy(out) for out in model(tensors, training=False)]


def torch_outputs(model, cell, ids, given):
    """Logits and last states of PyTorch's own layers with the same weights."""
    torch = pytest.importorskip("torch", reason="PyTorch's layers are the oracle")
    kind = {"lstm": torch.nn.LSTM, "rnn": torch.nn.RNN}[cell]
    peer = kind(5, 5, 2, batch_first=True)
    parameters = dict(peer.named_parameters())
    with torch.no_grad():
        for number in (0, 1):
            layer = model.get_layer(f"{cell}{number + 1}")
            kernel, recurrent, bias = (torch.tensor(w) for w in layer.get_weights())
            parameters[f"weight_ih_l{number}"].copy_(kernel.T)
            parameters[f"weight_hh_l{number}"].copy_(recurrent.T)
            parameters[f"bias_ih_l{number}"].copy_(bias)
            parameters[f"bias_hh_l{number}"].zero_()
        table = torch.tensor(model.get_layer("words").get_weights()[0])
        kernel, bias = (torch.tensor(w) for w in model.get_layer("logits").get_weights())
        step = 2 if cell == "lstm" else 1
        start = [torch.tensor(np.stack(given[i::step])) for i in range(step)]
        x, last = peer(table[torch.tensor(ids).long()], tuple(start) if step == 2 else start[0])
        last = last if step == 2 else (last,)
        ends = [state[i].numpy() for i in range(2) for state in last]
        return [(x @ kernel + bias).numpy(), *ends]


@pytest.mark.parametrize("cell", ["lstm", "rnn"])
def test_it_equals_pytorch_s_layers(cell):
    model = tiny(cell)
    given = states(model)
    expected = torch_outputs(model, cell, IDS, given)
    for found, wanted in zip(outputs(model, IDS, given), expected, strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize("cell", ["lstm", "rnn"])
def test_two_halves_with_carried_states_are_the_whole(cell):
    model = tiny(cell)
    given = states(model)
    whole = outputs(model, IDS, given)
    first = outputs(model, IDS[:, :4], given)
    second = outputs(model, IDS[:, 4:], first[1:])
    np.testing.assert_allclose(np.concatenate([first[0], second[0]], 1), whole[0], atol=1e-5)
    for found, wanted in zip(second[1:], whole[1:], strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_all_weights_start_uniformly_and_forget_gates_at_zero_or_one():
    keras.utils.set_random_seed(0)
    model = recurrent_lm(300, units=40, scale=0.1)
    for weight in model.weights:
        values = to_numpy(weight)
        assert np.abs(values).max() <= 0.1, weight.path
        if values.size > 1000:
            assert values.std() == pytest.approx(0.1 / 3**0.5, rel=0.1), weight.path
    biased = recurrent_lm(300, units=40, forget_bias=True).get_layer("lstm1").get_weights()[2]
    assert (biased[40:80] == 1).all()
    assert np.abs(biased[:40]).max() <= 0.1


def test_dropout_leaves_time_alone():
    model = tiny(dropout=0.5)
    names = [layer.name for layer in model.layers if "drop" in layer.name]
    assert len(names) == 3
    for number in (1, 2):
        layer = model.get_layer(f"lstm{number}")
        assert layer.dropout == layer.recurrent_dropout == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [({"cell": "gru"}, "`cell` must be"), ({"scale": 0.0}, "`scale` must be positive"),
     ({"units": 0}, "`units` must be"), ({"dropout": 1.0}, r"`dropout` must lie in \[0, 1\)")],
)  # fmt: skip
def test_wrong_arguments_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        recurrent_lm(11, **options)


def test_saving_keeps_the_function(tmp_path):
    model = tiny()
    given = states(model)
    model.save(tmp_path / "lm.keras")
    loaded = keras.saving.load_model(tmp_path / "lm.keras")
    np.testing.assert_array_equal(outputs(loaded, IDS, given)[0], outputs(model, IDS, given)[0])
