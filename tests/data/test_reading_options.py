import numpy as np
import pytest

import keras_dl
from keras_dl.data import DatasetError, load
from keras_dl.data.reading_options import option, reading_options
from keras_dl.data.text import token_sequences
from keras_dl.execution.plan import Plan, spool_data
from keras_dl.recipe import Recipe
from keras_dl.space import resolve
from keras_dl.training.job import Job, recipe_data


def test_readers_obey_the_innermost_block():
    with reading_options(target="a", header=None, text=()), reading_options(header=False):
        assert option("target") == "a"
        assert option("header") is False
        assert option("text") is None
        assert option("encoding") is None
        with reading_options(target="b"):
            assert option("target") == "b"
    assert option("target") is None


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"target": "a"}, "`target` must be left out for these data; it applies to tables"),
        ({"header": False}, "`header` must be left out .* Received: header=False"),
    ],
)
def test_an_option_without_use_is_refused(stated, message):
    with pytest.raises(DatasetError, match=message), reading_options(**stated):
        pass


def test_an_error_of_the_block_comes_first():
    with pytest.raises(KeyError), reading_options(target="a"):
        raise KeyError
    with pytest.raises(TypeError, match="`targets` must be one of target"):
        reading_options(targets="a").__enter__()


X, Y = np.arange(80.0).reshape(40, 2), np.arange(40) % 4


def test_task_of_arrays():
    assert load((X, Y)).num_classes == 4
    assert load((X, Y), task="regression").class_names == ()
    assert load((X, np.arange(40) % 4 * 7), task="classification").class_names[-1] == "21"
    many = np.repeat(np.arange(1, 41), 3)
    pairs = np.arange(240.0).reshape(120, 2)
    assert load((pairs, many)).reading.notices == [
        "The target's 40 different whole numbers are regression targets; "
        'task="classification" makes them classes.'
    ]
    assert load((pairs, many), task="classification").num_classes == 40


@pytest.mark.parametrize(
    ("dataset", "stated", "message"),
    [
        ((X, ["a", "b"] * 20), {"task": "regression"}, "numbers for a regression. Received: 'a'"),
        ((X, X), {"task": "classification"}, "must be one class per example"),
        ((X, Y / 3), {"task": "classification"}, "whole numbers"),
        ("digits", {"target": "label"}, "`target` must be left out for these data"),
        ("iris", {"delimiter": ";"}, "`delimiter` must be left out"),
    ],
)
def test_options_that_do_not_suit_the_data_are_refused(dataset, stated, message):
    with pytest.raises(DatasetError, match=message):
        load(dataset, **stated)


def test_task_of_loaded_data_is_compared():
    data = load((X, Y))
    assert load(data, task="classification").num_classes == 4
    with pytest.raises(DatasetError, match="whose targets are Classes. Received: task='regress"):
        load(data, task="regression")


def _data(*, dataset: str = "iris"):
    return load(dataset)


def _texts(*, dataset: str = "topics"):
    return token_sequences(dataset)


def _build(data): ...


def _job(data, own=None, **reading):
    return Job(Recipe("r", data, _build), {}, 0, 1, None, data=own, reading=reading)


def test_a_training_reads_with_the_options_of_its_command():
    assert recipe_data(_job(_data, task="regression")).class_names == ()
    assert recipe_data(_job(_data, (X, Y), task="regression")).class_names == ()
    with pytest.raises(DatasetError, match="`target` must be left out"):
        recipe_data(_job(_data, target="a"))
    with pytest.raises(DatasetError, match="must be classification for texts"):
        recipe_data(_job(_texts, task="regression"))


def test_columns_are_names_or_numbers():
    arguments = {"target": 0, "text": [1, "b"], "header": False, "hyperparameters": {}}
    collected = keras_dl.commands._collect(arguments, keras_dl.options.RUN)
    assert collected == {"target": "0", "text": ("1", "b"), "header": False}
    arguments = {"text": "title,description", "hyperparameters": {}}
    collected = keras_dl.commands._collect(arguments, keras_dl.options.RUN)
    assert collected == {"text": ("title", "description")}


def test_data_in_memory_are_read_with_the_options_before_they_go_to_workers(tmp_path):
    options = resolve(keras_dl.options.TUNE, {"task": "regression"})
    plan = Plan(Recipe("r", _data, _build), {}, options, (X, Y))
    assert plan.definition()["task"] == "regression"
    assert plan.params({})["task"] == "regression"
    assert "target" not in plan.params({})
    spooled = spool_data(plan, tmp_path)
    assert recipe_data(spooled.job({}, 0, tmp_path)).class_names == ()
