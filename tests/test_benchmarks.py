import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import ceiling, machine, startup, table, training, trials
from benchmarks.sides import Side, forget_settings, untouched
from benchmarks.sides.plain_numpy import Perceptron
from benchmarks.sides.turns import Ended, Turns
from benchmarks.works import MADE, WORKS, arrays
from keras_dl.data import DatasetUnavailable, load
from keras_dl.settings import DEFAULTS

ROOT = Path(__file__).parent.parent


def test_lenet5_takes_as_many_operations_as_counted_by_hand():
    from keras_dl.models import lenet5

    c1, c3, c5 = 28 * 28 * 6 * 25, 10 * 10 * 16 * 25 * 6, 120 * 25 * 16
    products = c1 + c3 + c5 + 120 * 84 + 84 * 10
    net = lenet5((28, 28, 1), 10)
    assert ceiling.forward(net) == products == 416_520
    assert ceiling.training_flops(net) == 2 * (3 * products - c1) == trials.FLOPS


def test_operations_are_counted_in_nested_recurrent_and_attending_layers():
    import keras

    ids = keras.Input((5,), dtype="int32")
    x = keras.layers.Embedding(7, 8)(ids)
    inner = keras.Model(ids, keras.layers.MultiHeadAttention(2, 4)(x, x))
    net = keras.Model(ids, keras.layers.Dense(3)(keras.layers.LSTM(6)(inner(ids))))
    attention = 4 * 5 * 8 * 8 + 2 * 5 * 5 * 8
    products = attention + 5 * (8 + 6) * 4 * 6 + 6 * 3
    assert ceiling.forward(net) == products
    assert ceiling.training_flops(net) == 6 * products  # an embedding's gradient is wanted


def test_transposed_convolutions_count_their_inputs():
    import keras

    x = keras.Input((7, 7, 2))
    net = keras.Model(x, keras.layers.Conv2DTranspose(3, 4, 2, padding="same")(x))
    assert ceiling.forward(net) == 7 * 7 * 2 * 3 * 16


def test_the_ceiling_is_the_faster_product_and_travels_in_the_environment(monkeypatch):
    found = ceiling.Ceiling(numpy=80.0, tensorflow=160.0, copy=30.0)
    assert found.share(40e9) == "40.0 of 160 GFLOP/s, 25.0 %"
    monkeypatch.setenv(ceiling.KNOWN, found.text())
    assert ceiling.known() == found


def test_rows_have_as_many_cells_as_the_head_and_shorter_ones_dashes():
    whole = table.Row("a", "b", "2.00", "1 … 3", "3", "≥ 2", "1 of 2")
    assert table.line(whole) == "| a | b | 2.00 | ≥ 2 | 1 … 3 | 3 | 1 of 2 |"
    assert table.line(("a", "b", "2.00", "1 … 3", "3")) == "| a | b | 2.00 | - | 1 … 3 | 3 | - |"
    assert {text.count("|") for text in table.HEAD.splitlines()} == {8}


def test_a_ratio_is_that_of_medians_and_its_spread_that_of_rounds():
    found = table.compared([2.0, 4.0, 12.0], [1.0, 2.0, 3.0])
    assert found == {"ratio": "2.00", "spread": "2.00 … 4.00", "rounds": "3"}


def test_a_side_without_its_package_says_so_and_waits_for_the_next(tmp_path):
    (tmp_path / "torch.py").write_text("raise ModuleNotFoundError('no', name='torch')")
    here = f"{tmp_path}{os.pathsep}{ROOT}"
    said = '{"what": "begin", "work": "mlp", "file": ""}\n'
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.sides", "pytorch"],
        input=2 * said,
        env={**os.environ, "PYTHONPATH": here},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [json.loads(line) for line in done.stdout.splitlines()] == 2 * [{"missing": "torch"}]


class Told:
    """A side that answers from a list."""

    def __init__(self, name, begun, epochs=()):
        self.name, self._answers, self.said = name, [begun, *epochs, {}], []

    def ask(self, what, **more):
        self.said.append(what)
        return self._answers.pop(0)


def test_rows_of_a_work_set_ours_against_each_side_and_name_what_is_missing():
    slow, fast = ([{"seconds": s, "score": 0.9} for s in (9.0, 2.0, 4.0)] for s in (1, 2))
    for epoch in fast:
        epoch["seconds"] /= 2
    sides = {
        "ours": Told("ours", {"flops": 1_000}, fast),
        "stock": Told("stock", {}, slow),
        "pytorch": Told("pytorch", {"missing": "torch"}),
    }
    goals = {"stock": "≥ 1.5", "pytorch": "≥ 1"}
    work = WORKS["mlp"]._replace(rounds=2, train=100, goals=goals)
    WORKS["tiny"] = work
    try:
        found = list(training._rows("tiny", "", "digits", sides, ceiling.Ceiling(1.0, 1.0, 1.0)))  # type: ignore[arg-type]
    finally:
        del WORKS["tiny"]
    assert [(row.ratio, row.rounds, row.goal) for row in found] == [
        ("2.00", "2", "≥ 1.5"),
        ("-", "0", "≥ 1"),
    ]
    assert "torch, which is not installed" in found[1].against
    assert "accuracy 0.9000 after 3 epochs of 100" in found[0].work
    assert sides["ours"].said == ["begin", "epoch", "epoch", "epoch", "end"]
    assert sides["pytorch"].said == ["begin"]


def test_characters_are_followed_by_the_next_ones(tmp_path):
    file, name = arrays(WORKS["gpt"], tmp_path)
    with np.load(file) as found:
        x, y = found["x_train"], found["y_train"]
    assert (name, x.shape) == ("characters", (WORKS["gpt"].train, 128))
    assert (x[:, 1:] == y[:, :-1]).all()
    assert x.max() < 128


def test_made_texts_can_be_told_by_the_words_of_their_kind(tmp_path):
    file, _ = arrays(WORKS["lstm"], tmp_path)
    with np.load(file) as found:
        x, y = found["x_test"], found["y_test"]
    counts = [((x > low) & (x <= low + 10)).sum(1) for low in (0, 10)]
    assert np.mean((counts[1] > counts[0]) == y) > 0.95


def test_what_is_not_at_hand_is_named_by_what_stands_in(tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.works._real", _without_files)
    assert arrays(WORKS["resnet20"], tmp_path)[1] == "random pixels"


def _without_files(name):
    if name == "cifar10":
        raise DatasetUnavailable("no files")
    return MADE[name]()


def test_a_slow_machine_takes_fewer_rounds(monkeypatch):
    monkeypatch.setattr(training, "PATIENCE", -1.0)
    side = Told("ours", {"seconds": 1.0}, [{"seconds": float(n)} for n in range(9)])
    found = training._taken(WORKS["mlp"]._replace(rounds=7), [side])  # type: ignore[list-item]
    assert len(found["ours"]) == training.LEAST
    assert side.said[-1] == "end"


def test_a_dead_side_shows_what_it_wrote():
    side = Side("nobody")
    with pytest.raises(RuntimeError, match="nobody"):
        side.ask("begin", work="mlp", file="")
    side.close()


def test_plain_keras_has_none_of_our_settings(monkeypatch):
    for name in DEFAULTS:
        monkeypatch.setenv(name, "1")
    assert not set(untouched()) & set(DEFAULTS)
    forget_settings({"TF_ENABLE_ONEDNN_OPTS"})
    assert os.environ["TF_ENABLE_ONEDNN_OPTS"] == "1"  # the caller's own stays
    assert "TF_CPP_MIN_LOG_LEVEL" not in os.environ


def test_turns_end_when_the_parent_says_so_or_has_gone(monkeypatch):
    turns = Turns.__new__(Turns)
    said = iter([{"what": "epoch"}, {"what": "end"}, None])
    monkeypatch.setattr(turns, "next", lambda: next(said))
    turns.wait()
    for _ in range(2):
        with pytest.raises(Ended):
            turns.wait()


def test_numpy_descends_by_the_gradient_of_the_cross_entropy():
    random = np.random.default_rng(0)
    net = Perceptron(random)
    x, y = random.random((4, 784), dtype="float32"), np.array([1, 3, 5, 7])

    def loss():
        logits = net.layers(x)[-1]
        return float(np.mean(np.log(np.exp(logits).sum(1)) - logits[np.arange(4), y]))

    net.weights[-1][0] += 1e-2
    above = loss()
    net.weights[-1][0] -= 2e-2
    slope = (above - loss()) / 2e-2
    net.weights[-1][0] += 1e-2
    first = loss()
    net.step(x, y)
    assert net.slots[-1][0][0] == pytest.approx(0.1 * slope, rel=1e-2)  # Adam's mean gradient
    for _ in range(20):
        net.step(x, y)
    assert loss() < 0.1 * first


def test_the_machine_is_named_with_its_versions():
    first, second = machine.described()
    assert "cores" in first
    assert "GiB" in first
    assert "tensorflow 2." in second


def test_examples_of_real_data_are_written_for_all_sides(tmp_path, monkeypatch):
    monkeypatch.setattr(startup, "load", lambda name: load("digits"))
    with np.load(startup._examples(tmp_path)) as found:
        assert found["x_train"].shape == (1438, 8, 8)
        assert found["y_train"].shape == (1438,)
    work = WORKS["dcgan"]._replace(dataset=("digits", ""), train=50, test=20)
    file, name = arrays(work, tmp_path)
    with np.load(file) as found:
        assert name == "digits"
        assert {key: len(array) for key, array in found.items()} == {
            "x_train": 50, "y_train": 50, "x_test": 20, "y_test": 20
        }  # fmt: skip
