import numpy as np
import pytest

from keras_dl.utils.checks import (
    check_choice,
    check_count,
    check_nonnegative,
    check_positive,
    check_real,
    pair,
)


@pytest.mark.parametrize("value", [2, np.int64(5)])
def test_count_accepts_integers(value):
    check_count("way", value, "it counts classes", least=2)


@pytest.mark.parametrize("value", [True, 2.0, "2", None])
def test_count_refuses_other_kinds(value):
    with pytest.raises(TypeError, match=f"`way` must be an integer; it counts.*way={value!r}"):
        check_count("way", value, "it counts classes")


def test_count_refuses_what_is_below_the_least():
    with pytest.raises(ValueError, match="`way` must be at least 2; it counts classes.*way=1"):
        check_count("way", 1, "it counts classes", least=2)


@pytest.mark.parametrize("check", [check_real, check_nonnegative, check_positive])
@pytest.mark.parametrize("value", [True, "1", None, 1j])
def test_numbers_refuse_other_kinds(check, value):
    with pytest.raises(TypeError, match="`rate` must be a number; it scales"):
        check("rate", value, "it scales")


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (check_nonnegative, [0, 0.5, np.float32(2)], [-1e-9, float("inf"), float("nan")]),
        (check_positive, [1e-9, 3], [0, -1, float("inf"), float("nan")]),
    ],
)
def test_numbers_are_bounded(check, good, bad):
    for value in good:
        check("rate", value, "it scales")
    for value in bad:
        with pytest.raises(ValueError, match="`rate` must be .*; it scales. Received: rate="):
            check("rate", value, "it scales")


def test_choice_names_the_closest():
    check_choice("norm", "l2", ("linf", "l2"))
    with pytest.raises(ValueError, match='`norm` must be "linf" or "l2".*norm=\'max\''):
        check_choice("norm", "max", ("linf", "l2"))
    message = r"`rule` must be one of hebb, oja, sanger\. Did you mean 'hebb'\? Received"
    with pytest.raises(ValueError, match=message):
        check_choice("rule", "heb", ("hebb", "oja", "sanger"))


@pytest.mark.parametrize("value", [None, 3, ["hebb"]])
def test_choice_refuses_what_is_no_text(value):
    with pytest.raises(TypeError, match="`rule` must be a name, a string"):
        check_choice("rule", value, ("hebb", "oja"))


def test_pair_takes_one_integer_or_two():
    assert pair("size", 3, "pixels") == (3, 3)
    assert pair("size", (3, 5), "pixels") == (3, 5)
    with pytest.raises(ValueError, match="`size` must be one integer or two; pixels"):
        pair("size", (1, 2, 3), "pixels")
    with pytest.raises(ValueError, match="`size` must be at least 1"):
        pair("size", (1, 0), "pixels")
    with pytest.raises(TypeError, match="`size` must be an integer"):
        pair("size", "33", "pixels")
