"""Domains of one call: their forms, the scale of the recipe's own, refusals in one sentence."""

from typing import Annotated

import pytest

from keras_dl.space import (
    Choice,
    Range,
    Repeat,
    as_domain,
    format_domain,
    hypers,
    narrow,
    parse_setting,
)


def build(
    data,
    *,
    flip: Annotated[bool, Choice(False, True)] = False,
    depth: Annotated[int, Range(1, 9)] = 2,
    batch_size: Annotated[int, Range(16, 1024, log=True, step=2)] = 128,
    dropout: Annotated[float, Range(0.0, 0.5)] = 0.0,
    learning_rate: Annotated[float, Range(1e-4, 1e-1, log=True)] = 1e-2,
    max_norm: Annotated[float | None, Range(0.5, 10.0)] = None,
    activation: Annotated[str, Choice("relu", "tanh", "gelu")] = "relu",
    units: Annotated[tuple[int, ...], Repeat(Range(16, 1024, log=True), 1, 3)] = (512, 256),
    free: float = 1.0,
    title: str = "",
) -> None: ...


SPACE = hypers(build)


@pytest.mark.parametrize(
    ("name", "text", "setting"),
    [
        ("learning_rate", "1e-4..1e-2", Range(1e-4, 1e-2)),
        ("learning_rate", "0.01", 0.01),
        ("dropout", "0,0.2", Choice(0.0, 0.2)),
        ("dropout", "0.1, 0.2", Choice(0.1, 0.2)),
        ("depth", "2..4", Range(2, 4)),
        ("depth", "2,4,8", Choice(2, 4, 8)),
        ("max_norm", "none,3", Choice(None, 3.0)),
        ("max_norm", "1..3", Range(1.0, 3.0)),
        ("activation", "relu,tanh", Choice("relu", "tanh")),
        ("units", "64,32", (64, 32)),
        ("units", "16..64", Range(16, 64)),
        ("free", "-1..1", Range(-1.0, 1.0)),
        ("title", "a..b, c", "a..b, c"),
    ],
)
def test_text_is_a_value_a_range_or_choices(name, text, setting):
    parsed = parse_setting(SPACE[name], text)
    assert parsed == setting
    assert type(parsed) is type(setting)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("learning_rate", "1e-2..1e-4", "`learning_rate` must be LOW..HIGH with LOW below HIGH."),
        ("learning_rate", "0.01..0.01", "Received: learning_rate=0.01..0.01"),
        ("learning_rate", "..0.01", "`learning_rate` must be LOW..HIGH"),
        ("learning_rate", "1e-4..1e-3..1e-2", "`learning_rate` must be LOW..HIGH"),
        ("learning_rate", "1e-4..1", "`learning_rate` must lie in 0.0001 … 0.1. Received: "),
        ("depth", "1.5..3", "`depth` must be LOW..HIGH"),
        ("dropout", "0,", "`dropout` must list two different values or more to be searched."),
        ("dropout", "0,0", "Received: dropout=0,0"),
        ("dropout", ",", "Received: dropout=none"),
        ("dropout", "0,x", "`dropout` must be a number. Received: dropout='x'"),
        ("activation", "relu,tan", "Did you mean 'tanh'"),
        ("units", "8..64", "`units` must lie in 16 … 1024. Received: units=8"),
    ],
)
def test_wrong_text_is_refused_in_one_sentence(name, text, message):
    with pytest.raises((TypeError, ValueError), match="must") as caught:
        parse_setting(SPACE[name], text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "stated", "domain", "default"),
    [
        ("learning_rate", Range(1e-4, 1e-3), Range(1e-4, 1e-3, log=True), 1e-3),
        ("dropout", Range(0.1, 0.2), Range(0.1, 0.2), 0.1),
        ("dropout", Range(0.1, 0.2, log=True), Range(0.1, 0.2, log=True), 0.1),
        ("batch_size", Range(32, 64), Range(32, 64, log=True, step=2), 64),
        ("batch_size", Range(100, 150), Range(100, 150, log=True), 128),
        ("batch_size", Range(16, 64, step=4), Range(16, 64, log=True, step=4), 64),
        ("dropout", Choice(0.1, 0.2), Choice(0.1, 0.2), 0.1),
        ("activation", Choice("gelu", "tanh"), Choice("gelu", "tanh"), "gelu"),
        ("max_norm", Range(1, 2), Range(1, 2), 1),
        ("max_norm", Choice(None, 2), Choice(None, 2.0), None),
        ("flip", Choice(True, False), Choice(True, False), False),
        ("free", Range(2, 3), Range(2, 3), 2.0),
        ("units", Range(16, 64), Repeat(Range(16, 64, log=True), 1, 3), (64, 64)),
        ("units", Repeat(Range(16, 64), 1, 1), Repeat(Range(16, 64, log=True), 1, 1), (64,)),
        ("units", Choice((64,), (32, 32)), Choice((64,), (32, 32)), (64,)),
    ],
)
def test_range_has_the_scale_of_the_recipe_and_a_default_within(name, stated, domain, default):
    narrowed = narrow(SPACE[name], stated)
    assert (narrowed.domain, narrowed.default) == (domain, default)
    assert narrowed.domain.holds(narrowed.default)


@pytest.mark.parametrize(
    ("name", "stated", "message"),
    [
        ("depth", Range(0.5, 3), "`depth` must have a domain for an integer"),
        ("depth", Range(0, 3), "`depth` must lie in 1 … 9. Received: depth=0"),
        ("depth", Choice(2), "`depth` must list two different values or more"),
        ("activation", Range(0, 1), "`activation` must have a domain for text"),
        ("flip", Range(0, 1), "`flip` must have a domain for true or false"),
        ("dropout", Choice(0.1, "a"), "`dropout` must be a number. Received: dropout='a' (str)"),
        ("dropout", Repeat(Range(0, 1), 1, 2), "`dropout` must have a domain for a number"),
    ],
)
def test_wrong_domain_is_refused(name, stated, message):
    with pytest.raises((TypeError, ValueError), match="must") as caught:
        narrow(SPACE[name], stated)
    assert message in str(caught.value)


def test_list_of_choices_is_a_domain_unless_the_value_is_a_tuple():
    assert as_domain(SPACE["dropout"], [0, 0.2]) == Choice(0, 0.2)
    assert as_domain(SPACE["units"], [64, 32]) is None
    assert as_domain(SPACE["dropout"], 0.2) is None
    with pytest.raises(ValueError, match="must list two different values or more"):
        as_domain(SPACE["dropout"], [])


@pytest.mark.parametrize(
    ("name", "text"),
    [("learning_rate", "0.0001..0.01"), ("dropout", "0,0.2"), ("activation", "relu,gelu")],
)
def test_domain_survives_writing_and_reading(name, text):
    assert format_domain(parse_setting(SPACE[name], text)) == text
