"""Weights of another model as a start: matched by name and shape, shown, tracked, repeated."""

from pathlib import Path

import keras
import numpy as np
import pytest

import keras_dl
from keras_dl.execution.plan import Plan, split_arguments
from keras_dl.options import COMPARE
from keras_dl.tracking import store as tracking
from keras_dl.training import fit
from keras_dl.training.initial_weights import match_layers
from keras_dl.training.weight_sources import find_source
from tests.toys import tiny, toy


@pytest.fixture
def source(store):
    return toy.run(epochs=2, verbose=False)


def built(stated, **values):
    """Returns the plan and the model that its trainings start from."""
    space = toy.space()
    plan = Plan(toy, *split_arguments(space, {"init_from": stated, **values}, COMPARE))
    job = plan.job(plan.values({}), 3, Path())
    return plan, fit.build_model(job, fit.load_data(job))


def test_layers_of_the_same_name_and_shapes_start_from_the_run(source):
    plan, model = built(source.run_id)
    for one, other in zip(model.weights, source.model.weights, strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))
    assert plan.definition()["init_from"] == plan.source.digest
    assert plan.params({})["init_from_digest"] == plan.source.digest
    match = match_layers(plan.source.path, model)
    assert match.sentence == "2 of 2 layers, 67 weights"


def test_other_shapes_start_at_random(store, tmp_path, source):
    data = toy.data()
    wide = tiny(data, units=8)
    net = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, name="hidden"),
                            keras.layers.Dense(5, name="logits")])  # fmt: skip
    net.save(tmp_path / "five_classes.keras")
    found = find_source(str(tmp_path / "five_classes.keras"))
    assert found.origin == "five_classes.keras"
    match = match_layers(found.path, wide)
    assert ([layer.name for layer, _ in match.copied], match.others) == (["hidden"], ["logits"])
    assert match.sentence == "1 of 2 layers, 40 weights; at random: logits"
    with pytest.raises(ValueError, match="`init_from` must name a model with layers of the same"):
        match_layers(found.path, tiny(data, units=3))


def test_a_name_that_occurs_twice_is_not_guessed(store, tmp_path):
    parts = [
        keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, name="hidden")], name=name)
        for name in ("left", "right")
    ]
    keras.Sequential([keras.Input((4,)), *parts]).save(tmp_path / "twins.keras")
    with pytest.raises(ValueError, match="`init_from` must name a model with layers"):
        match_layers(find_source(str(tmp_path / "twins.keras")).path, parts[0])


def test_run_and_search_start_there_and_say_so(source, capsys):
    made = toy.run(init_from=source.run_id[:12], epochs=1, seed=4)
    printed = capsys.readouterr()
    assert f"Initial weights of run {source.run_id}, toy: 2 of 2" in printed.out + printed.err
    params = tracking.find_run(made.run_id).data.params
    assert params["init_from"] == source.run_id[:12]
    assert len(params["init_from_digest"]) == 64
    best = source.history["val_loss"][-1]
    assert made.history["val_loss"][0] < best + 0.2  # from random weights: above 0.8
    given = {"trials": 2, "epochs": 1, "workers": 0, "final_seeds": 0, "units": 8}
    search = keras_dl.tune(toy, init_from=source.run_id, search=["learning_rate"], **given)
    assert "Initial weights: 2 of 2 layers" in "".join(capsys.readouterr())
    again = keras_dl.tune(toy, init_from=source.run_id, search=["learning_rate"], resume=True,
                          verbose=False, **given)  # fmt: skip
    assert [t.score for t in again.trials] == [t.score for t in search.trials]


@pytest.mark.slow
def test_folds_after_initial_weights_are_named(source, capsys):
    toy.run(init_from=source.run_id, folds=2, epochs=1)
    assert "the folds are not independent of them" in "".join(capsys.readouterr())


@pytest.mark.parametrize("stated", ["", "nosuch.keras", "no run", "abcdef", "../x"])
def test_what_is_no_source_is_refused_by_name(store, stated):
    with pytest.raises(ValueError, match="`init_from` must (be the id of a run|name one run)"):
        find_source(stated)


def test_a_damaged_file_is_refused_by_name(store, tmp_path):
    (tmp_path / "broken.keras").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(ValueError, match="`init_from` must be a whole model file"):
        find_source(str(tmp_path / "broken.keras"))


def test_only_what_a_training_learns_is_copied(store, tmp_path):
    normalized = keras.Sequential(
        [keras.Input((2,)), keras.layers.Normalization(name="n"), keras.layers.Dense(1, name="d")]
    )
    normalized.layers[0].adapt(np.array([[1.0, 2.0], [3.0, 9.0]]))
    normalized.save(tmp_path / "m.keras")
    target = keras.Sequential(
        [keras.Input((2,)), keras.layers.Normalization(name="n"), keras.layers.Dense(1, name="d")]
    )
    match = match_layers(find_source(str(tmp_path / "m.keras")).path, target)
    assert [layer.name for layer, _ in match.copied] == ["d"]
