"""The summary of the data is printed once before the first epoch, and stored."""

import json
from pathlib import Path

import pytest

import keras_dl
from keras_dl.data import load
from keras_dl.tracking import store as tracking
from tests.toys import other, toy

FIRST = "data     iris, embedded in scikit-learn"
SMALL = {"epochs": 1, "workers": 0}


def stored(run_id: str, name: str, folder: Path) -> str:
    path = tracking.client().download_artifacts(run_id, name, str(folder))
    return Path(path).read_text()


def test_a_run_prints_and_stores_the_summary(store, capsys):
    result = toy.run(epochs=1)
    printed = capsys.readouterr().err
    assert printed.count(FIRST) == 1
    assert printed.index(FIRST) < printed.index("best val_accuracy")
    facts = json.loads(stored(result.run_id, "data.json", store))
    assert facts["class_counts"]["test"] == [10, 10, 10]
    assert "cut off by class" in facts["reading"]["facts"]["split"]
    assert facts["summary"] == load("iris").summary().text(100).splitlines()
    assert stored(result.run_id, "data.txt", store) == "\n".join(facts["summary"])
    note = tracking.find_run(result.run_id).data.tags["mlflow.note.content"]
    assert note.startswith("    ! 1 of 30 test examples")  # notices first
    assert f"    {FIRST}" in note.splitlines()


def test_a_silent_run_stores_it_too(store, capsys):
    result = toy.run(epochs=1, verbose=False)
    assert FIRST not in capsys.readouterr().err
    assert stored(result.run_id, "data.txt", store).startswith(FIRST)


def searched():
    return toy.tune(trials=2, algorithm="random", final_seeds=2, **SMALL)


def ablated():
    return toy.ablate(over=("dropout",), seeds=2, **SMALL)


def compared():
    return keras_dl.compare(toy, other, seeds=2, **SMALL)


@pytest.mark.parametrize(
    "command", [ablated, *(pytest.param(c, marks=pytest.mark.slow) for c in (searched, compared))]
)
def test_several_trainings_print_it_once(store, capsys, command):
    made = command()
    printed = capsys.readouterr().err
    assert printed.count(FIRST) == 1
    assert printed.index(FIRST) < printed.index("at a time")
    assert stored(made.run_id, "data.txt", store).startswith(FIRST)
    parent = tracking.find_run(made.run_id)
    assert FIRST in parent.data.tags.get("mlflow.note.content", "")
    if command is not searched:
        assert made.majority_share == pytest.approx(1 / 3)
        assert parent.data.metrics["test/majority_share"] == pytest.approx(1 / 3)
    assert "Always predicting the most frequent class: 0.3333" in printed
