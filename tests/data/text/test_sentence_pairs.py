import os
from datetime import datetime

import numpy as np
import pytest

from keras_dl.data import DatasetError, DatasetUnavailable
from keras_dl.data.text import sentence_pairs
from keras_dl.data.text.pair_tasks import addition, dates

OWN = [(f"word{i} here", f"hier wort{i}") for i in range(60)]


def test_targets_begin_with_the_start_and_answers_are_one_ahead():
    data = sentence_pairs(OWN, merges=5)
    x, y, weight = data.train.x, data.train.y, data.train.sample_weight
    np.testing.assert_array_equal(x["target"][:, 1:], np.where(y == 2, 0, y)[:, :-1])
    assert (x["target"][:, 0] == 1).all()
    assert ((y == 2).sum(axis=1) == 1).all()
    np.testing.assert_array_equal(weight, y != 0)
    decode = data.preprocessor.decode
    for row, pair in enumerate(data.extras["texts"]["train"]):
        assert (decode(x["source"][row]), decode(y[row])) == pair


def test_no_source_of_train_is_asked_in_test():
    data = sentence_pairs([*OWN, *OWN, ("word1 here", "anders")])
    sources = {split: {a for a, _ in pairs} for split, pairs in data.extras["texts"].items()}
    assert not sources["train"] & (sources["test"] | sources["validation"])
    assert sum(map(len, sources.values())) == 60


def test_long_pairs_are_left_out_of_train_and_cut_elsewhere():
    data = sentence_pairs([*OWN, ("x" * 90, "y")] * 2, merges=0, longest=20)
    assert data.train.x["source"].shape[1] == data.test.y.shape[1] == 20
    assert all(len(a) < 20 for a, _ in data.extras["texts"]["train"])


def test_a_file_has_a_pair_in_each_line(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("\n".join(f"{a}\t{b}" for a, b in OWN), encoding="utf-8")
    assert sentence_pairs(path).digest == sentence_pairs(OWN).digest
    path.write_text("one\ttwo\nonly one\n", encoding="utf-8")
    with pytest.raises(DatasetError, match="line 2 of"):
        sentence_pairs(path)


def test_answers_of_the_generated_tasks_are_right():
    for question, answer in addition(200):
        a, b = map(int, question.split("+"))
        assert int(answer[::-1]) == a + b
    notations = ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%d.%m.%Y", "%m/%d/%Y", "%b %d %Y")
    for question, answer in dates(200):
        read = set()
        for notation in notations:
            try:
                read.add(datetime.strptime(question, notation).date().isoformat())
            except ValueError:
                continue
        assert answer in read


def test_unknown_names_and_few_pairs_are_refused():
    with pytest.raises(DatasetUnavailable, match="Did you mean .addition"):
        sentence_pairs("adition")
    with pytest.raises(DatasetError, match="twenty different sources"):
        sentence_pairs(OWN[:5])


@pytest.mark.slow
@pytest.mark.skipif("KERAS_DL_DATA" not in os.environ, reason="set KERAS_DL_DATA")
def test_multi30k_has_its_splits():
    data = sentence_pairs("multi30k", merges=50)
    assert {s: len(p) for s, p in data.extras["texts"].items()}["test"] == 1_000
    assert data.validation.num_examples == 1_014
    assert data.test.y.shape[1] == 40
