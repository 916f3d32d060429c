"""Factors and levels: the usual ones, given ones, and what cannot be a factor."""

from typing import Annotated

import pytest

from keras_dl import Choice, Range, Repeat, When
from keras_dl.space import hypers
from keras_dl.space.levels import parse_levels, resolve_levels


def build(
    data,
    *,
    activation: Annotated[str, Choice("relu", "tanh")] = "tanh",
    batch_norm: bool = False,
    dropout: Annotated[float, Range(0.0, 0.5)] = 0.0,
    units: Annotated[tuple[int, ...], Repeat(Range(1, 512), 1, 3)] = (64, 64),
    learning_rate: Annotated[float, Range(1e-4, 1e-1, log=True)] = 1e-2,
    max_norm: Annotated[float | None, Range(0.5, 4.0)] = None,
    optimizer: Annotated[str, Choice("adam", "sgd")] = "adam",
    momentum: Annotated[float, Range(0.0, 0.99), When("optimizer", "sgd")] = 0.9,
): ...


SPACE = hypers(build)


def refused(over=(), values="", fixed=None):
    with pytest.raises((ValueError, TypeError)) as caught:
        resolve_levels(SPACE, over, values, fixed or {})
    return str(caught.value)


def test_usual_levels_begin_with_the_default():
    found = resolve_levels(SPACE, ["activation", "batch_norm", "dropout"], "", {})
    assert found == {
        "activation": ("tanh", "relu"),
        "batch_norm": (False, True),
        "dropout": (0.0, 0.5),
    }


def test_levels_as_text_or_values():
    text = "dropout=0,0.25,0.5 max-norm=none,2 units=64x64,128"
    listed = {"dropout": (0, 0.25, 0.5), "max_norm": (None, 2), "units": ((64, 64), (128,))}
    expected = {
        "dropout": (0.0, 0.25, 0.5),
        "max_norm": (None, 2.0),
        "units": ((64, 64), (128,)),
    }
    assert resolve_levels(SPACE, (), text, {}) == expected
    assert resolve_levels(SPACE, (), listed, {}) == expected


def test_a_condition_that_holds_lets_its_factor_act():
    found = resolve_levels(SPACE, ["momentum"], "", {"optimizer": "sgd"})
    assert found == {"momentum": (0.0, 0.99)}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "`over` must name at least one hyperparameter to vary. Received: none"),
        ({"over": ["droput"]}, "'droput' is not a hyperparameter. Did you mean 'dropout'?"),
        ({"over": ["dropout"], "fixed": {"dropout": 0.1}}, "`over` must not name what is fixed"),
        ({"over": ["learning_rate"]}, "`values` must give the levels of learning_rate"),
        ({"over": ["max_norm"]}, "`values` must give the levels of max_norm"),
        ({"over": ["momentum"]}, "momentum acts only when optimizer"),
        ({"over": ["momentum", "optimizer"]}, "momentum acts only when optimizer"),
        ({"values": "dropout=0.1"}, "two different levels or more. Received: 0.1"),
        ({"values": "dropout=0.1,0.1"}, "two different levels or more. Received: 0.1, 0.1"),
        ({"values": "dropout=0,0.7"}, "`dropout` must"),
        ({"values": "dropout=0,x"}, "`dropout` must be"),
        ({"values": "activation=relu,rely"}, "Did you mean 'relu'?"),
        ({"values": {"dropout": 0.5}}, "`values` must list the levels of dropout"),
        ({"values": "dropout"}, "`values` must give levels as NAME=LEVEL,LEVEL"),
    ],
)
def test_what_cannot_be_a_factor_is_refused(arguments, said):
    assert said in refused(**arguments)


def test_text_is_read_by_name():
    assert parse_levels("a=1,2; b-c=x,y") == {"a": ["1", "2"], "b_c": ["x", "y"]}
